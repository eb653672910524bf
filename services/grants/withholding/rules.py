"""When money may be held back from a recipient, and when it is let go.

`hearing.py` holds what any decision against the recipient takes, `warning.py` what comes before a withholding;
`reclaim.py` and `repayment.py` deal with money already paid. A withholding is prepared by one person and decided by
another (domain rule 3). Withheld money stays bound: it is spendable by nobody else until it is released or falls away.
"""

from dataclasses import dataclass
from datetime import date

from services.duties import keep_apart
from services.duties.authorship import authors
from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.eventlog.refusal import Refusal
from services.grants.case.commitment import NOTHING_PROMISED, Commitment
from services.grants.case.commitment_refusals import positive
from services.grants.case.events.withholding import (
    PriorWarningGiven,
    PriorWarningOmitted,
    Reason,
    WithholdingDecided,
    WithholdingReleased,
)
from services.grants.case.hearing import PriorWarningMissing, ReasonsMissing, check_heard
from services.grants.withholding.reasons import changed, need_reasons
from services.text.folding import is_blank

Preparation = PriorWarningGiven | PriorWarningOmitted


class BeyondUnpaid(Refusal):
    """More than is left of the instalment: what is paid is reclaimed, not withheld, and nothing is withheld twice."""

    code = "withholding-beyond-unpaid"
    title = "Beløpet overstiger det som gjenstår av terminen"


class PaymentUnderWay(Refusal):
    """What is asked for is attested, and may be paid any moment: what is on its way out is not held back."""

    code = "payment-under-way"
    title = "Utbetalingen er allerede attestert"


class BeyondWarning(Refusal):
    """More than the recipient was warned of."""

    code = "withholding-beyond-warning"
    title = "Beløpet er høyere enn varslet"


class UnknownWithholding(Refusal):
    """The case has no withholding of that number."""

    code = "unknown-withholding"
    status = 404
    title = "Tilbakeholdet finnes ikke"


class ReleaseBeyondWithheld(Refusal):
    """More than that withholding holds back on the day, or on a later day already recorded."""

    code = "release-beyond-withheld"
    title = "Beløpet er høyere enn det som er holdt tilbake"


@dataclass(frozen=True, kw_only=True)
class Withholding:
    """What withholding needs to know of a case. `waiting` holds what no decision or release has spent
    yet, `drafts` all that was prepared since the last decision on its instalment."""

    commitment: Commitment = NOTHING_PROMISED
    prepared: tuple[Preparation, ...] = ()
    waiting: tuple[Preparation, ...] = ()
    drafts: tuple[Preparation, ...] = ()
    decided: tuple[WithholdingDecided, ...] = ()
    released: tuple[WithholdingReleased, ...] = ()

    def find_waiting(self, instalment: int) -> Preparation | None:
        return next((prepared for prepared in self.waiting if prepared.instalment == instalment), None)

    def list_drafts(self, instalment: int) -> tuple[Preparation, ...]:
        return tuple(prepared for prepared in self.drafts if prepared.instalment == instalment)

    def find_last_release(self, instalment: int) -> WithholdingReleased | None:
        mine = (released for released in self.released if released.instalment == instalment)
        return max(mine, key=lambda released: released.released_on, default=None)

    def standing_ore(self, number: int) -> int:
        """What withholding `number` still holds back: neither released nor fallen away."""
        return self.commitment.withheld_by_ore(number)


def evolve(case: Withholding, event: Event) -> Withholding:
    """The case after this fact. A preparation replaces the last for its instalment; a decision or release spends it."""
    case = replace(case, commitment=case.commitment.fold(event))
    match event:
        case PriorWarningGiven() | PriorWarningOmitted():
            waiting = (*_others(case.waiting, event.instalment), event)
            return replace(case, prepared=(*case.prepared, event), waiting=waiting, drafts=(*case.drafts, event))
        case WithholdingDecided(instalment=number):
            waiting, drafts = _others(case.waiting, number), _others(case.drafts, number)
            return replace(case, decided=(*case.decided, event), waiting=waiting, drafts=drafts)
        case WithholdingReleased():
            return replace(case, released=(*case.released, event), waiting=_others(case.waiting, event.instalment))
        case _:
            return case


def _others(prepared: tuple[Preparation, ...], instalment: int) -> tuple[Preparation, ...]:
    return tuple(each for each in prepared if each.instalment != instalment)


