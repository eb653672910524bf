"""Every fact that a case can have is either one after which its letter is wrong, or one after which it is not. The
table in Python and the one in PostgreSQL are the same, and the rule refuses what the table names."""

from dataclasses import replace

import psycopg
import pytest

from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.eventlog.refusal import Refusal
from services.grants.case.events.award_change import AwardReduced, Reduction
from services.grants.case.events.complaint import ComplaintDecided, ComplaintReceived
from services.grants.case.events.withholding import WithholdingDecided, WithholdingReleased
from services.grants.grant_letter.permit.sendable import Sendable, check, evolve
from services.grants.grant_letter.permit.topics import GOES_ON, WRONG_AFTER
from tests.conftest import Database
from tests.grants.award.grant_letters import PROPOSED
from tests.grants.award.letter_freezing import SHA, approved, frozen
from tests.history.history import KINDS, OF_NOTIFICATIONS, STORED

# Facts of grants that stand on other streams than a case's.
BESIDE_THE_CASES = (
    "allocation.",
    "back-dating.",
    "case.numbered.v1",
    "control.drawn.v1",
    "disbursement.batch-made.v1",
    "disbursement.batch-handed-over.v1",
    "disbursement.batch-lost.v1",
    "disbursement.lost-payment-settled.v1",
    "disbursement.receipt-taken.v1",
    "deadline.",
    "kept-answers.",
    "disbursement.pay-out-deadline-told.v1",
    "disbursement.pay-out-met.v1",
    "inbox.",
    "log.",
    "notice.",
    "organisation.",
    "outbox.",
    "permit.",
    "round.",
    "scheme.",
    "staff.",
)
OF_A_CASE = {topic for topic in KINDS if topic not in OF_NOTIFICATIONS and not topic.startswith(BESIDE_THE_CASES)}
# A complaint of the award, for what follows from one.
COMPLAINT = decode("complaint.received.v1", STORED["complaint.received.v1"])


def test_every_fact_of_a_case_is_classed_once() -> None:
    """A new fact fails here until somebody has thought about the letter that may be leaving as it is recorded."""
    assert WRONG_AFTER.isdisjoint(GOES_ON)
    assert OF_A_CASE == WRONG_AFTER | GOES_ON


def test_postgresql_has_the_same_table(database: Database) -> None:
    with psycopg.connect(database.reader_dsn) as reader:
        rows = reader.execute("SELECT t, grants.goes_on(t) FROM unnest(%s::text[]) AS t", (sorted(OF_A_CASE),))
        assert {topic for topic, goes_on in rows if goes_on} == GOES_ON
        assert reader.execute("SELECT grants.goes_on('award.unheard-of.v1')").fetchone() == (False,)


def example(topic: str) -> Event:
    """The stored example; an outcome that leaves the award standing is put for one that does not."""
    event = decode(topic, STORED[topic])
    return replace(event, outcome="annulled") if isinstance(event, ComplaintDecided) else event


def after(*events: Event) -> Sendable:
    letter = Sendable()
    for event in (PROPOSED, frozen, approved, *events):
        letter = evolve(letter, event)
    return letter


def refusal_after(*events: Event) -> str | None:
    try:
        check(after(*events), letter_sha256=SHA, decision_version=1)
    except Refusal as refusal:
        return refusal.code
    return None


CODES = {
    "award.letter-frozen.v1": "letter-superseded",
    "award.proposed.v1": "letter-superseded",
    "complaint.suspensive-effect-granted.v1": "decision-suspended",
    "withholding.decided.v1": "award-stopped",
}


def before(topic: str) -> tuple[Event, ...]:
    """The complaint it is about, of the award."""
    about = getattr(example(topic), "number", None) if topic.startswith("complaint.") else None
    if about is None or topic == "complaint.received.v1":
        return ()
    assert isinstance(COMPLAINT, ComplaintReceived)
    return (replace(COMPLAINT, number=about, disputed="award", decision_number=None),)


@pytest.mark.parametrize("topic", sorted(WRONG_AFTER))
def test_the_rule_refuses_after_what_makes_the_letter_wrong(topic: str) -> None:
    assert refusal_after(*before(topic), example(topic)) == CODES.get(topic, "award-changed-since")


@pytest.mark.parametrize("topic", sorted(GOES_ON))
def test_the_rule_lets_the_letter_go_after_what_does_not(topic: str) -> None:
    assert refusal_after(*before(topic), example(topic)) is None


def withheld(amount_ore: int) -> Event:
    event = example("withholding.decided.v1")
    assert isinstance(event, WithholdingDecided)
    return replace(event, number=1, instalment=1, amount_ore=amount_ore)


def let_go(amount_ore: int) -> Event:
    event = example("withholding.released.v1")
    assert isinstance(event, WithholdingReleased)
    return replace(event, number=1, instalment=1, amount_ore=amount_ore)


def fallen(amount_ore: int, *, withholding: int | None = 1) -> Event:
    event = example("award.reduced.v1")
    assert isinstance(event, AwardReduced)
    return replace(event, reductions=(Reduction(instalment=1, amount_ore=amount_ore, withholding=withholding),))


@pytest.mark.parametrize(
    ("since", "code"),
    [
        ((), "award-stopped"),
        ((let_go(99),), "award-stopped"),
        ((let_go(100),), None),
        ((fallen(60),), "award-stopped"),
        ((fallen(60, withholding=None), let_go(60)), "award-stopped"),
        ((fallen(60), let_go(40)), None),
        ((let_go(40), fallen(60)), None),
        ((fallen(100),), None),
    ],
)
def test_a_letter_waits_while_anything_is_withheld_however_it_ends(since: tuple[Event, ...], code: str | None) -> None:
    """Money that is withheld is let go, or falls away with a part of the award; then a letter frozen anew leaves."""
    assert refusal_after(withheld(100), *since, frozen) == code
