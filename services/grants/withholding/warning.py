"""What comes before a withholding: the recipient is warned and heard, or it is on record why not.

A preparation is for one instalment and one withholding: the decision spends it, and a release too, so that money let go
is never held back again on an old warning.
"""

from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.withholding import PriorWarningGiven, PriorWarningOmitted, Reason
from services.grants.case.hearing import Exemption, need_ground, need_time_to_answer
from services.grants.withholding.reasons import need_reasons
from services.grants.withholding.rules import Preparation, Withholding, stay_within


class BeforeCommitment(Refusal):
    """The day lies before the commitment counts: there was nothing to withhold."""

    code = "before-commitment"
    title = "Datoen er før tilsagnet ble gitt"


class BeforeRelease(Refusal):
    """The warning is dated before the money was last let go: a new withholding needs a new warning."""

    code = "warning-before-release"
    title = "Varselet er eldre enn frigivelsen"


def warn(
    case: Withholding,
    *,
    instalment: int,
    amount_ore: int,
    reasons: tuple[Reason, ...],
    reply_by: date,
    warned_on: date,
    warned_by: str,
) -> list[Event]:
    """Tell the recipient what may be withheld and why, with time to answer (forvaltningsloven § 16 first paragraph).

    The same warning again is no new one, also when it is spent; another for the same instalment replaces it.
    Refuses `NotCommitted`, `UnknownInstalment`, `AmountNotPositive`, `ReasonsMissing`, `BeforeCommitment`,
    `BeforeRelease`, `BeyondUnpaid`, `ReplyPeriodTooShort`.
    """
    warning = PriorWarningGiven(
        instalment=instalment,
        amount_ore=amount_ore,
        reasons=reasons,
        reply_by=reply_by,
        warned_on=warned_on,
        warned_by=warned_by,
    )
    need_time_to_answer(warned_on=warned_on, reply_by=reply_by)
    return _prepare(case, warning, warned_on)


def omit_warning(
    case: Withholding,
    *,
    instalment: int,
    amount_ore: int,
    reasons: tuple[Reason, ...],
    exemption: Exemption,
    omitted_on: date,
    omitted_by: str,
) -> list[Event]:
    """Prepare a withholding without warning, on forvaltningsloven § 16 third paragraph a, b or c and the facts for it.

    The same again returns no event. Refuses as `warn` does; `ReasonsMissing` also where the exemption has no ground.
    """
    need_ground(exemption)
    omission = PriorWarningOmitted(
        instalment=instalment,
        amount_ore=amount_ore,
        reasons=reasons,
        exemption=exemption,
        omitted_on=omitted_on,
        omitted_by=omitted_by,
    )
    return _prepare(case, omission, omitted_on)


def _prepare(case: Withholding, prepared: Preparation, prepared_on: date) -> list[Event]:
    if prepared in case.prepared:
        return []
    need_reasons(prepared.reasons)
    counts_from = case.commitment.approval().approved_on
    if prepared_on < counts_from:
        raise BeforeCommitment(f"The commitment counts from {counts_from}; nothing could be withheld on {prepared_on}.")
    release = case.find_last_release(prepared.instalment)
    if release and prepared_on < release.released_on:
        raise BeforeRelease(f"Instalment {prepared.instalment} was released on {release.released_on}. Warn anew.")
    stay_within(case, prepared.instalment, prepared.amount_ore, since=prepared_on)
    return [prepared]
