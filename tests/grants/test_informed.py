"""When a recipient knows of its award, told fact by fact; and what waits until then."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from importlib import import_module

import pytest

from services.eventlog.events import TOPICS, Event
from services.grants.case.events.award_change import AwardAnnulled, AwardChangeProposed
from services.grants.case.events.complaint import Party
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterLeft,
    LetterMayLeave,
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseImported,
)
from services.grants.case.hearing import Exemption, Hearing
from services.grants.case.informed import LetterNotOut, informed_by
from services.grants.case.presupposed import PRESUPPOSE
from services.grants.case.until_informed import keep_until_informed, list_premature
from services.grants.recipient_report.rules import fold
from tests.grants.acts_on_a_case import approved, promised, proposed, warned, withheld
from tests.grants.award.changes import less, none
from tests.grants.complaint.story import received

TOLD = date(2020, 2, 10)
released = LetterReleased(released_on=TOLD, sha256="ab" * 32, message_id="m-1")
may_leave = LetterMayLeave(released_on=TOLD, sha256="ab" * 32, message_id="m-1")
left = LetterLeft(left_on=date(2020, 2, 11), sha256="ab" * 32, message_id="m-6")
delivered = LetterDelivered(delivered_on=date(2020, 2, 12), sha256="ab" * 32, message_id="m-2")
ended = LetterReleaseEnded(sha256="ab" * 32, message_id="m-3")
again = replace(released, released_on=date(2020, 2, 20), message_id="m-4")
of_change = LetterReleased(released_on=date(2020, 5, 4), sha256="cd" * 32, message_id="m-5")
imported = LetterReleaseImported(released_on=TOLD, document="20/1", document_sha256=None, confirmed_by="liv")
per_capita = replace(approved, letter_owed=False)
unheard = replace(less, hearing=None)
exempt = replace(
    less, hearing=Hearing(warned_on=TOLD, exemption=Exemption(code="fvl-16-3-c", ground="De ba om det selv."))
)


@pytest.mark.parametrize(
    ("events", "since"),
    [
        ((proposed,), None),
        (promised, None),
        ((*promised, released), TOLD),
        ((*promised, delivered), date(2020, 2, 12)),
        ((*promised, delivered, released), TOLD),
        ((*promised, released, delivered), TOLD),
        ((*promised, imported), TOLD),
        ((*promised, released, ended), None),
        ((*promised, imported, of_change), TOLD),
        ((*promised, imported, of_change, replace(ended, sha256="cd" * 32, another_is_out=True)), TOLD),
        ((*promised, released, of_change), TOLD),
        ((*promised, released, of_change, replace(ended, sha256="cd" * 32, another_is_out=True)), TOLD),
        ((*promised, released, ended, again), date(2020, 2, 20)),
        ((*promised, may_leave), None),
        ((*promised, may_leave, ended), None),
        ((*promised, may_leave, left), date(2020, 2, 11)),
        ((*promised, may_leave, left, delivered), date(2020, 2, 11)),
        ((*promised, may_leave, delivered), date(2020, 2, 12)),
        ((*promised, delivered, may_leave), date(2020, 2, 12)),
        ((*promised, may_leave, ended, may_leave, left), date(2020, 2, 11)),
        ((*promised, imported, replace(may_leave, sha256="cd" * 32)), TOLD),
        ((proposed, per_capita), date(2020, 2, 3)),
    ],
)
def test_a_recipient_knows_once_the_letter_is_out_or_from_approval_where_none_is_made(
    events: Sequence[Event], since: date | None
) -> None:
    assert informed_by(events).since == since


@pytest.mark.parametrize("new", [(warned,), (withheld,), (warned, withheld), (less,), (none,)])
def test_what_presupposes_the_letter_is_refused_until_it_is_out(new: Sequence[Event]) -> None:
    with pytest.raises(LetterNotOut, match="not out"):
        keep_until_informed(promised, new)
    with pytest.raises(LetterNotOut, match="not out"):
        keep_until_informed((*promised, may_leave), new)
    keep_until_informed((*promised, may_leave, left), new)
    keep_until_informed((*promised, released), new)
    keep_until_informed((proposed, per_capita), new)
    keep_until_informed((proposed,), new)  # nothing is promised: that has a refusal of its own
    keep_until_informed(promised, (released, *new))


def annulled(change: AwardChangeProposed) -> AwardAnnulled:
    return AwardAnnulled(reductions=change.reductions, ground=change.ground, annulled_on=TOLD, approved_by="ola")


@pytest.mark.parametrize("new", [unheard, exempt, annulled(none)])
def test_to_make_it_otherwise_waits_for_nothing(new: Event) -> None:
    keep_until_informed(promised, (new,))


def test_what_an_earlier_release_took_too_early_is_listed() -> None:
    assert list(list_premature((*promised, warned, released, withheld))) == [(3, warned)]
    assert list(list_premature((*promised, released, warned, withheld))) == []


def test_a_report_is_asked_for_once_the_letter_is_out_and_no_more_when_its_release_was_stopped() -> None:
    """Due on 1 September by the letter, or three weeks after it went out."""
    late = replace(released, released_on=date(2020, 9, 10))
    told: list[tuple[str, date]] = []
    for more in ((), (released,), (released, ended), (released, ended, late)):
        (report,) = fold((*promised, *more)).reports
        told.append((report.state, report.due_on))
    due = date(2020, 9, 1)
    assert told == [("untold", due), ("awaited", due), ("untold", due), ("awaited", date(2020, 10, 1))]


NOT_PRESUPPOSING = {
    "decision.back-dated.": "what it stands beside is looked at by itself",
    "application.": "it stands before any award",
    "notice.": "what grants hears of the ministry's notices",
    "complaint.": "recorded when it comes; what tells the recipient of its own waits (`OF_ITS_COMPLAINT`)",
    "award.proposed.": "it promises nothing yet",
    "award.returned.": "it promises nothing yet",
    "award.import-proposed.": "it promises nothing yet",
    "award.approved.": "it is what the letter will tell",
    "award.imported.": "it is what its letter tells, which is imported after it",
    "award.letter-": "it is how the recipient will know",
    "award.change-proposed.": "without a warning it tells nobody; with one it waits (`presupposes`)",
    "award.change-returned.": "between the two who prepare and decide",
    "award.supplement-approved.": "the letter will tell it (fvl. § 35 first paragraph a and b)",
    "award.reduced.": "the letter will tell it (fvl. § 35 first paragraph b)",
    "award.annulled.": "there is nothing left to tell (fvl. § 35 first paragraph b)",
    "award.commitment-": "the budget year ends for every promise",
    "disbursement.condition-met.": "what happened in the world is recorded when it is known",
    "disbursement.payee-account-": "it is found in a register; nothing is paid",
    "disbursement.payment-refused.": "it stops a payment",
    "disbursement.instalment-paid.": "accounting's answer is recorded when it comes; what is imported asks by itself",
    "disbursement.batch-": "on a batch's own stream",
    "disbursement.receipt-taken.": "on a batch's own stream",
    "disbursement.lost-payment-settled.": "on the stream of the batches that were lost",
    "disbursement.pay-out-deadline-told.": "on a year's own stream",
    "disbursement.pay-out-met.": "on a year's own stream",
    "case.numbered.": "given as the case is opened, before anything is decided",
    "withholding.released.": "it corrects what came too early",
    "withholding.reclaim-reduced.": "it corrects what came too early",
    "withholding.repayment-received.": "money that has come is recorded",
    "report.control-selected.": "chosen in the house; nobody is told",
    "report.settlement-returned.": "it stops a settlement",
    "report.case-closed.": "of an award annulled before its letter left nothing is left to do",
}
"""How the stored names of facts begin that can be before the recipient knows, and why."""

OF_NO_CASE = (
    "deadline.",
    "back-dating.",
    "kept-answers.",
    "allocation.",
    "scheme.",
    "round.",
    "organisation.",
    "permit.",
    "control.drawn.",
    "staff.",
)


def test_every_fact_of_a_case_presupposes_that_the_recipient_knows_or_it_is_said_why_not() -> None:
    import_module("services.grants.main")  # and with it every fact, whichever tests came before
    ours = {topic for topic, kind in TOPICS.items() if kind.__module__.startswith("services.grants.")}
    of_cases = {topic for topic in ours if not topic.startswith(OF_NO_CASE)}
    presuppose = {kind.TOPIC for kind in PRESUPPOSE}
    reasoned = {topic for topic in of_cases if topic.startswith(tuple(NOT_PRESUPPOSING))}
    assert presuppose & reasoned == set()
    assert of_cases - presuppose - reasoned == set(), "say whether it presupposes that the recipient knows"


@pytest.mark.parametrize(
    ("party", "its_own"),
    [
        (Party(name="Stiftelsen Født Fri", organisation_number="974760673"), True),
        (Party(name="Et annet navn", organisation_number="974760673"), True),
        (Party(name="Stiftelsen Født Fri", organisation_number="958935420"), False),
        (Party(name="STIFTELSEN  født fri"), True),
        (Party(name="Naboen"), False),
    ],
)
def test_a_complaint_is_the_recipients_own_by_its_number_and_else_by_its_name(party: Party, its_own: bool) -> None:
    of_award = replace(received, disputed="award", decision_number=None, party=party)
    assert informed_by((*promised, of_award)).its_complaints == (frozenset({1}) if its_own else frozenset())
    assert informed_by((*promised, replace(of_award, disputed="rejection"))).its_complaints == frozenset()
