"""Where the channel cannot tell whether a letter left, its recipient may know of the award: it is heard before anything
is taken from it, and told nothing else. Through both services over HTTP."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.calendar.days import day_of
from services.notifications.channel.file_outbox import FileOutbox
from services.notifications.channel.port import CannotTell, Envelope, OutcomeUnknown, Sent
from tests.conftest import Database
from tests.grants.acts_on_a_case import AT, WAITING
from tests.grants.award.change_routes import DECIDED
from tests.grants.fodt_fri import MILLION
from tests.journeys.changed_before_it_left import ANNULMENT, WRONG, held_letter, left, prepared
from tests.journeys.two_services import Clock, Town, town

REDUCTION = {"kind": "reduction", "reductions": [{"instalment": 2, "amount_ore": MILLION}], "ground": WRONG}
WARNING = WAITING[f"PUT {AT}/warning"].body


class Silent:
    """An outbox that takes what it is given, or nothing, and cannot tell which until it `answers`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers, self.takes = False, True
        self._send, self._find = FileOutbox.send, FileOutbox.find
        monkeypatch.setattr(FileOutbox, "send", lambda outbox, envelope: self.send(outbox, envelope))
        monkeypatch.setattr(FileOutbox, "find", lambda outbox, key: self.find(outbox, key))

    async def send(self, outbox: FileOutbox, envelope: Envelope) -> Sent:
        if self.answers:
            return await self._send(outbox, envelope)
        if self.takes:
            await self._send(outbox, envelope)
        raise OutcomeUnknown("the answer is lost")

    async def find(self, outbox: FileOutbox, key: str) -> Sent | None:
        if not self.answers:
            raise CannotTell("the outbox does not answer")
        return await self._find(outbox, key)


async def perhaps_left(here: Town) -> tuple[str, str]:
    """A letter that was sent, with nobody to tell what came of it, as both services know."""
    case, award = await held_letter(here)
    assert (await here.acts_on("ola", "PUT", award, "release", {})).is_success
    await here.comes(f"{case}/timeline", lambda it: "award.letter-perhaps-left.v1" in str(it))
    shown = (await here.ask("reader", "GET", case)).json()
    assert (shown["state"], shown["informed_on"]) == ("approved", None)
    return case, award


def test_its_recipient_is_heard_before_anything_is_taken_from_it_and_told_nothing_else(
    database: Database, tmp_path: Path, free_ports: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(database)
    outbox = Silent(monkeypatch)

    async def story(here: Town, clock: Clock) -> None:
        case, award = await perhaps_left(here)
        refused = await here.acts_on("kari", "PUT", case, "instalments/1/warning", WARNING)
        assert refused.json()["code"] == "letter-not-out", refused.text
        unheard = await here.acts_on("kari", "POST", case, "award/changes", REDUCTION)
        assert unheard.json()["code"] == "prior-warning-missing", unheard.text
        before = {**REDUCTION, "hearing": {"warned_on": "2020-09-01", "reply_by": "2020-09-22"}}
        refused = await here.acts_on("kari", "POST", case, "award/changes", before)
        assert refused.json()["code"] == "letter-not-out", "nobody was warned by a letter of the day before"
        today = day_of(clock.at)
        hearing = {"warned_on": str(today), "reply_by": str(today + timedelta(days=1))}
        warned = await here.acts_on("kari", "POST", case, "award/changes", {**REDUCTION, "hearing": hearing})
        assert warned.is_success, warned.text
        decided = {**DECIDED, "approved_on": str(today)}
        early = await here.acts_on("ola", "PUT", case, "award/changes/approval", decided)
        assert early.json()["code"] == "reply-period-open", early.text
        clock.set(clock.at + timedelta(days=2))
        decided["approved_on"] = str(day_of(clock.at))
        heard = await here.acts_on("ola", "PUT", case, "award/changes/approval", decided)
        assert heard.is_success, heard.text
        outbox.answers = True
        clock.set(clock.at + timedelta(hours=1))  # whoever could not tell is asked again after a while
        out = await here.comes(case, lambda it: it["informed_on"])
        assert (out["state"], left(tmp_path)) == ("released", 1)
        assert (await here.ask("reader", "GET", award)).json()["state"] == "dispatched"

    town(database, tmp_path, story, free_ports)


def test_once_the_channel_finds_that_nothing_left_it_knows_of_nothing(
    database: Database, tmp_path: Path, free_ports: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(database)
    outbox = Silent(monkeypatch)
    outbox.takes = False

    async def story(here: Town, clock: Clock) -> None:
        case, _award = await perhaps_left(here)
        outbox.answers = True
        clock.set(clock.at + timedelta(hours=1))  # whoever could not tell is asked again after a while
        await here.comes(f"{case}/timeline", lambda it: "award.letter-not-arrived.v1" in str(it))
        unheard = await here.acts_on("kari", "POST", case, "award/changes", ANNULMENT)
        assert unheard.is_success, unheard.text
        assert left(tmp_path) == 0

    town(database, tmp_path, story, free_ports)
