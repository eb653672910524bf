"""Whatever people try in the life of a case, in whatever order and however dated, its money is conserved everywhere.

A run of the machine is a directorate at work on a few cases under one post: all rooms' rules, asked by the right people
and the wrong ones, with days drawn back in time. A refusal is an answer. What was really reached is counted, for a
machine that never gets past its first refusal proves nothing; and kept mutants of the rules show that it can fail.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any, ClassVar

import psycopg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import create_engine

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.eventlog.projections.projector import Projector
from services.grants.award import rules as award
from services.grants.award_change import rules as change
from services.grants.balance.movements import effects
from services.grants.case.events.award_change import AwardReduced
from services.grants.case.events.complaint import Party
from services.grants.case.events.withholding import RepaymentReceived
from services.grants.disbursement import attestation
from services.grants.disbursement.rules import Disbursement
from services.grants.wiring import PROJECTIONS
from services.grants.withholding import claims, reclaim, repayment
from services.grants.withholding import rules as withholding
from tests.conftest import Database
from tests.eventlog.projector import catch_up
from tests.grants.directorate.books import RECIPIENT, Rule
from tests.grants.directorate.machine import HUNT, LIFE, Directorate, ToTheEnd

"""Of the post, and of its two earmarks."""


PARTY = Party(name=RECIPIENT.name, organisation_number=RECIPIENT.organisation_number)


"""A room, its rule, and what is asked."""


REACHED = (
    "AwardApproved", "AwardImported", "LetterMayLeave", "LetterLeft", "LetterReleaseImported", "AwardApprovedHere",
    "AwardReduced", "AwardAnnulled", "AwardDeclined", "SupplementaryAwardApproved",
    "CommitmentCarriedOver", "CommitmentLapsed",
    "PaymentAttested", "PaymentRequested", "PaymentRefused", "InstalmentPaid", "InstalmentPaidLater",
    "PriorWarningGiven", "PriorWarningOmitted", "WithholdingDecided", "WithholdingReleased",
    "ReclaimWarned", "ReclaimDecided", "ReclaimReduced", "ReclaimNetted", "RepaymentReceived",
    "ComplaintReceived", "SuspensiveEffectGranted", "ComplaintForwarded", "ComplaintDecided", "DecisionReversed",
    "SamePersonTwice", "PostExhausted", "InstalmentWithheld", "PaymentUnderWay", "BeyondUnpaid", "BeyondPaid",
    "ReductionBeyondUnpaid", "PaymentBeyondCommitment", "PaymentSuspended", "ReclaimSuspended", "DisputedMoney",
    "SettlementProposed", "AwardSettled", "WithholdingUndisposed", "UnsettledOverpayment",
)  # fmt: skip


def test_money_is_conserved_through_the_life_of_every_case_and_every_act_is_reached() -> None:
    class Watched(ToTheEnd):
        reached: ClassVar[Counter[str]] = Counter()

    run_state_machine_as_test(Watched, settings=LIFE)
    assert {name: Watched.reached[name] for name in REACHED if Watched.reached[name] < 3} == {}


STANDING = "SELECT available_ore, committed_ore, disbursed_ore, withheld_ore FROM grants.fund WHERE id = %s"


class Stored(Directorate):
    """The same on a real database: what it refuses and where it stands is held against the count in Python."""

    log: ClassVar[Log]
    database: ClassVar[psycopg.Connection]
    turns: ClassVar[Iterator[int]]
    versions: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__(next(self.turns))
        self.ids = 1_000_000 * self.turn  # nobody chooses an id, so no two payments have one

    def record(self, *writes: tuple[str, Sequence[Event]]) -> bool:
        borne = super().record(*writes)
        if any(events for _, events in writes):
            appended = (Write(stream, self.versions[stream], tuple(events)) for stream, events in writes)
            outcome = self.log.append_now(Command(actor="kari"), *appended)
            assert outcome.outcome == ("recorded" if borne else "exhausted"), outcome
        if borne:
            self.versions.update({stream: len(events) for stream, events in writes})
        return borne

    @precondition(lambda self: any(life.commitment.approved for life in self.lives))
    @rule(sure=st.integers(0, 9))
    def the_year_ends(self, sure: int) -> None:
        """With nothing held over: what is, moves by claims on the next year's money, which this count does not know
        (`tests/grants/balance/test_years_as_a_machine.py` does)."""
        self.turn_the_year(transferable=False, sure=sure)

    @invariant()
    def the_database_stands_where_the_count_does(self) -> None:
        if self.is_as_before("database"):
            return
        for fund_id, level in self.funds.funds.items():
            stood = tuple(level.stood(account) for account in ("available", "committed", "disbursed", "withheld"))
            assert self.database.execute(STANDING, (fund_id,)).fetchone() == stood


def list_parked(database: Database) -> list[str]:
    """Which of all these histories a read model cannot follow, and why, once each has been brought up to the log."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(database.service_dsn), pool_size=1)
    parked = []
    for projection in PROJECTIONS:
        following = Projector(engine, projection, schema="grants", views="grants_view", first_pause_seconds=0.001)
        catch_up(following)
        with engine.begin() as connection:
            (edition,) = following.editions.list_all(connection)
            parked += [f"{projection.name}: {each}" for each in following.parking.list_all(connection, edition.edition)]
    engine.dispose()
    return parked


