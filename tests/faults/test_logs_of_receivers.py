"""S9 over what is told outside: endpoints, deliveries, deadlines, calendars, the stream of messages. A request leaves
one line, whatever is asked; and no line of the service or its worker holds a token, a secret, a signature or what was
sent."""

import asyncio
import io
import json
import logging
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from services.httpapi.callers.caller import Role
from services.httpapi.route import Route
from services.httpapi.watching.logs import configure_logs
from services.notifications import main as notifications
from services.notifications.webhook.sending.reaching import Reaching
from tests.conftest import Database
from tests.faults.hostile import CANARY, Description
from tests.faults.service import signed_in
from tests.notifications.webhook.receiver import Arrived, Receiver, receiving, say
from tests.notifications.webhook.works import EveryPort, Works, message, opened, working
from tests.probing_days import left_alone

OURS = ("/v1/webhook-endpoints", "/v1/deadline", "/v1/calendars", "/v1/message-stream")
HOSTILE = f'\r\n\x1b[31m{{"level":"error"}}{CANARY}'
NOWHERE = "00000000-0000-4000-8000-000000000404"
CALENDAR = "/v1/calendars/{calendar_id}/{token}.ics"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What both processes log, as it would stand in their files, the talk of libraries too."""
    root = logging.getLogger()
    handlers, level, stream = root.handlers[:], root.level, io.StringIO()
    configure_logs(stream=stream, level="DEBUG")
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(logged: io.StringIO) -> list[dict[str, Any]]:
    """Each line is one record; anything else would not parse."""
    text = logged.getvalue()
    assert text.isascii()
    assert all(line.isprintable() for line in text.split("\n"))
    return [json.loads(line) for line in text.split("\n")[:-1]]


def requests(logged: io.StringIO) -> Counter[tuple[str, str, int]]:
    """How often each was asked, and what it was answered."""
    access = [line for line in lines(logged) if line["logger"] == "access"]
    return Counter((each["method"], each["route"], each["status"]) for each in access)


class Asked:
    """Whoever asks, by good tokens and bad, and everything that must not be found afterwards."""

    def __init__(self, works: Works, described: Description) -> None:
        self.works, self.described = works, described
        self.who = signed_in(works.settings, CANARY, *Role)
        self.secrets = [self.who["Authorization"].removeprefix("Bearer ")]
        self.answered: Counter[tuple[str, str, int]] = Counter()

    async def ask(self, method: str, path: str, address: str, body: Any = None, **headers: str) -> Any:
        usual = {"Idempotency-Key": str(uuid4()), "If-Match": '"1"', "User-Agent": CANARY, "Referer": CANARY}
        sent = {**self.who, **usual, **headers}
        with left_alone():
            answer = await self.works.client.request(method, address, json=body, headers=sent)
        assert answer.status_code < 500, f"{method} {address}: {answer.text}"
        self.answered[method, path, answer.status_code] += 1
        return answer

    async def walk(self, *, ids: dict[str, str]) -> set[str]:
        """Every route of ours, asked well, asked with something hostile in every place, and by nobody we know."""
        walked = set()
        for method, path, operation in self.described.operations():
            if not path.startswith(OURS):
                continue
            walked.add(f"{method} {path}")
            schema = self.described.body_schema(operation)
            body = None if schema is None else self.described.sample(schema)
            good = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], NOWHERE), path)
            bad = re.sub(r"{(\w+)}", quote(HOSTILE, safe=""), path)
            said = quote(HOSTILE)
            forged = {"Authorization": f"Bearer {self.secrets[0][:-3]}AAA"}
            await self.ask(method, path, good, body)
            await self.ask(method, path, f"{good}?{said}={said}", body)
            await self.ask(method, path, good, body, **forged)
            if schema is not None:
                await self.ask(method, path, good, {HOSTILE: HOSTILE, "url": HOSTILE, "token": HOSTILE})
            for told in operation.get("parameters", ()):
                if told["in"] == "query":
                    await self.ask(method, path, f"{good}?{told['name']}={said}", body)
            if bad != path:
                await self.ask(method, path, bad, body)
        return walked


def answers_hostile(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
    """A receiver's answer is whatever it likes."""
    del arrived
    say(writer, 500, CANARY.encode(), server=CANARY, x_more="\x1b[31m" + CANARY)


@asynccontextmanager
async def at_work(database: Database, folder: Path) -> AsyncIterator[tuple[Works, Any, Receiver, Receiver]]:
    """The service, a worker, a receiver that takes everything and one that takes nothing."""
    async with (
        opened(database, folder) as (works, settings),
        receiving() as good,
        receiving(answers_hostile) as bad,
        working(settings, reaching=Reaching(EveryPort())),
    ):
        yield works, notifications.create_app(settings), good, bad


def test_what_is_asked_leaves_one_line_and_nothing_secret_any(
    database: Database, tmp_path: Path, logged: io.StringIO
) -> None:
    async def go() -> None:
        async with at_work(database, tmp_path) as (works, app, good, bad):
            asked = Asked(works, Description(app, {"types": ("*",), "role": "attestor"}))
            before = requests(logged)
            registered = [
                await asked.ask("POST", OURS[0], OURS[0], {"url": f"{each.url}?{CANARY}", "types": ["*"]})
                for each in (good, bad)
            ]
            at = registered[0].headers["Location"]
            await works.is_so("SELECT count(*) FROM notifications.endpoint WHERE consented", [(2,)])
            calendar = await asked.ask("POST", OURS[2], OURS[2], {"role": "attestor", "what_for": CANARY})
            address = calendar.json()["address"]
            await asked.ask("GET", CALENDAR, address)
            rotated = await asked.ask(
                "POST", OURS[0] + "/{endpoint_id}/rotate", at + "/rotate", {"revoke": True}, **{"If-Match": '"2"'}
            )
            asked.secrets += [each.json()["secret"] for each in (*registered, rotated) if "secret" in each.json()]
            asked.secrets.append(address.rpartition("/")[2].removesuffix(".ics"))
            await asked.ask("POST", OURS[0] + "/{endpoint_id}/test", at + "/test")
            await works.put(message(CANARY), message("next", "letter.released"))
            await good.comes(3)
            await bad.comes(2)
            walked = await asked.walk(ids={"endpoint_id": at.split("/")[3], "calendar_id": address.split("/")[3]})
            assert len(walked) == len({f"{verb} {path}" for verb, path, _ in routes(app)})
            assert requests(logged) - before == asked.answered
            told = {each.headers["webhook-signature"] for each in (*good.arrived, *bad.arrived)}
            signatures = [value.partition(",")[2] for each in told for value in each.split(" ")]
            assert len(signatures) > 8
            challenges = [
                each.told["data"]["challenge"] for each in (*good.arrived, *bad.arrived) if "challenge" in each.type
            ]
            for secret in (*asked.secrets, *signatures, *challenges, CANARY):
                assert secret not in logged.getvalue(), secret[:8]
                assert secret.split(".")[-1].removeprefix("whsec_") not in logged.getvalue(), secret[:8]

    asyncio.run(go())


def routes(app: Any) -> Iterator[tuple[str, str, Any]]:
    """What there is of ours, by the service itself and not by what it says of itself."""
    for route in app.routes:
        if isinstance(route, Route) and route.path.startswith(OURS):
            for method in (route.methods or set()) - {"HEAD"}:
                yield method, route.path, route
