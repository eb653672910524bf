"""`make verify` works the permits out anew, and finds what an owner has changed of them."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from dev.verifying.following import Facts
from dev.verifying.permits import Permits
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.mapper import decode
from tests.conftest import Database
from tests.grants.award.letter_freezing import OTHER
from tests.grants.grant_letter.permit_in_the_log import SENT, example
from tests.grants.grant_letter.permitted import PermittedCase, granted, permitted_case

ANNUL = "award.annulled.v1"


def verified(database: Database) -> tuple[int, list[Fault]]:
    """How many permits there were, and what is wrong with them."""
    with psycopg.connect(database.reader_dsn) as reader:
        reconciliation = Permits(reader)
        query = "SELECT stream, topic, data, position, recorded_at FROM grants.event ORDER BY position"
        for stream, topic, data, position, at in reader.execute(query).fetchall():
            reconciliation.follow(Facts([(stream, decode(topic, bytes(data)))], position - 1, at))
        reconciliation.end()
        return reconciliation.counts["permits"], reconciliation.faults


def test_what_was_recorded_holds(database: Database) -> None:
    with permitted_case(database) as case:
        case.permit()
        case.permit(attempt=2)
        assert verified(database) == (2, [])
        case.write(case.permits, SENT)  # of the earlier try
        case.write(case.permits, type(SENT)(attempt=2, outcome="unknown", message_id="9"))
        case.write(case.stream, example(ANNUL))
        assert verified(database) == (2, [])


def unguarded(case: PermittedCase, function: str, was: str, becomes: str) -> None:
    [(statement,)] = case.owner.execute("SELECT pg_get_functiondef(%s::regproc)", (f"grants.{function}",)).fetchall()
    assert was in statement
    case.owner.execute(statement.replace(was, becomes).encode())


def annulled_meanwhile(case: PermittedCase) -> None:
    unguarded(case, "keep_permits", "PERFORM grants.refuse_while_sent(fact.stream);", "")
    case.permit()
    case.write(case.stream, example(ANNUL))


def decided_earlier(case: PermittedCase) -> None:
    unguarded(case, "grant_permit", "IS DISTINCT FROM", "<")
    case.permit(case_version=2)


def of_another_letter(case: PermittedCase) -> None:
    case.permit(sha256=OTHER)


def of_another_decision(case: PermittedCase) -> None:
    case.write(case.permits, replace(granted(case.version(case.stream)), decision_version=2))


def of_an_annulled_award(case: PermittedCase) -> None:
    case.write(case.stream, example(ANNUL))
    case.permit()


def of_no_case(case: PermittedCase) -> None:
    unguarded(case, "grant_permit", "IS DISTINCT FROM", "<")
    case.write(f"permit-{UUID(int=9)}", granted(3))


def another_outcome(case: PermittedCase) -> None:
    case.permit()
    case.owner.execute("UPDATE grants.letter_permit SET outcome = 'not-sent'")


def gone(case: PermittedCase) -> None:
    case.permit()
    case.owner.execute("DELETE FROM grants.letter_permit")


def lengthened(case: PermittedCase) -> None:
    case.permit()
    case.owner.execute("UPDATE grants.letter_permit SET until = until + interval '1 hour'")


@pytest.mark.parametrize(
    "tamper",
    [
        annulled_meanwhile,
        decided_earlier,
        of_another_letter,
        of_another_decision,
        of_an_annulled_award,
        of_no_case,
        another_outcome,
        gone,
        lengthened,
    ],
)
def test_what_an_owner_has_changed_is_found(database: Database, tamper: Callable[[PermittedCase], None]) -> None:
    with permitted_case(database) as case:
        tamper(case)
        faults = verified(database)[1]
        assert faults
        assert {fault.kind for fault in faults} == {"permit"}
