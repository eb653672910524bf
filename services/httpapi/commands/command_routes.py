"""What became of a command: for whoever sent one and got no answer, or was told that its outcome is not known."""

import json
from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.convertors import Convertor, register_url_convertor

from services.eventlog.log import Log
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.problem import HttpRefusal
from services.httpapi.reading import of_the_primary
from services.httpapi.route import Router

Key = Annotated[
    str,
    Path(
        max_length=255,
        pattern="^[!-~]([ -~]{0,253}[!-~])?$",
        description="The Idempotency-Key the command was sent with.",
    ),
]


class Whole(Convertor[str]):
    """The rest of an address, whatever it is. Starlette's `path` takes none with a line break in it: then the address
    was said not to be there, and not that no key looks so."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("whole", Whole())


class CommandNotRecorded(HttpRefusal):
    """Nothing is recorded under this key: the command was refused, did not arrive, or is on its way yet."""

    code = "command-not-recorded"
    status = 404
    title = "Ingenting er registrert med denne nøkkelen"


class RecordedCommand(BaseModel):
    """A command that is recorded, once and for good. Positions are those of its facts in the log; null where it was so
    already, and nothing had to be recorded. `status`, `etag` and `location` are of what was answered; whoever wants the
    whole answer sends the same request again with the same key. Once the answer's term is over it is not kept, and they
    are null."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "recorded_at": "2020-02-12T09:31:07.250381Z",
                    "first_position": 4711,
                    "last_position": 4712,
                    "status": 201,
                    "etag": '"1"',
                    "location": "/v1/cases/6f9d6a0e-7a3c-4c53-8f0e-0d1f2c4b5a69",
                    "answer_kept": True,
                }
            ]
        }
    )

    recorded_at: datetime
    first_position: int | None
    last_position: int | None
    status: int | None
    etag: str | None
    location: str | None
    answer_kept: bool = Field(description="Whether a repeat is still answered with what was answered first")


def command_router(log: Log) -> Router:
    router = Router(prefix="/v1/commands", tags=["log"], dependencies=[of_the_primary])

    @router.get("/{key:whole}")
    async def show_command(caller: Annotated[Caller, allow(*Role)], key: Key) -> RecordedCommand:
        """What became of the caller's own command with this Idempotency-Key. 404 `command-not-recorded` says that
        nothing is recorded under it by now; the same request may be sent again with the same key either way."""
        kept = await log.find_command(caller.subject, key)
        if kept is None:
            raise CommandNotRecorded(
                "Nothing of yours is recorded under this key by now. Send the same request again with the same key."
            )
        answered = json.loads(kept.answer) if kept.answer else {}
        headers = answered.get("headers", {})
        return RecordedCommand(
            recorded_at=kept.recorded_at,
            first_position=kept.first_position,
            last_position=kept.last_position,
            status=answered.get("status"),
            etag=headers.get("ETag"),
            location=headers.get("Location"),
            answer_kept=not kept.cleared,
        )

    return router
