"""When money already paid may be claimed back: warned of by one person, decided by another, and reduced with a reason.

Following up that a grant is used as promised, and claiming it back where it is not, is the agency's duty
(Bestemmelser om økonomistyring i staten 6.3). Only what was paid and is neither repaid nor claimed already can be
claimed, once.
"""

from datetime import date

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.commitment_refusals import positive
from services.grants.case.events.withholding import Reason, ReclaimDecided, ReclaimReduced, ReclaimWarned
from services.grants.case.hearing import (
    Exemption,
    Hearing,
    PriorWarningMissing,
    ReasonsMissing,
    check_heard,
    need_hearing,
)
from services.grants.withholding.claims import BeyondClaim, BeyondPaid, Claims
from services.grants.withholding.reasons import changed, need_reasons
from services.text.folding import is_blank


class ReclaimBeyondWarning(Refusal):
    """More than the recipient was warned of."""

    code = "reclaim-beyond-warning"
    title = "Beløpet er høyere enn varslet"


class PayByTooEarly(Refusal):
    """The recipient got no day to pay in."""

    code = "pay-by-too-early"
    status = 422
    title = "Betalingsfristen er for kort"


class BeforeReclaim(Refusal):
    """The day lies before the reclaim was decided: what came then answered nothing."""

    code = "before-reclaim"
    title = "Datoen er før tilbakekravet"


def warn_of_reclaim(
    case: Claims,
    *,
    instalment: int,
    amount_ore: int,
    reasons: tuple[Reason, ...],
    reply_by: date | None,
    exemption: Exemption | None,
    warned_on: date,
    warned_by: str,
) -> list[Event]:
    """Tell the recipient what may be claimed back and why, with time to answer; or record why no warning is owed
    (forvaltningsloven § 16 first and third paragraph).

    The same warning again returns no event; another for the same instalment replaces it. Refuses `NotCommitted`,
    `UnknownInstalment`, `AmountNotPositive`, `HearingUnclear`, `ReplyPeriodTooShort`, `ReasonsMissing`, `BeyondPaid`.
    """
    warned = ReclaimWarned(
        instalment=instalment,
        amount_ore=amount_ore,
        reasons=reasons,
        reply_by=reply_by,
        exemption=exemption,
        warned_on=warned_on,
        warned_by=warned_by,
    )
    if warned in case.warned:
        return []
    case.commitment.instalment(instalment)
    need_hearing(Hearing(warned_on=warned_on, reply_by=reply_by, exemption=exemption))
    need_reasons(reasons)
    _stay_within_kept(case, instalment, amount_ore, warned_on)
    return [warned]


def decide_reclaim(
    case: Claims,
    *,
    instalment: int,
    amount_ore: int,
    reasons: tuple[Reason, ...],
    pay_by: date,
    decided_on: date,
    decided_by: str,
) -> list[Event]:
    """Claim the money back, once the recipient has been heard, to be paid by the end of `pay_by`. Not while a complaint
    of what it rests on has suspensive effect.

    The same decision again returns no event. Refuses `NotCommitted`, `UnknownInstalment`, `PriorWarningMissing`,
    `ReasonsMissing`, `ReplyPeriodOpen`, `BeforePreparation`, `SamePersonTwice`, `ReclaimSuspended`, `PayByTooEarly`,
    `ReclaimBeyondWarning`, `AmountNotPositive`, `BeyondPaid`.
    """
    case.commitment.instalment(instalment)
    warned = case.find_waiting(instalment)
    if warned is None:
        if (instalment, amount_ore, reasons, pay_by, decided_on, decided_by) in map(_asked, case.decided):
            return []
        raise PriorWarningMissing(f"Warn the recipient about instalment {instalment} first, or record an exemption.")
    need_reasons(reasons)
    check_heard(decided_on=decided_on, prepared_on=warned.warned_on, reply_by=warned.reply_by, what="reclaim")
    keep_apart(decided_by, "decide reclaim", {"warn of reclaim": case.find_authors(instalment)})
    case.check_not_suspended(None)
    _stay_within_warning(warned, amount_ore, decided_on=decided_on, pay_by=pay_by)
    _stay_within_kept(case, instalment, amount_ore, decided_on)
    return [
        ReclaimDecided(
            number=len(case.decided) + 1,
            instalment=instalment,
            amount_ore=amount_ore,
            reasons=reasons,
            prepared_reasons=warned.reasons,
            reasons_changed=changed(reasons, warned.reasons),
            exemption=warned.exemption,
            pay_by=pay_by,
            decided_on=decided_on,
            decided_by=decided_by,
        )
    ]


def reduce_reclaim(
    case: Claims, *, number: int, amount_ore: int, reason: str, reduced_on: date, reduced_by: str
) -> list[Event]:
    """Claim less than was decided, down to nothing: what the recipient answered, what a complaint came to, what is
    waived. What they have repaid is not undone by it.

    The same reduction again returns no event. Refuses `UnknownReclaim`, `ReasonsMissing`, `BeforeReclaim`,
    `AmountNotPositive`, `BeyondClaim`.
    """
    reduced = ReclaimReduced(
        number=number, amount_ore=amount_ore, reason=reason, reduced_on=reduced_on, reduced_by=reduced_by
    )
    decided = case.reclaim(number)
    if reduced in case.reduced:
        return []
    if is_blank(reason):
        raise ReasonsMissing("Say why less is claimed.")
    check_not_before(decided, reduced_on)
    stay_within_claim(case, number, amount_ore)
    return [reduced]


def check_not_before(decided: ReclaimDecided, day: date) -> None:
    """Nothing is done on a claim before there was one: `BeforeReclaim`."""
    if day < decided.decided_on:
        raise BeforeReclaim(f"Reclaim {decided.number} was decided on {decided.decided_on}.")


def stay_within_claim(case: Claims, number: int, amount_ore: int) -> None:
    """No more than the claim still asks for: `AmountNotPositive`, `BeyondClaim`."""
    standing_ore = case.standing_ore(number)
    if positive(amount_ore) > standing_ore:
        raise BeyondClaim(f"{standing_ore} øre are left of reclaim {number}.", standing_ore=standing_ore)


def _stay_within_kept(case: Claims, instalment: int, amount_ore: int, day: date) -> None:
    kept_ore = case.kept_ore(instalment, on=day)
    if positive(amount_ore) > kept_ore:
        raise BeyondPaid(
            f"By {day} {kept_ore} øre of instalment {instalment} were paid and neither repaid nor claimed.",
            kept_ore=kept_ore,
        )


def _stay_within_warning(warned: ReclaimWarned, amount_ore: int, *, decided_on: date, pay_by: date) -> None:
    """No more than the recipient was heard on, and at least a day to pay it in."""
    if pay_by <= decided_on:
        raise PayByTooEarly(f"Give the recipient at least a day after {decided_on} to pay in.")
    if amount_ore > warned.amount_ore:
        raise ReclaimBeyondWarning(f"{warned.amount_ore} øre were warned of. Warn again to claim more.")


def _asked(decided: ReclaimDecided) -> tuple[object, ...]:
    return (
        decided.instalment,
        decided.amount_ore,
        decided.reasons,
        decided.pay_by,
        decided.decided_on,
        decided.decided_by,
    )
