"""When money may be held back from a recipient, and when it is let go. `warning.py` holds what comes first.

A withholding is a decision against the recipient: they are warned, told why, and heard first (forvaltningsloven §§ 16
and 24), unless a coded exemption is recorded. It is prepared by one person and decided by another (domain rule 3: the
one who prepared does not approve). Withheld money stays bound: it is spendable by nobody else until it is released.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.commitment import Commitment, positive
from services.grants.duties import keep_apart
from services.grants.withholding.events import (
    PriorWarningGiven,
    PriorWarningOmitted,
    Reason,
    WithholdingDecided,
    WithholdingReleased,
)

Preparation = PriorWarningGiven | PriorWarningOmitted


class PriorWarningMissing(Refusal):
    """No warning stands for the instalment, and no exemption: a decided or released one is spent."""

    code = "prior-warning-missing"
    title = "Forhåndsvarsel mangler"


class ReplyPeriodOpen(Refusal):
    """The recipient may still answer."""

    code = "reply-period-open"
    title = "Svarfristen er ikke ute"


class ReasonsMissing(Refusal):
    """It is not said why (forvaltningsloven §§ 24 and 25)."""

    code = "reasons-missing"
    status = 422
    title = "Begrunnelsen mangler"


class BeyondUnpaid(Refusal):
    """More than is left of the instalment: what is paid is reclaimed, not withheld, and nothing is withheld twice."""

    code = "withholding-beyond-unpaid"
    title = "Beløpet overstiger det som gjenstår av terminen"


class BeyondWarning(Refusal):
    """More than the recipient was warned of."""

    code = "withholding-beyond-warning"
    title = "Beløpet er høyere enn varslet"


class BeforePreparation(Refusal):
    """The decision is dated before it was prepared."""

    code = "before-preparation"
    title = "Datoen er før saken var forberedt"


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
    """What withholding needs to know of a case. `waiting` holds what no decision or release has spent yet."""

    commitment: Commitment = field(default_factory=Commitment)
    prepared: tuple[Preparation, ...] = ()
    waiting: tuple[Preparation, ...] = ()
    decided: tuple[WithholdingDecided, ...] = ()
    released: tuple[WithholdingReleased, ...] = ()

    def find_waiting(self, instalment: int) -> Preparation | None:
        return next((prepared for prepared in self.waiting if prepared.instalment == instalment), None)

    def find_last_release(self, instalment: int) -> WithholdingReleased | None:
        mine = (released for released in self.released if released.instalment == instalment)
        return max(mine, key=lambda released: released.released_on, default=None)

    def standing_ore(self, number: int) -> int:
        """What withholding `number` still holds back."""
        held_ore = sum(decided.amount_ore for decided in self.decided if decided.number == number)
        return held_ore - sum(released.amount_ore for released in self.released if released.number == number)


def evolve(case: Withholding, event: Event) -> Withholding:
    """The case after this fact. A preparation replaces the last for its instalment; a decision or release spends it."""
    case = replace(case, commitment=case.commitment.fold(event))
    match event:
        case PriorWarningGiven() | PriorWarningOmitted():
            return replace(case, prepared=(*case.prepared, event), waiting=(*_others(case, event.instalment), event))
        case WithholdingDecided():
            return replace(case, decided=(*case.decided, event), waiting=_others(case, event.instalment))
        case WithholdingReleased():
            return replace(case, released=(*case.released, event), waiting=_others(case, event.instalment))
        case _:
            return case


def _others(case: Withholding, instalment: int) -> tuple[Preparation, ...]:
    return tuple(prepared for prepared in case.waiting if prepared.instalment != instalment)


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

    The same decision again is nothing. A reason that has changed since the warning stands beside the one it replaced.
    Refuses `NotCommitted`, `UnknownInstalment`, `AmountNotPositive`, `ReasonsMissing`, `PriorWarningMissing`,
    `SamePersonTwice`, `ReplyPeriodOpen`, `BeforePreparation`, `BeyondWarning`, `BeyondUnpaid`.
    """
    case.commitment.instalment(instalment)
    prepared = case.find_waiting(instalment)
    if prepared is None:
        asked = (instalment, amount_ore, reasons, decided_on, decided_by)
        if any(asked == (d.instalment, d.amount_ore, d.reasons, d.decided_on, d.decided_by) for d in case.decided):
            return []
        raise PriorWarningMissing(f"Warn the recipient about instalment {instalment} first, or record an exemption.")
    need_reasons(reasons)
    _may_be_decided(prepared, decided_on, decided_by)
    if amount_ore > prepared.amount_ore:
        raise BeyondWarning(f"{prepared.amount_ore} øre were prepared. Warn again to withhold more.")
    stay_within(case, instalment, amount_ore, since=decided_on)
    return [
        WithholdingDecided(
            number=len(case.decided) + 1,
            instalment=instalment,
            amount_ore=amount_ore,
            reasons=reasons,
            prepared_reasons=prepared.reasons,
            reasons_changed=set(reasons) != set(prepared.reasons),
            exemption=prepared.exemption if isinstance(prepared, PriorWarningOmitted) else None,
            decided_on=decided_on,
            decided_by=decided_by,
        )
    ]


def release(
    case: Withholding, *, number: int, amount_ore: int, reason: str, released_on: date, released_by: str
) -> list[Event]:
    """Let go of all or part of withholding `number`. Holding the money back anew needs a new warning.

    The same release again is nothing.
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
    if not reason.strip():
        raise ReasonsMissing("Say why the money is released.")
    standing_ore = case.standing_ore(number) if released_on >= decided.decided_on else 0
    if positive(amount_ore) > standing_ore:
        raise ReleaseBeyondWithheld(
            f"Withholding {number} holds back {standing_ore} øre on {released_on}.", standing_ore=standing_ore
        )
    return [released]


def _may_be_decided(prepared: Preparation, decided_on: date, decided_by: str) -> None:
    """Another person than the one who prepared, and not before the recipient has been heard."""
    match prepared:
        case PriorWarningGiven(warned_by=preparer, reply_by=reply_by):
            if decided_on <= reply_by:
                first = reply_by + timedelta(days=1)
                raise ReplyPeriodOpen(f"The recipient may answer to the end of {reply_by}.", first_day_on=str(first))
        case PriorWarningOmitted(omitted_by=preparer, omitted_on=omitted_on):
            if decided_on < omitted_on:
                raise BeforePreparation(f"The withholding was prepared on {omitted_on}.")
    keep_apart(decided_by, doing="decide it", from_whoever="prepared this withholding", was=preparer)


def stay_within(case: Withholding, instalment: int, amount_ore: int, *, since: date) -> None:
    """Only what is neither paid nor withheld, on that day and every day since: `AmountNotPositive`, `BeyondUnpaid`."""
    free_ore = case.commitment.free_ore(instalment, since=since)
    if positive(amount_ore) > free_ore:
        raise BeyondUnpaid(
            f"{free_ore} øre of instalment {instalment} are neither paid nor withheld.", free_ore=free_ore
        )


def need_reasons(reasons: tuple[Reason, ...]) -> None:
    """At least one, each in words: `ReasonsMissing`."""
    if not reasons or any(not reason.text.strip() for reason in reasons):
        raise ReasonsMissing("Give at least one reason, each with the words the recipient will read.")
