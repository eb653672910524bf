"""What every decision against the recipient takes, withholding or reclaim: reasons, a hearing, and two people.

The recipient is told beforehand what may be decided and why, with time to answer (forvaltningsloven § 16), or it is on
record which exemption applies. Nothing is decided beyond what they were told of, nor without reasons (§§ 24 and 25).
"""

from datetime import date, timedelta

from services.eventlog.refusal import Refusal
from services.grants.duties import keep_apart
from services.grants.withholding.events import Exemption, Reason


class PriorWarningMissing(Refusal):
    """No warning stands for the instalment, and no exemption: one that was decided on is spent."""

    code = "prior-warning-missing"
    title = "Forhåndsvarsel mangler"


class ReplyPeriodTooShort(Refusal):
    """The recipient got no day to answer in."""

    code = "reply-period-too-short"
    status = 422
    title = "Svarfristen er for kort"


class ReplyPeriodOpen(Refusal):
    """The recipient may still answer."""

    code = "reply-period-open"
    title = "Svarfristen er ikke ute"


class BeforePreparation(Refusal):
    """The decision is dated before it was prepared."""

    code = "before-preparation"
    title = "Datoen er før saken var forberedt"


class ReasonsMissing(Refusal):
    """It is not said why (forvaltningsloven §§ 24 and 25)."""

    code = "reasons-missing"
    status = 422
    title = "Begrunnelsen mangler"


def need_reasons(reasons: tuple[Reason, ...]) -> None:
    """At least one, each in words: `ReasonsMissing`."""
    if not reasons or any(not reason.text.strip() for reason in reasons):
        raise ReasonsMissing("Give at least one reason, each with the words the recipient will read.")


def need_ground(exemption: Exemption) -> None:
    """The facts the exemption rests on: `ReasonsMissing`."""
    if not exemption.ground.strip():
        raise ReasonsMissing("Say which facts the exemption from prior warning rests on.")


def need_time_to_answer(*, warned_on: date, reply_by: date) -> None:
    """The day after the warning at least: `ReplyPeriodTooShort`."""
    if reply_by <= warned_on:
        raise ReplyPeriodTooShort(f"Give the recipient at least a day after {warned_on} to answer in.")


def changed(reasons: tuple[Reason, ...], prepared: tuple[Reason, ...]) -> bool:
    """Whether the recipient reads other reasons than they were heard on; their order tells nothing."""
    return set(reasons) != set(prepared)


def check_heard(
    *, decided_on: date, decided_by: str, prepared_on: date, prepared_by: str, reply_by: date | None, what: str
) -> None:
    """The recipient has been heard, and another person decides: first on the day after the reply period's last, or, on
    an exemption (`reply_by` None), on the day it was prepared. Refuses `ReplyPeriodOpen`, `BeforePreparation`,
    `SamePersonTwice`."""
    if reply_by is not None and decided_on <= reply_by:
        first = reply_by + timedelta(days=1)
        raise ReplyPeriodOpen(f"The recipient may answer to the end of {reply_by}.", first_day_on=str(first))
    if decided_on < prepared_on:
        raise BeforePreparation(f"The {what} was prepared on {prepared_on}.")
    keep_apart(decided_by, doing="decide it", from_whoever=f"prepared this {what}", was=prepared_by)
