"""G6: whoever has taken over the notifications service, its database password and all, cannot open the gate.

The service may append facts and add files. Each attack here is one it could try with that: by SQL, by facts that do not
hold, by clocks, by the settings of its own role. Nothing leaves, and what stood still stands.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from services.eventlog.events import Event
from services.eventlog.mapper import encode
from services.eventlog.writing.clocks import ClocksApart
from services.notifications.facts.notice import (
    NoticeObjected,
)
from services.notifications.facts.release import (
    AfterNotice,
    PlannedInstalment,
    SchemeExempt,
    Waived,
    WaiverConfirmed,
    WaiverProposed,
)
from services.notifications.gate.decision import stand
from tests.conftest import Cluster, Database, copied
from tests.faults.database_roles import ELSEWHERE, ON_RECORDED, refused
from tests.faults.gate_attacks import dispatched, ordered, prepare, receipt, tell, the_release
from tests.notifications.raw_facts import append, as_told, holding, spellings
from tests.notifications.world import (
    LETTER_SHA256,
    SOURCE,
    Kept,
    KeptWorld,
    Refused,
    bound_to,
    days,
    freed,
    held,
    id_of,
    letter,
    notice,
    released,
)

ROLES = ("notifications_service", "notifications_reader")
TABLES = (
    "event", "command", "policy", "scheme_policy", "item", "notice", "notice_line", "objection", "waiver", "release",
    "sending",
)  # fmt: skip
DOCUMENT = "ef" * 32
CANNOT = {
    "write a file under another name": "INSERT INTO notifications.letter_file (sha256, content) VALUES ('\\x00', 'x')",
    "change a file": "UPDATE notifications.letter_file SET content = 'x'",
    "delete a file": "DELETE FROM notifications.letter_file",
    "release by hand": "INSERT INTO notifications.release (item, position, manifest_sha256, ground, basis, said_at,"
    " recorded_at) VALUES ('letter-x', 1, '', 'waiver', '', now(), now())",
    "decide": "SELECT notifications.decide_release()",
    "tell the gate": "SELECT notifications.tell_gate('letter.award-ended.v1', 'letter-x', 1, '{}', now())",
    "hold": "SELECT notifications.hold('letter-x', 1, '{}')",
    "receive": "SELECT notifications.receive('notice-x', '{}')",
    "keep due": "SELECT notifications.keep_due(ARRAY['letter-x'])",
    "a gate without a trigger": "DROP TRIGGER release_is_decided ON notifications.release",
    "a trigger put to sleep": "ALTER TABLE notifications.release DISABLE TRIGGER release_is_decided",
    "a shorter count": "CREATE OR REPLACE FUNCTION notifications.opens_at(timestamptz, notifications.policy)"
    " RETURNS timestamptz LANGUAGE sql AS 'SELECT $1'",
    "another standing": "DROP FUNCTION notifications.standing",
    "a clock of its own": "CREATE FUNCTION pg_temp.log_clock() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
}


def elsewhere() -> dict[str, str]:
    """What no role may do in grants, asked of this schema. What grants alone has is left out."""
    asked = {name: text for name, text in ELSEWHERE.items() if "grants_view" not in text and name not in ONLY_GRANTS}
    return {name: text.replace("grants.", "notifications.") for name, text in asked.items()} | CANNOT


# Functions that only grants has.
ONLY_GRANTS = ("call move", "call open_funds", "call set_marks")


@pytest.fixture
def young(database: Database) -> Iterator[KeptWorld]:
    """A letter held, its notice received; thirteen days have gone."""
    with Kept(database) as world:
        world.record(letter("a"), held("a"))
        tell(world, "0", "a")
        world.now += days(13)
        world.set_clock(world.now)
        yield world


def tries(world: KeptWorld, stream: str, *events: Event) -> str:
    """The code it is refused with."""
    with pytest.raises(Refused) as refusal:
        world.record(stream, *events)
    return refusal.value.code


def gate(world: KeptWorld) -> list[Any]:
    """Everything the gate stands on, and how many facts the log has."""
    return [world.owner.execute(f"SELECT * FROM notifications.{table} ORDER BY 1, 2").fetchall() for table in TABLES]


@pytest.fixture(scope="module")
def standing(cluster: Cluster) -> Iterator[Database]:
    """One database with a letter held and told of, which no statement may change."""
    with copied(cluster) as database:
        with Kept(database) as world:
            world.record(letter("a"), held("a"))
            tell(world, "0", "a")
        yield database


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", TABLES)
def test_no_role_touches_what_the_gate_stands_on(standing: Database, role: str, table: str) -> None:
    with psycopg.connect(standing.admin_dsn) as connection:
        column = connection.execute(f"SELECT * FROM notifications.{table} LIMIT 0").description
    assert column is not None
    asked = {
        name: text.replace("grants.", "notifications.").format(table, column[0].name)
        for name, text in ON_RECORDED.items()
    }
    assert [name for name, text in asked.items() if not refused(standing, role, text)] == []


@pytest.mark.parametrize("role", ROLES)
def test_no_role_gets_round_the_gate(standing: Database, role: str) -> None:
    assert [name for name, text in elsewhere().items() if not refused(standing, role, text)] == []


def test_the_reader_appends_nothing_and_adds_no_file(standing: Database) -> None:
    for statement in (
        "SELECT * FROM notifications.append('{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}',now())",
        "SELECT * FROM notifications.recall('{}')",
        "INSERT INTO notifications.letter_file (content) VALUES ('x')",
    ):
        assert refused(standing, "notifications_reader", statement), statement


@pytest.mark.parametrize("role", ["grants_service", "grants_reader"])
def test_grants_does_not_even_read_the_gate(standing: Database, role: str) -> None:
    for table in TABLES:
        assert refused(standing, role, f"SELECT * FROM notifications.{table}"), table


def test_what_is_told_falsely_opens_nothing(young: KeptWorld) -> None:
    before = gate(young)
    a = letter("a")
    hash_of_another = replace(the_release(young), manifest_sha256="ab" * 32)
    bytes_of_another = replace(the_release(young), letter_sha256="ab" * 32)
    told = {
        "a day early": (tries(young, a, the_release(young)), "notice-too-young"),
        "said to be later": (tries(young, a, the_release(young, said_in=days(1))), "clocks-disagree"),
        "said to be exempt": (tries(young, a, the_release(young, SchemeExempt(source=SOURCE))), "ground-differs"),
        "said to be waived": (tries(young, a, the_release(young, Waived(document_sha256=DOCUMENT))), "ground-differs"),
        "another letter's manifest": (tries(young, a, hash_of_another), "letter-outdated"),
        "another letter's bytes": (tries(young, a, bytes_of_another), "letter-outdated"),
        "a letter nobody holds": (tries(young, letter("b"), the_release(young)), "letter-not-held"),
        "held as exempt": (tries(young, a, freed("a")[1]), "exemption-unfounded"),
        "waived by nobody": (
            tries(young, a, WaiverConfirmed(manifest_sha256="ab" * 32, document_sha256=DOCUMENT, confirmed_by="ola")),
            "waiver-unfounded",
        ),
        "ordered again with another rule": (tries(young, notice("0"), ordered()), "already-ordered"),
        "received earlier": (tries(young, notice("0"), receipt(young, ago=days(14))), "received-before-sent"),
        "of a sending that was not": (tries(young, notice("0"), receipt(young, dispatch=2)), "not-the-last-sending"),
        "told by one who confirms it": (
            tries(young, notice("0"), receipt(young, told_by="kari", proposed_by="kari")),
            "same-person-twice",
        ),
        "told by one who confirms it by another spelling": (
            tries(young, notice("0"), receipt(young, told_by="KA\N{ZERO WIDTH SPACE}RI ", proposed_by="kari")),
            "same-person-twice",
        ),
    }
    assert {what: got for what, (got, expected) in told.items() if got != expected} == {}
    assert gate(young) == before


@pytest.mark.parametrize("shorter", [{"days": 1}, {"min_hours": 0}, {"starts": "dispatched"}, {"tz": "Pacific/Apia"}])
def test_no_notice_is_ordered_by_a_shorter_rule(young: KeptWorld, shorter: dict[str, Any]) -> None:
    prepare(young, "1", "a")
    assert tries(young, notice("1"), ordered(**shorter)) == "policy-differs"


OTHERWISE: dict[str, dict[str, Any]] = {
    "another amount": {"amount_ore": 90_000_000_000},
    "another file": {"files": ("ab" * 32,)},
    "one more file before it": {"files": ("ab" * 32, LETTER_SHA256)},
    "another recipient": {"recipient_number": "974760673"},
    "another name": {"recipient_name": "En annen"},
    "another plan": {"plan": (PlannedInstalment(number=1, amount_ore=90_000_000_000),)},
    "other terms": {"terms": ()},
    "another scheme": {"scheme_id": "fri-2020"},
    "another decision": {"decision_version": 3},
    "another channel": {"channel": "smtp"},
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_no_other_letter_leaves_under_the_hash_that_was_notified(young: KeptWorld, name: str) -> None:
    """Held by its own bytes, with the notified hash told beside them, or as facts told it before: it owes its own
    notice, or is not taken at all."""
    young.now = opening(young)
    notified = held("a")
    other = bound_to(notified, **OTHERWISE[name])
    assert (
        tries(young, letter("a"), as_told(other, manifest_sha256=notified.manifest_sha256)) == "manifest-bytes-missing"
    )
    beside = {"manifest_sha256": notified.manifest_sha256, "letter_sha256": notified.letter_sha256}
    beside |= {"manifest": json.loads(notified.manifest_json)}
    append(young, letter("a"), other.TOPIC, holding(other, **beside))
    for claimed in (notified, other):
        fact = encode(released(claimed, AfterNotice(notice_id=id_of("0"), opened_at=young.now), young.now))
        with pytest.raises(Refused) as refusal:
            append(young, letter("a"), "letter.released.v1", fact)
        assert refusal.value.code == "notice-changed"


UNREADABLE = {
    "a NUL": ('"Oppdiktet', '"\\u0000Oppdiktet'),
    "half a surrogate": ('"Oppdiktet', '"\\ud800Oppdiktet'),
    "a surrogate pair": ('"Oppdiktet', '"\\ud83d\\ude00Oppdiktet'),
    "no amount": ('"amount_ore":100,', ""),
    "an amount in words": ('"amount_ore":100', '"amount_ore":"100"'),
    "no recipient": ('"recipient_number":null,', ""),
    "no file": (f'["{LETTER_SHA256}"]', "[]"),
    "a file that is no hash": (LETTER_SHA256, "../letter.pdf"),
    "a list": ("{", "[{"),
    "nothing": (held("a").manifest_json, ""),
    "a name outside ASCII": ('"amount_ore"', '"amount_øre":1,"amount_ore"'),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_no_bytes_are_taken_that_can_be_read_otherwise(young: KeptWorld, name: str) -> None:
    it, before = held("a"), gate(young)
    was, becomes = UNREADABLE[name]
    assert was in it.manifest_json
    for spelling in (it.manifest_json.replace(was, becomes), *spellings(it.manifest_json)):
        with pytest.raises(Refused):
            append(young, letter("a"), it.TOPIC, holding(it, manifest_json=spelling))
    assert gate(young) == before


def test_one_person_is_not_two(young: KeptWorld) -> None:
    """The ministry's waiver, proposed and confirmed by the same: refused by the table itself."""
    says = young.held(letter("a")).letter
    assert says is not None
    proposed = WaiverProposed(
        manifest_sha256=says.manifest_sha256, document="20/9", document_sha256=DOCUMENT, proposed_by="kari"
    )
    young.record(letter("a"), proposed)
    confirmed = WaiverConfirmed(manifest_sha256=says.manifest_sha256, document_sha256=DOCUMENT, confirmed_by="kari")
    assert "waiver" in tries(young, letter("a"), confirmed)
    assert tries(young, letter("a"), the_release(young, Waived(document_sha256=DOCUMENT))) == "ground-differs"


