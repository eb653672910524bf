"""What happens elsewhere ends a deadline or begins it anew: its history says so, its version counts it, and whoever was
told of it hears. Whatever is done, in whatever order, a deadline stands as its history and its last message say."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.calendar.days import day_of
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.notifications.deadline.sweep import Alerting
from services.notifications.facts.release import AwardEnded
from services.notifications.receiver.outbox import OF_DEADLINES
from tests.conftest import Database
from tests.notifications.deadline.registered import Registry, at_the_registry, follow
from tests.notifications.deadline.sweep import TOLD, keep_promise
from tests.notifications.office import INGRID, KARI, LIV, MINISTRY
from tests.notifications.world import Refused, held, letter
from tests.notifications.world import id_of as named

REPORT = {"title": "Evaluering", "document_sha256": "ab" * 32}
ENDED = ("met", "fallen")
FOUND = "SELECT count(*) FROM notifications.event WHERE topic = 'deadline.found.v1'"
ACTS = (
    *("replan", "replan", "cancel", "prepare", "prepare", "send", "send", "receive", "receive", "receive", "withdraw"),
    *("plan", "object", "lift", "change", "change", "annul", "release"),
)


class Told:
    """Two sweeps beside the service, and what they told."""

    def __init__(self, registry: Registry, pool: AsyncConnectionPool) -> None:
        self.registry, self.database = registry, registry.database
        log = Log(self.database.notifications_dsn, pool, schema="notifications", now=lambda: registry.world.now)
        self.sweeps = [Alerting(log, pool), Alerting(log, pool)]
        self.close = log.close

    async def settles(self) -> None:
        """They look; the register follows what they found; and they look again."""
        for _ in range(2):
            follow(self.database)
            await asyncio.gather(*(each.sweep() for each in self.sweeps))
        follow(self.database)

    def of(self, deadline_id: str) -> list[tuple[str, Any]]:
        """The type and content of each message of a deadline."""
        return self.messages().get(deadline_id, [])

    def messages(self) -> dict[str, list[tuple[str, Any]]]:
        """The type and content of each message, by the deadline it is of."""
        with psycopg.connect(self.database.admin_dsn) as owner:
            rows = owner.execute(TOLD.encode()).fetchall()
        found: dict[str, list[tuple[str, Any]]] = {}
        for row in rows:
            if row[0] in OF_DEADLINES:
                keep_promise(row)
                found.setdefault(row[5]["deadline_id"], []).append((row[0], row[6]))
        return found

    async def one(self, deadline_id: str) -> tuple[Any, str]:
        """A deadline, and its ETag."""
        answer = await self.registry.asks(KARI, "GET", f"/v1/deadlines/{deadline_id}")
        assert answer.status_code == 200, answer.text
        return answer.json(), answer.headers["ETag"]

    async def stands_as_told(self) -> int:
        """Every deadline stands as its history says last, and as receivers were told last. How often that was found."""
        told = self.messages()
        for each in await self.registry.list("?limit=200"):
            shown, tag = await self.one(each["deadline_id"])
            stands = shown["state"] if shown["state"] in ENDED else "due"
            assert shown["history"][-1]["state"] == stands, shown
            assert tag == f'"{shown["version"]}"'
            assert shown["version"] >= len(shown["history"])
            assert shown["moves"] == 0 or len({change["due_on"] for change in shown["history"]}) > 1
            if messages := told.get(each["deadline_id"]):
                said = messages[-1][1]
                assert (said["state"] if said["state"] in ENDED else "due") == stands, (shown, messages[-1])
                assert said["due_on"] == shown["due_on"]
        with psycopg.connect(self.database.admin_dsn) as owner:
            (found,) = owner.execute(FOUND).fetchall()
        return int(found[0])


def told_of(database: Database, folder: Path, story: Callable[[Registry, Told], Awaitable[None]]) -> None:
    async def play(registry: Registry) -> None:
        async with AsyncConnectionPool(
            database.notifications_dsn, open=False, kwargs={"autocommit": True}, min_size=4
        ) as pool:
            told = Told(registry, pool)
            try:
                await story(registry, told)
            finally:
                told.close()

    at_the_registry(database, folder, play)


async def planned(registry: Registry, planned_on: str) -> str:
    made = await registry.asks(KARI, "POST", "/v1/publications", REPORT | {"planned_on": planned_on})
    assert made.status_code == 201, made.text
    return str(made.headers["Location"])


def test_a_notice_of_what_is_planned_otherwise_falls_away_and_is_told_of(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry, told: Told) -> None:
        address = await planned(registry, "2020-03-25")
        await registry.notifies("publication", address.rpartition("/")[2], planned_on="2020-03-25")
        await told.settles()
        (must,) = await registry.list("?kind=notice-must-go&state=due")
        which = must["deadline_id"]
        (_, tag) = await told.one(which)
        assert [kind for kind, _ in told.of(which)] == ["notice.due_soon"]
        await registry.does(KARI, "PUT", f"{address}/plan", REPORT | {"planned_on": "2020-05-20"})
        await told.settles()
        shown, now = await told.one(which)
        assert [(each["what"], each["state"]) for each in shown["history"]] == [("set", "due"), ("fallen", "fallen")]
        assert (shown["state"], shown["moves"], shown["last_passed"]) == ("fallen", 0, None)
        assert now != tag
        assert [kind for kind, _ in told.of(which)] == ["notice.due_soon", "deadline.fallen"]
        await told.settles()
        assert (await told.one(which))[1] == now, "it is found once"
        await told.stands_as_told()

    told_of(database, tmp_path, story)


def test_what_is_overdue_stays_so_until_a_notice_is_sent_and_is_due_again_when_that_is_withdrawn(
    database: Database, tmp_path: Path
) -> None:
    async def story(registry: Registry, told: Told) -> None:
        address = await planned(registry, "2020-03-20")
        registry.move(days=8)
        await told.settles()
        (must,) = await registry.list("?kind=notice-must-go&overdue=true")
        which = must["deadline_id"]
        assert [kind for kind, _ in told.of(which)] == ["deadline.passed"]
        about = {"kind": "publication", "id": address.rpartition("/")[2]}
        draft = await registry.does(KARI, "POST", "/v1/notices", {"about": about, "planned_on": "2020-04-20"})
        await told.settles()
        overdue = await registry.list("?kind=notice-must-go&overdue=true")
        assert [each["deadline_id"] for each in overdue] == [which], "what is not sent puts nothing off"
        notice = f"/v1/notices/{draft['notice_id']}"
        await registry.does(INGRID, "PUT", f"{notice}/order", {"channel": "file-outbox"})
        await told.settles()
        assert await registry.list("?kind=notice-must-go&overdue=true") == []
        await registry.until(notice, "dispatched")
        await registry.does(INGRID, "PUT", f"{notice}/withdrawal", {"reason": "Feil dag."})
        await told.settles()
        shown, _ = await told.one(which)
        assert [each["what"] for each in shown["history"]] == ["set", "fallen", "reopened"]
        assert (shown["overdue"], shown["version"], shown["moves"]) == (True, 3, 0)
        assert [kind for kind, _ in told.of(which)] == ["deadline.passed", "deadline.fallen", "deadline.moved"]
        await told.stands_as_told()

    told_of(database, tmp_path, story)


class Walk:
    """Reports and letters, and whatever people do with them; what is refused does not happen."""

    def __init__(self, registry: Registry, seed: int) -> None:
        self.registry, self.chance, self.seed = registry, random.Random(seed), seed
        self.reports: list[str] = []
        self.notices: list[str] = []
        self.amount = 100

    def day(self) -> str:
        return str(day_of(self.registry.world.now) + timedelta(days=self.chance.choice([10, 16, 20, 40])))

    async def begins(self) -> None:
        self.reports.append(await planned(self.registry, self.day()))
        for name in ("a", "b"):
            self.registry.world.record(letter(f"{self.seed}-{name}"), held(f"{self.seed}-{name}"))
            about = {"kind": "letter", "id": str(named(f"{self.seed}-{name}"))}
            await self.prepares(about, planned_on=self.day())
        await self.prepares({"kind": "publication", "id": self.reports[0].rpartition("/")[2]}, planned_on=self.day())

    async def prepares(self, about: dict[str, str], **more: str) -> None:
        made = await self.registry.asks(KARI, "POST", "/v1/notices", {"about": about} | more)
        if made.is_success:
            self.notices.append(f"/v1/notices/{made.json()['notice_id']}")

    async def sends(self, notice: str) -> None:
        if await self.tries(INGRID, "PUT", f"{notice}/order", {"channel": "file-outbox"}):
            await self.registry.until_sent(notice)

    async def acts(self) -> str:
        report, name = self.chance.choice(self.reports), f"{self.seed}-{self.chance.choice('ab')}"
        act = self.chance.choice(ACTS)
        notice = self.chance.choice(self.notices[-4:])
        match act:
            case "plan":
                self.reports.append(await planned(self.registry, self.day()))
            case "replan":
                await self.tries(KARI, "PUT", f"{report}/plan", REPORT | {"planned_on": self.day()})
            case "cancel" if self.chance.random() < 0.5:
                await self.tries(KARI, "PUT", f"{report}/cancellation", {"reason": "Utgår."})
            case "prepare":
                about = {"kind": "publication", "id": report.rpartition("/")[2]}
                if self.chance.random() < 0.4:
                    about = {"kind": "letter", "id": str(named(name))}
                more = {"planned_on": self.day()} if self.chance.random() < 0.7 else {}
                await self.prepares(about, **more)
            case "send":
                await self.sends(notice)
            case "receive":
                await self.sends(notice)
                await self.tries(MINISTRY, "PUT", f"{notice}/acknowledgement")
            case "withdraw":
                await self.tries(LIV, "PUT", f"{notice}/withdrawal", {"reason": "Feil."})
            case "object":
                await self.tries(MINISTRY, "POST", f"{notice}/objections", {"text": "Vent."})
            case "lift":
                await self.tries(MINISTRY, "PUT", f"{notice}/objections/1/lifting", {"reason": "Avklart."})
            case "change":
                self.amount += 1
                self.happens(letter(name), held(name, amount_ore=self.amount))
            case "annul" if self.chance.random() < 0.5:
                self.happens(letter(name), AwardEnded(change="annulled", version=4))
            case "release":
                await self.tries(INGRID, "PUT", f"{report}/release")
                await self.tries(INGRID, "PUT", f"/v1/awards/{named(name)}/release", {})
        return act

    def happens(self, stream: str, event: Event) -> None:
        """Unless what runs beside the requests records of the same letter at that moment."""
        with contextlib.suppress(Refused):
            self.registry.world.record(stream, event)

    async def tries(self, person: str, method: str, path: str, body: Any = None) -> bool:
        return (await self.registry.asks(person, method, path, body)).is_success


def test_whatever_is_done_a_deadline_stands_as_its_history_and_its_last_message_say(
    database: Database, tmp_path: Path, long: bool
) -> None:
    async def story(registry: Registry, told: Told) -> None:
        for seed in range(6 if long else 3):
            walk = Walk(registry, seed)
            await walk.begins()
            for _ in range(22):
                await walk.acts()
                registry.move(days=walk.chance.choice([0, 0, 1, 6]), minutes=1)
                if walk.chance.random() < 0.6:
                    await told.settles()
            await told.settles()
            found = await told.stands_as_told()
        assert found > 20, "the walks end deadlines, and begin them anew"

    told_of(database, tmp_path, story)
