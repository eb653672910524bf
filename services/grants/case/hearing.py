"""The hearing of whoever a decision goes against, whatever room decides it.

The recipient is told beforehand what may be decided and why, with time to answer (forvaltningsloven § 16), or it is on
record which exemption applies. Another person decides, and not before the time to answer is out.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.eventlog.refusal import Refusal
from services.text.folding import is_blank

ExemptionCode = Literal["fvl-16-3-a", "fvl-16-3-b", "fvl-16-3-c"]


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """Why no prior warning was owed: the letter of forvaltningsloven § 16 third paragraph, and the facts it rests on.

    a: not practicable, or it would endanger the decision. b: no known address. c: known already, or plainly needless.
    """

    code: ExemptionCode
    ground: str


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """How the recipient was heard: warned on a day, to answer to the end of `reply_by`; or, with an `exemption`, not
    warned at all (`reply_by` is then None)."""

    warned_on: date
    reply_by: date | None = None
    exemption: Exemption | None = None


class PriorWarningMissing(Refusal):
    """No warning stands for what would be decided, and no exemption: one that was decided on is spent."""

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


class HearingUnclear(Refusal):
    """A decision is prepared with a warning or on an exemption from it, and it was not said which."""

    code = "hearing-unclear"
    status = 422
    title = "Oppgi enten svarfrist eller unntak fra forhåndsvarsel"


def need_hearing(hearing: Hearing) -> None:
    """A warning with time to answer, or an exemption with its facts, and not both: `HearingUnclear`,
    `ReplyPeriodTooShort`, `ReasonsMissing`."""
    if (hearing.reply_by is None) == (hearing.exemption is None):
        raise HearingUnclear("Give the last day to answer, or the exemption from prior warning, and not both.")
    if hearing.exemption is not None:
        need_ground(hearing.exemption)
    if hearing.reply_by is not None:
        need_time_to_answer(warned_on=hearing.warned_on, reply_by=hearing.reply_by)


def need_ground(exemption: Exemption) -> None:
    """The facts the exemption rests on: `ReasonsMissing`."""
    if is_blank(exemption.ground):
        raise ReasonsMissing("Say which facts the exemption from prior warning rests on.")


def need_time_to_answer(*, warned_on: date, reply_by: date) -> None:
    """The day after the warning at least: `ReplyPeriodTooShort`."""
    if reply_by <= warned_on:
        raise ReplyPeriodTooShort(f"Give the recipient at least a day after {warned_on} to answer in.")


def check_heard(*, decided_on: date, prepared_on: date, reply_by: date | None, what: str) -> None:
    """The recipient has been heard: it is decided first on the day after the reply period's last, or, on an exemption
    (`reply_by` None), on the day it was prepared. Refuses `ReplyPeriodOpen`, `BeforePreparation`."""
    if reply_by is not None and decided_on <= reply_by:
        first = reply_by + timedelta(days=1)
        raise ReplyPeriodOpen(f"The recipient may answer to the end of {reply_by}.", first_day_on=str(first))
    if decided_on < prepared_on:
        raise BeforePreparation(f"The {what} was prepared on {prepared_on}.")
