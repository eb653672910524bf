"""From every state a case comes to, ordinary acts of ordinary people bring it to its end: nothing is bound for ever.

The directorate of `test_life_before_the_letter.py` at work; then each of its cases is closed, whatever became of it, by
rules alone. Nobody is asked for what another system or the ministry would have to do: a complaint may be withdrawn,
accounting may refuse, a claim may be waived, and what nobody was told of is annulled.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award import approval as awarding
from services.grants.award_change import recipient as from_recipient
from services.grants.award_change import rules as change
from services.grants.case.events.award import AwardApproved
from services.grants.case.events.award_change import Ground
from services.grants.case.events.disbursement import PaymentRefused
from services.grants.case.events.recipient_report import Check
from services.grants.case.hearing import Exemption, Hearing
from services.grants.case.state import keep_closed, state_of
from services.grants.case.until_informed import keep_until_informed
from services.grants.complaint import arrival
from services.grants.disbursement import attestation
from services.grants.recipient_report import checking, closing, receiving, settlement
from services.grants.waiting.case_facts import CaseFacts
from services.grants.withholding import reclaim
from services.grants.withholding import rules as withholding
from tests.grants.directorate.machine import HUNT, ToTheEnd
from tests.grants.fodt_fri import approved, proposed
from tests.grants.life import Life
from tests.grants.life_before_the_letter import Waiting

PREPARER, DECIDER, OTHER = "mona", "nina", "olga"
"""People who come to the case with no history in it."""
CHECKS: tuple[tuple[Check, str], ...] = (("content", PREPARER), ("money", DECIDER))
UNHEARD = Exemption(code="fvl-16-3-c", ground="De vet det.")
Act = Callable[[], Sequence[Event]]


def acts(life: Life, day: date) -> Iterator[Act]:
    """What brings the case nearer to its end, the nearest first."""
    rooms, commitment = life.rooms, life.commitment
    reporting, award, claims = rooms["recipient_report"], rooms["award"], rooms["claims"]
    yield partial(closing.close, reporting, closed_on=day, closed_by=OTHER)
    for each in rooms["complaint"].complaints:
        number = each.received.number
        yield partial(arrival.withdraw, rooms["complaint"], number=number, withdrawn_on=day, recorded_by=OTHER)
    yield partial(change.return_change, award, reason="Saken avsluttes.", returned_by=DECIDER)
    yield partial(settlement.return_proposed_settlement, reporting, reason="Regn på nytt.", returned_by=DECIDER)
    yield partial(awarding.return_proposal, rooms["awarding"], reason="Saken avsluttes.", returned_by=DECIDER)
    for asked in commitment.requested:
        yield partial(
            attestation.take_back,
            rooms["disbursement"],
            payment_id=asked.payment_id,
            reason="Avsluttes.",
            taken_back_on=day,
            taken_back_by=OTHER,
        )
        yield partial(refused, asked.payment_id, day)
    for claim in claims.decided:
        yield partial(
            reclaim.reduce_reclaim,
            claims,
            number=claim.number,
            amount_ore=claims.standing_ore(claim.number),
            reason="Frafalles.",
            reduced_on=day,
            reduced_by=DECIDER,
        )
    for held in rooms["withholding"].decided:
        yield partial(
            withholding.release,
            rooms["withholding"],
            number=held.number,
            amount_ore=commitment.withheld_by_ore(held.number),
            reason="Frigis.",
            released_on=day,
            released_by=DECIDER,
        )
    yield from of_reports(life, day)
    yield from of_the_end(life, day)


def refused(payment_id: UUID, day: date) -> Sequence[Event]:
    return [
        PaymentRefused(payment_id=payment_id, code="closed", reason="Avsluttet.", refused_on=day, recorded_by=OTHER)
    ]


def of_reports(life: Life, day: date) -> Iterator[Act]:
    case = life.rooms["recipient_report"]
    for report in case.reports:
        number = report.owed.number
        if report.state == "awaited" or report.state == "returned":
            yield partial(
                receiving.receive,
                case,
                number=number,
                summary="Brukt.",
                results=str(day),
                used_ore=life.commitment.disbursed_ore,
                accounts_attested=True,
                document_sha256=None,
                received_on=day,
                registered_by=OTHER,
            )
        for check, who in CHECKS:
            yield partial(checking.check, case, number=number, check=check, note="", checked_on=day, checked_by=who)


def of_the_end(life: Life, day: date) -> Iterator[Act]:
    """Nothing paid: annulled. Something paid: settled on what was. What no letter has told of is taken back unheard."""
    award, case = life.rooms["award"], life.rooms["recipient_report"]
    ground = Ground(code="reversal-invalid", text="Tilskuddet frafaller.")
    told = award.informed.letters
    untold = tuple(part for part in life.commitment.list_rest() if part.instalment in told.untold)
    if untold:
        yield partial(
            change.propose_change, award, kind="reduction", reductions=untold, ground=ground, proposed_by=PREPARER
        )
    if not life.commitment.disbursed_ore:
        yield partial(
            change.propose_change,
            award,
            kind="annulment",
            ground=ground,
            proposed_by=PREPARER,
            hearing=None if award.informed.unaware else Hearing(warned_on=day, exemption=UNHEARD),
        )
        yield partial(from_recipient.decline, award, reason="Avslått.", declined_on=day, recorded_by=OTHER)
    kept_ore = life.commitment.disbursed_ore - case.recovered.kept_out_ore
    reported = [report.latest.used_ore for report in case.reports if report.latest]
    yield partial(
        settlement.propose, case, used_ore=min([kept_ore, *reported[-1:]]), proposed_on=day, proposed_by=PREPARER
    )


def closes(life: Life, today: date, acts: Callable[[Life, date], Iterator[Act]] = acts) -> list[str]:
    """What the case was brought through until it was closed; the end is missing where it is stuck."""
    told: list[str] = []
    day = max(today, CaseFacts(life.events).today)
    for _ in range(40):
        if state_of(life.events) == "closed":
            return told
        follows = next(filter(None, (tried(life, act) for act in acts(life, day))), None)
        if follows:
            life.take(follows)
            told += [type(event).__name__ for event in follows]
            for decide in (
                partial(change.approve_change, life.rooms["award"], approved_on=day, approved_by=DECIDER),
                partial(settlement.approve, life.rooms["recipient_report"], settled_on=day, approved_by=DECIDER),
            ):
                life.take(tried(life, decide))
        day += timedelta(days=30)
    return [*told, f"stuck in {life.rooms['recipient_report'].life}"]


def tried(life: Life, act: Act) -> Sequence[Event]:
    """What follows, if the rule and the door of the case let it."""
    try:
        follows = act()
        keep_closed(life.events, follows)
        keep_until_informed(life.events, follows)
    except Refusal:
        return ()
    return follows


class Ending(Waiting, ToTheEnd):
    """Each case is brought to its end from wherever the machine left it."""

    def teardown(self) -> None:
        super().teardown()
        for life in self.lives:
            again = Life(life.number, life.fund_id)
            again.take(life.events)
            was = again.rooms["recipient_report"].life
            self.reached[f"from {was}"] += 1
            told = closes(again, self.today)
            assert state_of(again.events) == "closed", (was, told, [type(each).__name__ for each in life.events])


def test_from_every_state_a_case_can_be_closed() -> None:
    class Watched(Ending):
        reached: ClassVar[Counter[str]] = Counter()

    run_state_machine_as_test(Watched, settings=settings(max_examples=25, stateful_step_count=25))
    needed = ("from approved", "from released", "from proposed")
    assert {name: Watched.reached[name] for name in needed if not Watched.reached[name]} == {}


def test_an_award_on_no_scheme_approved_without_a_letter_is_annulled_and_its_money_is_free() -> None:
    """The grant of the README: nobody was told of it, so nobody need be heard."""
    life = Life(1, proposed.fund_id)
    life.take([proposed, replace(approved, approved_on=date(2020, 9, 1))])
    assert isinstance(life.commitment.approved, AwardApproved)
    told = closes(life, date(2020, 9, 2))
    assert told[-1] == "CaseClosed"
    assert life.commitment.committed_ore == 0


def test_a_rule_that_leaves_a_case_without_a_way_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> Sequence[Event]:
        raise change.ChangeAlreadyProposed("Nobody decides this.")

    monkeypatch.setattr(change, "propose_change", never)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(type("Stuck", (Ending,), {"reached": Counter()}), settings=HUNT)
