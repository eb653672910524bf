"""A stand-in for the notifications service's feed: for grants' own tests, which need a feed that does as it is told.

It tells what it is asked to tell, and only what the contract in `contracts/notifications/` allows:

    python -m dev.standin_feed --port 8010
    POST /told           {"kind": "released", "case_id": ..., "letter_sha256": ..., "organisation_number": ...,
                          "on": "2020-02-10"}
    POST /told           {"kind": "dispatched", ... the same ...}: it has left
    POST /told           {"kind": "delivered", ... the same ...}
    GET  /v1/feed?after=0&limit=100&wait=20      what the grants service follows
"""

import argparse
import asyncio
import contextlib
import hashlib
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import FastAPI, HTTPException, Query
from jsonschema import Draft202012Validator, ValidationError
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse

from services.inbox.contract import schema_of

NINE = time(9, tzinfo=ZoneInfo("Europe/Oslo"))
BATCH = "application/cloudevents-batch+json"


class Told(BaseModel):
    """A letter that may leave, has left, or has arrived, at nine in the morning of a day in Norway."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["released", "dispatched", "delivered"]
    case_id: UUID
    letter_sha256: str
    organisation_number: str | None = None
    on: date


class StandInFeed:
    """The messages told so far. A message's position is its place among them, from 1."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self._more = asyncio.Condition()

    async def tell(self, told: Told) -> dict[str, Any]:
        """Add a message. Raises jsonschema's ValidationError for one that the contract does not allow."""
        message = message_of(len(self.messages) + 1, told)
        Draft202012Validator(schema_of("notifications", message["type"])).validate(message)
        async with self._more:
            self.messages.append(message)
            self._more.notify_all()
        return message

    async def read(self, after: int, limit: int, wait: float) -> tuple[list[dict[str, Any]], int]:
        """What came after a position, and the position to ask after next. With nothing to tell it waits so many
        seconds."""
        async with self._more:
            if len(self.messages) <= after:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._more.wait_for(partial(self._reach_beyond, after))
            found = self.messages[after : after + limit]
        return found, after + len(found)

    def _reach_beyond(self, position: int) -> bool:
        return len(self.messages) > position


def message_of(position: int, told: Told) -> dict[str, Any]:
    """The CloudEvent that says it."""
    at = datetime.combine(told.on, NINE).astimezone(UTC).isoformat().replace("+00:00", "Z")
    what: dict[str, Any] = {f"{told.kind}_at": at, f"{told.kind}_on": told.on.isoformat()}
    letter = {
        "letter_sha256": told.letter_sha256,
        "recipient_organisation_number": told.organisation_number,
        "channel": "file-outbox",
    }
    if told.kind == "released":
        what |= letter | {"ground": {"kind": "scheme-policy", "source": "stand-in feed, development only"}}
    elif told.kind == "delivered":
        what |= letter | {"evidence": "stand-in feed, development only"}
    else:
        what["attempt"] = 1
    return {
        "specversion": "1.0",
        "id": str(position),
        "source": "/notifications",
        "type": f"no.tilsagn.letter.{told.kind}.v1",
        "subject": f"case-{told.case_id}",
        "time": at,
        "datacontenttype": "application/json",
        "tilsagnhash": hash_at(position),
        "data": {"case_id": str(told.case_id), **what},
    }


def hash_at(position: int) -> str:
    """What stands for the hash of the log at a position: a stand-in has no log."""
    return hashlib.sha256(f"stand-in {position}".encode()).hexdigest()


def create_app() -> FastAPI:
    """The stand-in as a web application of its own."""
    app, feed = FastAPI(title="Stand-in for the notifications feed"), StandInFeed()

    @app.post("/told", status_code=201)
    async def tell(told: Told) -> dict[str, Any]:
        """Tell that a letter may leave, that it has left, or that it has arrived."""
        try:
            return await feed.tell(told)
        except ValidationError as broken:
            raise HTTPException(422, broken.message) from None

    @app.get("/v1/feed")
    async def read(
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        wait: Annotated[float, Query(ge=0, le=30)] = 0,
    ) -> JSONResponse:
        """The feed, as the real service will offer it."""
        messages, next_after = await feed.read(after, limit, wait)
        return JSONResponse(messages, headers={"Next-After": str(next_after)}, media_type=BATCH)

    return app


def server(port: int) -> uvicorn.Server:
    """The stand-in on this machine's own address. Asked to stop, it waits for no reader that waits for it."""
    config = uvicorn.Config(
        create_app(), host="127.0.0.1", port=port, log_level="critical", timeout_graceful_shutdown=1
    )
    return uvicorn.Server(config)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dev.standin_feed", description=__doc__)
    parser.add_argument("--port", type=int, default=8010)
    server(parser.parse_args().port).run()


if __name__ == "__main__":
    main()
