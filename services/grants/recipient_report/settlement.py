"""The settlement: what was used of the grant, and what of the promise therefore falls away. Two people agree on it.

Everything must be answered first (`answered.py`). The rest is released to the fund by the settlement itself.
"""

from datetime import date

from services.duties import keep_apart
from services.duties.authorship import authors
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.recipient_report import AwardSettled, SettlementProposed, SettlementReturned
from services.grants.recipient_report.before_settlement import AlreadySettled, need_answered
from services.grants.recipient_report.refusals import need_words
from services.grants.recipient_report.rules import Reporting


class SettlementWaits(Refusal):
    """Another settlement waits for approval. Have it returned first."""

    code = "settlement-waits"
    title = "Et annet oppgjør venter på godkjenning"


class NoSettlementProposed(Refusal):
    """No proposed settlement waits."""

    code = "no-settlement-proposed"
    title = "Det er ikke foreslått noe oppgjør"


class SettlementOutdated(Refusal):
    """Money has moved in the case since it was proposed. Return it and propose anew."""

    code = "settlement-outdated"
    title = "Oppgjøret stemmer ikke lenger"


class SettledBeforeProposal(Refusal):
    """The settlement is dated before it was proposed."""

    code = "settled-before-proposal"
    status = 422
    title = "Datoen er før oppgjøret ble foreslått"


def propose(case: Reporting, *, used_ore: int, proposed_on: date, proposed_by: str) -> list[Event]:
    """Prepare the settlement on what was used (whole øre). What falls away follows: everything promised and not paid.

    The same proposal again returns no event. Refuses `NotCommitted`, `AlreadySettled`, `SettlementWaits` and whatever
    `need_answered` refuses.
    """
    reductions = need_answered(case, used_ore, on=proposed_on)
    proposal = SettlementProposed(
        used_ore=used_ore, reductions=reductions, proposed_on=proposed_on, proposed_by=proposed_by
    )
    if case.proposed == proposal:
        return []
    if case.proposed is not None:
        raise SettlementWaits(f"{case.proposed.proposed_by} proposed one. Have it approved or returned first.")
    return [proposal]


def return_proposed_settlement(case: Reporting, *, reason: str, returned_by: str) -> list[Event]:
    """Return the proposed settlement to its preparer, who may also take it back.

    The same return again returns no event. Refuses `AlreadySettled`, `NoSettlementProposed`, `ReportReasonMissing`.
    """
    returned = SettlementReturned(reason=reason, returned_by=returned_by)
    if case.proposed is None and case.returned == returned:
        return []
    _waiting(case)
    need_words(reason)
    return [returned]


def approve(case: Reporting, *, settled_on: date, approved_by: str) -> list[Event]:
    """Settle the award as proposed: what is not used is free for others from `settled_on`. Not by whoever wrote any
    part of it.

    The same again returns no event. Refuses `NoSettlementProposed`, `SamePersonTwice`, `SettledBeforeProposal`,
    `SettlementOutdated`, `ReductionBeyondUnpaid` and whatever `need_answered` refuses.
    """
    settled = case.settled
    if settled and (settled.approved_by, settled.settled_on) == (approved_by, settled_on):
        return []
    proposal = _waiting(case)
    keep_apart(approved_by, "settle award", {"propose settlement": authors(case.drafts)})
    if settled_on < proposal.proposed_on:
        raise SettledBeforeProposal(f"It was proposed on {proposal.proposed_on}.")
    if need_answered(case, proposal.used_ore, on=settled_on) != proposal.reductions:
        raise SettlementOutdated("Money has moved since it was proposed. Return it, and have it proposed anew.")
    case.commitment.check_reductions(proposal.reductions, since=settled_on)
    return [
        AwardSettled(
            used_ore=proposal.used_ore,
            reductions=proposal.reductions,
            settled_on=settled_on,
            approved_by=approved_by,
        )
    ]


def _waiting(case: Reporting) -> SettlementProposed:
    if case.settled is not None:
        raise AlreadySettled(f"{case.settled.approved_by} settled it on {case.settled.settled_on}.")
    if case.proposed is None:
        raise NoSettlementProposed("Propose the settlement first.")
    return case.proposed