def decide(
    case: Withholding,
    *,
    instalment: int,
    amount_ore: int,
    reasons: tuple[Reason, ...],
    decided_on: date,
    decided_by: str,
) -> list[Event]:
    """Hold the money back, once the recipient has been heard: first on the day after the reply period's last.

    The same decision again returns no event. A reason that has changed since the warning stands beside the one it
    replaced. Refuses `NotCommitted`, `UnknownInstalment`, `AmountNotPositive`, `ReasonsMissing`, `PriorWarningMissing`,
    `SamePersonTwice`, `ReplyPeriodOpen`, `BeforePreparation`, `BeyondWarning`, `BeyondUnpaid`, `PaymentUnderWay`.
    """
    case.commitment.instalment(instalment)
    prepared = case.find_waiting(instalment)
    if prepared is None:
        asked = (instalment, amount_ore, reasons, decided_on, decided_by)
        if any(asked == (d.instalment, d.amount_ore, d.reasons, d.decided_on, d.decided_by) for d in case.decided):
            return []
        raise PriorWarningMissing(f"Warn the recipient about instalment {instalment} first, or record an exemption.")
    need_reasons(reasons)
    _keep_heard(prepared, decided_on)
    wrote = authors(case.list_drafts(instalment))
    keep_apart(decided_by, "decide withholding", {"warn of withholding": wrote, "omit warning": wrote})
    if amount_ore > prepared.amount_ore:
        raise BeyondWarning(f"{prepared.amount_ore} øre were prepared. Warn again to withhold more.")
    stay_within(case, instalment, amount_ore, since=decided_on)
    _leave_what_waits_to_be_paid(case, instalment, amount_ore, since=decided_on)
    return [
        WithholdingDecided(
            number=len(case.decided) + 1,
            instalment=instalment,
            amount_ore=amount_ore,
            reasons=reasons,
            prepared_reasons=prepared.reasons,
            reasons_changed=changed(reasons, prepared.reasons),
            exemption=prepared.exemption if isinstance(prepared, PriorWarningOmitted) else None,
            decided_on=decided_on,
            decided_by=decided_by,
        )
    ]


def release(
    case: Withholding, *, number: int, amount_ore: int, reason: str, released_on: date, released_by: str
) -> list[Event]:
    """Let go of all or part of withholding `number`. Holding the money back anew needs a new warning.

    The same release again returns no event.
    Refuses `UnknownWithholding`, `AmountNotPositive`, `ReasonsMissing`, `ReleaseBeyondWithheld`.
    """
    decided = next((decided for decided in case.decided if decided.number == number), None)
    if decided is None:
        raise UnknownWithholding(f"The case has {len(case.decided)} withholdings, and none is number {number}.")
    released = WithholdingReleased(
        number=number,
        instalment=decided.instalment,
        amount_ore=amount_ore,
        reason=reason,
        released_on=released_on,
        released_by=released_by,
    )
    if released in case.released:
        return []
    if is_blank(reason):
        raise ReasonsMissing("Say why the money is released.")
    standing_ore = case.commitment.withheld_by_ore(number, since=released_on)
    if positive(amount_ore) > standing_ore:
        raise ReleaseBeyondWithheld(
            f"Withholding {number} holds back {standing_ore} øre on {released_on}.", standing_ore=standing_ore
        )
    return [released]


def _keep_heard(prepared: Preparation, decided_on: date) -> None:
    match prepared:
        case PriorWarningGiven(warned_on=day, reply_by=reply_by):
            check_heard(decided_on=decided_on, prepared_on=day, reply_by=reply_by, what="withholding")
        case PriorWarningOmitted(omitted_on=day):
            check_heard(decided_on=decided_on, prepared_on=day, reply_by=None, what="withholding")


def stay_within(case: Withholding, instalment: int, amount_ore: int, *, since: date) -> None:
    """Only what is neither paid nor withheld, on that day and every day since: `AmountNotPositive`, `BeyondUnpaid`."""
    free_ore = case.commitment.free_ore(instalment, since=since)
    if positive(amount_ore) > free_ore:
        raise BeyondUnpaid(
            f"{free_ore} øre of instalment {instalment} are neither paid nor withheld.", free_ore=free_ore
        )


def _leave_what_waits_to_be_paid(case: Withholding, instalment: int, amount_ore: int, *, since: date) -> None:
    payable_ore = case.commitment.payable_ore(instalment, since=since)
    if amount_ore > payable_ore:
        raise PaymentUnderWay(
            f"All but {payable_ore} øre of instalment {instalment} waits to be paid. Have the attestation taken back"
            " first, or withhold the rest.",
            payable_ore=payable_ore,
        )