def test_a_notice_sent_long_ago_by_its_own_word_counts_from_when_it_was_told(young: KeptWorld) -> None:
    prepare(young, "1", "a")
    young.record(notice("1"), ordered())
    young.record(notice("1"), dispatched(young, ago=days(20)))
    assert tries(young, notice("1"), receipt(young, ago=days(20))) == "received-before-sent"


def test_nothing_leaves_twice_and_nothing_is_held_again(young: KeptWorld) -> None:
    young.now = opening(young)
    young.record(letter("a"), the_release(young))
    assert tries(young, letter("a"), the_release(young)) == "already-released"
    assert tries(young, letter("a"), held("a", amount_ore=5)) == "already-released"


def opening(world: KeptWorld) -> datetime:
    opens = stand(letter("a"), world.held(letter("a")), world.list_told(letter("a"))).opens_at
    assert opens > world.now
    return opens


OFF = [timedelta(hours=-1), days(-365), days(-14), days(14), days(365), timedelta(seconds=61), timedelta(seconds=-61)]


@pytest.mark.parametrize("off", OFF, ids=str)
def test_a_service_whose_clock_is_off_lets_nothing_out(young: KeptWorld, off: timedelta) -> None:
    young.now = opening(young) + days(1)
    assert tries(young, letter("a"), the_release(young, said_in=off)) == "clocks-disagree"


