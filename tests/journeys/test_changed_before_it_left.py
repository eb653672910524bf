"""What grants decided before the letter left counts, whatever the gate has heard: through both services over HTTP, with
everything grants tells held up on its way to the gate."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.notifications.channel import permits
from services.notifications.channel.file_outbox import FileOutbox
from services.notifications.channel.port import Envelope, NotSent, Sent
from tests.conftest import Database
from tests.grants.acts_on_a_case import AT, WAITING
from tests.grants.award.change_routes import DECIDED
from tests.grants.fodt_fri import MILLION
from tests.journeys.changed_before_it_left import ANNULMENT, NEIGHBOUR, WRONG, Lag, changed, held_letter, left, prepared
from tests.journeys.changed_before_it_left import lag as lag
from tests.journeys.more_after_the_letter import blocks_of
from tests.journeys.two_services import DATED_ANEW, Clock, Town, town
from tests.patience import until

SUSPENSION = {"suspends": "payment", "reason": "Uavklart.", "granted_on": "2020-09-01"}
REDUCTION = {"kind": "reduction", "reductions": [{"instalment": 2, "amount_ore": MILLION}], "ground": WRONG}


async def let_out_and_ended(here: Town, award: str, folder: Path) -> Any:
    """The gate has not heard, and lets the letter out; asked at the door, grants says no, and nothing leaves."""
    out = await here.acts_on("ola", "PUT", award, "release", {})
    assert out.is_success, out.text
    ended = await here.comes(award, lambda it: it["released"] is None)
    assert (ended["state"], ended["ordered_by"], left(folder)) == ("held", None, 0)
    return ended


def test_the_letter_of_an_award_annulled_while_messages_wait_does_not_leave(
    database: Database, tmp_path: Path, free_ports: tuple[int, int], lag: Lag
) -> None:
    prepared(database)

    async def story(here: Town, _: Clock) -> None:
        case, award = await held_letter(here)
        lag.hold_up("grants")
        assert (await changed(here, case, ANNULMENT)).is_success
        await let_out_and_ended(here, award, tmp_path)
        assert (await here.ask("r", "GET", f"{award}/certificate")).status_code == 404
        lag.let_pass()
        await here.comes(award, lambda it: it["state"] == "outdated")
        # grants hears of the release and of its end, in its own time
        await here.comes(f"{case}/timeline", lambda it: "award.letter-release-ended.v1" in str(it))
        shown = await here.comes(case, lambda it: it["state"] == "annulled")
        assert shown["letter"]["released"] is None
        assert left(tmp_path) == 0

    town(database, tmp_path, story, free_ports)


def test_the_letter_of_the_award_as_changed_is_held_and_leaves_instead(
    database: Database, tmp_path: Path, free_ports: tuple[int, int], lag: Lag
) -> None:
    prepared(database)

    async def story(here: Town, _: Clock) -> None:
        case, award = await held_letter(here)
        first = (await here.ask("r", "GET", award)).json()["letter_sha256"]
        lag.hold_up("grants")
        assert (await changed(here, case, REDUCTION)).is_success
        assert (await here.acts_on("ola", "PUT", award, "release", {})).is_success
        await here.comes(award, lambda it: it["released"] is None)
        lag.let_pass()
        # grants hears of the release and of its end, and a letter of what stands can be frozen
        await here.comes(f"{case}/timeline", lambda it: "award.letter-release-ended.v1" in str(it))
        frozen = await here.acts_on("kari", "PUT", case, "letter", DATED_ANEW)
        assert frozen.is_success, frozen.text
        anew = await here.comes(award, lambda it: it["state"] == "held" and it["letter_sha256"] != first)
        assert anew["manifest"]["amount_ore"] == MILLION
        await here.has_bytes(award)
        out = await here.acts_on("ola", "PUT", award, "release", {})
        assert out.is_success, out.text
        gone = await here.comes(award, lambda it: it["state"] == "dispatched")
        assert (gone["letter_sha256"], left(tmp_path)) == (anew["letter_sha256"], 1)
        known = await here.comes(case, lambda it: it["letter"] and it["letter"]["left"])
        assert known["letter"]["released"]["sha256"] == gone["letter_sha256"]

    town(database, tmp_path, story, free_ports)


def test_a_letter_whose_award_is_suspended_while_messages_wait_leaves_when_it_is_no_more(
    database: Database, tmp_path: Path, free_ports: tuple[int, int], lag: Lag
) -> None:
    prepared(database)

    async def story(here: Town, _: Clock) -> None:
        case, award = await held_letter(here)
        lag.hold_up("grants")
        for person, method, act, body in (
            ("siri", "POST", "complaints", NEIGHBOUR),
            ("liv", "PUT", "complaints/1/suspension", SUSPENSION),
        ):
            done = await here.acts_on(person, method, case, act, body)
            assert done.is_success, done.text
        ended = await let_out_and_ended(here, award, tmp_path)
        lag.let_pass()
        await here.comes(f"{case}/timeline", lambda it: "award.letter-release-ended.v1" in str(it))
        assert left(tmp_path) == 0

        lifted = {"reason": "Avklart.", "ended_on": "2020-09-01"}
        done = await here.acts_on("liv", "PUT", case, "complaints/1/suspension/end", lifted)
        assert done.is_success, done.text
        await here.comes(award, lambda it: it["state"] == "held" and it["blocked"] is None)
        assert (await here.acts_on("ola", "PUT", award, "release", {})).is_success
        gone = await here.comes(award, lambda it: it["state"] == "dispatched")
        assert (gone["letter_sha256"], left(tmp_path)) == (ended["letter_sha256"], 1)

    town(database, tmp_path, story, free_ports)


def test_while_a_letter_is_leaving_its_award_is_not_annulled_and_after_it_left_it_is(
    database: Database, tmp_path: Path, free_ports: tuple[int, int], lag: Lag
) -> None:
    """Grants hears late too: until it knows what came of the try, the award stands."""
    prepared(database)

    async def story(here: Town, clock: Clock) -> None:
        case, award = await held_letter(here)
        lag.hold_up("notifications")
        assert (await here.acts_on("ola", "PUT", award, "release", {})).is_success
        await here.comes(award, lambda it: it["state"] == "dispatched")
        refused = await changed(here, case, ANNULMENT)
        assert (refused.status_code, refused.json()["code"]) == (409, "letter-being-sent"), refused.text
        clock.set(clock.at + timedelta(days=1))  # time alone does not end it
        refused = await here.acts_on("ola", "PUT", case, "award/changes/approval", DECIDED)
        assert refused.json()["code"] == "letter-being-sent"
        lag.let_pass()
        await here.comes(f"{case}/letter/permit", lambda it: it["outcome"] == "sent")
        # The recipient has its letter, and is heard before the award is taken from it.
        refused = await here.acts_on("ola", "PUT", case, "award/changes/approval", DECIDED)
        assert refused.json()["code"] == "prior-warning-missing"
        assert left(tmp_path) == 1

    town(database, tmp_path, story, free_ports)


def test_while_grants_cannot_be_asked_letters_wait_and_the_log_is_not_filled(
    database: Database, tmp_path: Path, free_ports: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(database)
    ask = permits.GrantsPermits._put
    monkeypatch.setattr(permits, "FIRST_REST_SECONDS", 0.1)
    asked = 0

    async def story(here: Town, _: Clock) -> None:
        award = (await held_letter(here))[1]

        async def away(*_: object) -> Any:
            nonlocal asked
            asked += 1
            raise OSError("away")

        monkeypatch.setattr(permits.GrantsPermits, "_put", away)
        assert (await here.acts_on("ola", "PUT", award, "release", {})).is_success
        while not asked:
            await here.sweeps("sender")
        await here.sweeps("sender")
        assert (await here.ask("r", "GET", award)).json()["state"] == "released"
        assert left(tmp_path) == 0
        with psycopg.connect(database.reader_dsn) as reader:
            assert reader.execute("SELECT count(*) FROM grants.event WHERE topic ^@ 'permit.'").fetchone() == (0,)
        monkeypatch.setattr(permits.GrantsPermits, "_put", ask)
        await here.comes(award, lambda it: it["state"] == "dispatched")
        assert left(tmp_path) == 1
        with psycopg.connect(database.reader_dsn) as reader:
            topics = reader.execute("SELECT topic FROM grants.event WHERE topic ^@ 'permit.' ORDER BY position")
            assert topics.fetchall()[0] == ("permit.granted.v1",)

    town(database, tmp_path, story, free_ports)


def test_a_letter_that_was_let_out_and_cannot_leave_has_told_its_recipient_nothing(
    database: Database, tmp_path: Path, free_ports: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The channel is down for days: nobody is warned, and the award is annulled without a word. Its letter never
    leaves."""
    prepared(database)
    send = FileOutbox.send
    tried = 0

    async def away(outbox: FileOutbox, envelope: Envelope) -> Sent:
        nonlocal tried
        if tried < 0:
            return await send(outbox, envelope)
        tried += 1
        raise NotSent("the outbox cannot be written", lasting=False)

    monkeypatch.setattr(FileOutbox, "send", away)
    warning = WAITING[f"PUT {AT}/warning"].body

    async def story(here: Town, clock: Clock) -> None:
        nonlocal tried
        case, award = await held_letter(here)
        other, others_award = await held_letter(here)
        for each in (award, others_award):
            assert (await here.acts_on("ola", "PUT", each, "release", {})).is_success
        await until(lambda: tried, lambda times: times >= 2)
        for each in (case, other):
            shown = await here.comes(each, lambda it: it["letter"]["released"])
            assert (shown["state"], shown["informed_on"], shown["letter"]["left"]) == ("approved", None, None)
        refused = await here.acts_on("kari", "PUT", case, "instalments/1/warning", warning)
        assert refused.json()["code"] == "letter-not-out", refused.text
        assert "letter-not-released" in await blocks_of(here, case, 1)
        assert (await here.acts_on("kari", "POST", case, "award/changes", ANNULMENT)).is_success
        await until(
            lambda: here.acts_on("ola", "PUT", case, "award/changes/approval", DECIDED), lambda it: it.is_success
        )  # between two tries
        clock.set(clock.at + timedelta(days=1))  # whoever failed rests before the next try
        await here.comes(award, lambda it: it["released"] is None)
        await here.comes(f"{case}/timeline", lambda it: "award.letter-release-ended.v1" in str(it))
        tried = -1
        clock.set(clock.at + timedelta(days=1))
        await here.comes(others_award, lambda it: it["state"] == "dispatched")
        out = await here.comes(other, lambda it: it["informed_on"])
        assert out["letter"]["left"]["left_on"] == out["informed_on"]
        assert (out["state"], left(tmp_path)) == ("released", 1)

    town(database, tmp_path, story, free_ports)
