"""What can have happened when money is held back from a recipient, or claimed back. On the case's own stream.

Each withholding and each reclaim is prepared by one fact (a prior warning, or the reason why none was owed) and decided
in another, by somebody else. Withheld money stays bound on the fund. Whole øre, days in Europe/Oslo.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.eventlog.events import Event
from services.grants.case.events.award_change import Reduction
from services.grants.case.hearing import Exemption

ReasonCode = Literal["terms-broken", "report-missing", "accounts-unsound", "misuse", "insolvency", "other"]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why money is held back: a code to count by, and the words the recipient gets."""

    code: ReasonCode
    text: str


@dataclass(frozen=True, kw_only=True)
class PriorWarningGiven(Event, topic="withholding.prior-warning-given.v1"):
    """The recipient was told what may be withheld and why, and may answer to the end of `reply_by`."""

    instalment: int
    amount_ore: int
    reasons: tuple[Reason, ...]
    reply_by: date
    warned_on: date
    warned_by: str


@dataclass(frozen=True, kw_only=True)
class PriorWarningOmitted(Event, topic="withholding.prior-warning-omitted.v1"):
    """A withholding was prepared without a warning, on a coded exemption."""

    instalment: int
    amount_ore: int
    reasons: tuple[Reason, ...]
    exemption: Exemption
    omitted_on: date
    omitted_by: str


@dataclass(frozen=True, kw_only=True)
class WithholdingDecided(Event, topic="withholding.decided.v1"):
    """The money is held back. `number` is this withholding's own in the case, the first is 1.

    `prepared_reasons` are those of the warning (or of its omission): where they differ, `reasons_changed` says so.
    """

    number: int
    instalment: int
    amount_ore: int
    reasons: tuple[Reason, ...]
    prepared_reasons: tuple[Reason, ...]
    reasons_changed: bool
    exemption: Exemption | None
    decided_on: date
    decided_by: str


@dataclass(frozen=True, kw_only=True)
class WithholdingReleased(Event, topic="withholding.released.v1"):
    """All or part of what withholding `number` held back can be paid again."""

    number: int
    instalment: int
    amount_ore: int
    reason: str
    released_on: date
    released_by: str


@dataclass(frozen=True, kw_only=True)
class ReclaimWarned(Event, topic="withholding.reclaim-warned.v1"):
    """The recipient was told what may be reclaimed and why, and may answer to the end of `reply_by`; or, with an
    exemption, a reclaim was prepared without a warning (`reply_by` is then None)."""

    instalment: int
    amount_ore: int
    reasons: tuple[Reason, ...]
    reply_by: date | None
    exemption: Exemption | None
    warned_on: date
    warned_by: str


@dataclass(frozen=True, kw_only=True)
class ReclaimDecided(Event, topic="withholding.reclaim-decided.v1"):
    """Paid money is claimed back. `number` is this reclaim's own in the case, the first is 1.

    `prepared_reasons` are those of the warning: where they differ, `reasons_changed` says so.
    """

    number: int
    instalment: int
    amount_ore: int
    reasons: tuple[Reason, ...]
    prepared_reasons: tuple[Reason, ...]
    reasons_changed: bool
    exemption: Exemption | None
    pay_by: date
    decided_on: date
    decided_by: str


@dataclass(frozen=True, kw_only=True)
class ReclaimReduced(Event, topic="withholding.reclaim-reduced.v1"):
    """Less is claimed than was decided, down to nothing."""

    number: int
    amount_ore: int
    reason: str
    reduced_on: date
    reduced_by: str


@dataclass(frozen=True, kw_only=True)
class ReclaimNetted(Event, topic="withholding.reclaim-netted.v1"):
    """A reclaim is settled against money the recipient was still owed in the case: that much of the promise falls away
    instead of being paid."""

    number: int
    reductions: tuple[Reduction, ...]
    netted_on: date
    netted_by: str


@dataclass(frozen=True, kw_only=True)
class RepaymentReceived(Event, topic="withholding.repayment-received.v1"):
    """The recipient paid money back. `reclaim` is the claim it answers, None where they paid unasked.

    `credited` tells that it counts on the fund again: only money paid and repaid in the same budget year does
    (cash basis, one calendar year); what comes later is income of that year and is only shown.
    """

    reclaim: int | None
    instalment: int
    amount_ore: int
    credited: bool
    voucher: str
    received_on: date
    recorded_by: str