@pytest.mark.parametrize("off", [timedelta(seconds=-60), timedelta(seconds=60)], ids=str)
def test_a_minute_is_borne(young: KeptWorld, off: timedelta) -> None:
    young.now = opening(young) + days(1)
    young.record(letter("a"), the_release(young, said_in=off))


@pytest.mark.parametrize("back", [timedelta(seconds=-60), timedelta(seconds=-1)], ids=str)
def test_a_database_whose_clock_ran_back_lets_nothing_out(young: KeptWorld, back: timedelta) -> None:
    """The last fact was recorded later than it now is: one of the two was wrong."""
    young.now = opening(young) + days(1)
    young.record(letter("b"), held("b"))
    young.now += back
    assert tries(young, letter("a"), the_release(young)) == "clocks-disagree"


@pytest.mark.parametrize("back", [timedelta(hours=-1), days(-365), timedelta(seconds=-61)], ids=str)
def test_a_database_whose_clock_ran_back_more_than_a_minute_records_nothing_at_all(
    young: KeptWorld, back: timedelta
) -> None:
    young.now = opening(young) + days(1)
    young.record(letter("b"), held("b"))
    young.now += back
    for stream, fact in ((letter("a"), the_release(young)), (letter("c"), held("c"))):
        with pytest.raises(ClocksApart):
            young.record(stream, fact)