def test_the_database_refuses_and_counts_as_the_rules_expect(database: Database) -> None:
    log = Log(database.service_dsn, None, schema="grants", effects=effects)  # type: ignore[arg-type]
    try:
        with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
            members: dict[str, Any] = {
                "log": log,
                "database": connection,
                "turns": count(),
                "versions": Counter(),
                "reached": Counter(),
            }
            stored = type("StoredOnce", (Stored,), members)
            run_state_machine_as_test(stored, settings=settings(max_examples=80, stateful_step_count=30))
        assert list_parked(database) == []
    finally:
        log.close()
    reached: Counter[str] = members["reached"]
    needed = (
        "AwardApproved",
        "PostExhausted",
        "InstalmentPaid",
        "WithholdingDecided",
        "AwardReduced",
        "ReclaimDecided",
    )
    assert {name: reached[name] for name in needed if not reached[name]} == {}


def attests_what_fell_away(case: Disbursement, **asked: Any) -> Sequence[Event]:
    """A commitment that forgets a reduction."""
    kept = tuple(move for move in case.commitment.moves if move.promised_ore >= 0)
    return attestation.attest(replace(case, commitment=replace(case.commitment, moves=kept)), **asked)


def attests_what_is_withheld(case: Disbursement, **asked: Any) -> Sequence[Event]:
    freed = tuple(move for move in case.commitment.moves if not move.withheld_ore)
    return attestation.attest(replace(case, commitment=replace(case.commitment, moves=freed)), **asked)


def withholds_what_waits_to_be_paid(case: withholding.Withholding, **asked: Any) -> Sequence[Event]:
    return withholding.decide(replace(case, commitment=replace(case.commitment, requested=())), **asked)


def releases_twice(case: withholding.Withholding, **asked: Any) -> Sequence[Event]:
    held = tuple(move for move in case.commitment.moves if move.withheld_ore >= 0)
    return withholding.release(replace(case, released=(), commitment=replace(case.commitment, moves=held)), **asked)


def claims_what_is_claimed(case: claims.Claims, **asked: Any) -> Sequence[Event]:
    return reclaim.decide_reclaim(replace(case, decided=(), waiting=case.warned), **asked)


def nets_what_is_paid(case: claims.Claims, **asked: Any) -> Sequence[Event]:
    unpaid = tuple(move for move in case.commitment.moves if not move.disbursed_ore)
    return repayment.net_reclaim(replace(case, commitment=replace(case.commitment, moves=unpaid)), **asked)


def credits_whatever_comes_back(case: claims.Claims, **asked: Any) -> Sequence[Event]:
    came = repayment.receive_repayment(case, **asked)
    return [replace(event, credited=True) for event in came if isinstance(event, RepaymentReceived)]


def reduces_back_in_time(case: award.Granted, *, approved_on: date, **asked: Any) -> Sequence[Event]:
    decided = change.approve_change(case, approved_on=date(2021, 12, 31), **asked)
    return [replace(event, reduced_on=approved_on) if isinstance(event, AwardReduced) else event for event in decided]


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("attest", attests_what_fell_away),
        ("attest", attests_what_is_withheld),
        ("decide", withholds_what_waits_to_be_paid),
        ("release", releases_twice),
        ("decide_reclaim", claims_what_is_claimed),
        ("net_reclaim", nets_what_is_paid),
        ("receive_repayment", credits_whatever_comes_back),
        ("approve_change", reduces_back_in_time),
    ],
)
def test_a_mutant_of_a_rule_is_found(name: str, mutant: Rule) -> None:
    mutated = type("Mutated", (Directorate,), {"mutants": {name: mutant}, "reached": Counter()})
    with pytest.raises(AssertionError):
        run_state_machine_as_test(mutated, settings=HUNT)