def test_of_two_clocks_that_nearly_agree_the_earlier_one_counts(young: KeptWorld) -> None:
    young.now = opening(young)
    early = timedelta(microseconds=-1)
    assert tries(young, letter("a"), the_release(young, said_in=early)) == "notice-too-young"
    young.now += early
    assert tries(young, letter("a"), the_release(young, said_in=-early)) == "notice-too-young"
    young.now -= early
    young.record(letter("a"), the_release(young))


def test_what_the_role_sets_for_itself_changes_no_count(database: Database) -> None:
    """Time zone, date style, search path: a role may set its own. No function of the gate reads them."""
    with psycopg.connect(database.notifications_dsn, autocommit=True) as service:
        name = service.info.dbname
        for setting in ("TimeZone = 'Pacific/Kiritimati'", "DateStyle = 'German, DMY'", "search_path = public"):
            service.execute(f'ALTER ROLE CURRENT_USER IN DATABASE "{name}" SET {setting}'.encode())
    with Kept(database) as world:
        world.record(letter("a"), held("a"))
        tell(world, "0", "a")
        with psycopg.connect(database.notifications_dsn) as service:
            zone = service.execute("SHOW TimeZone").fetchone()
        assert zone == ("Pacific/Kiritimati",)
        opens = opening(world)
        world.now = opens - timedelta(microseconds=1)
        assert tries(world, letter("a"), the_release(world)) == "notice-too-young"
        world.now = opens
        world.record(letter("a"), the_release(world))


def test_an_objection_is_not_outrun(young: KeptWorld) -> None:
    opens = opening(young)
    young.record(notice("0"), NoticeObjected(objection=1, items=(), text="Vent.", objected_by="dep"))
    young.now = opens + days(1)
    assert tries(young, letter("a"), the_release(young)) == "notice-objected"
