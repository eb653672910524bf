"""What can have become of an award: what its recipient said to it, and what two people changed of it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.eventlog.events import Event
from services.grants.case.events.award import Instalment
from services.grants.case.hearing import Hearing

ChangeGround = Literal[
    "change-requested",
    "condition-not-met",
    "terms-broken",
    "complaint-upheld",
    "reversal-to-benefit",
    "reversal-invalid",
    "reversal-reserved",
    "reversal-by-appeal-body",
    "declined-by-recipient",
    "more-granted",
    "other",
]
"""Why a decided award is made otherwise. The reversals are those of forvaltningsloven § 35: to the party's benefit
(first paragraph a), of an invalid decision (c), reserved in the decision or the law (fifth), by the appeal body
(second)."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A coded ground, and the words the recipient reads."""

    code: ChangeGround
    text: str


@dataclass(frozen=True, kw_only=True)
class Reduction:
    """Promised money that falls away from an instalment: what is neither paid nor withheld, or, with `withholding`,
    what that withholding held back."""

    instalment: int
    amount_ore: int
    withholding: int | None = None


@dataclass(frozen=True, kw_only=True)
class TermsAccepted(Event, topic="award.terms-accepted.v1"):
    """The recipient accepted the terms. `late_after` is the last day that its letter gave, where it came after that."""

    accepted_on: date
    document: str
    recorded_by: str
    late_after: date | None = None


@dataclass(frozen=True, kw_only=True)
class AwardDeclined(Event, topic="award.declined.v1"):
    """The recipient refused the award: everything of it not yet paid falls away and is free again."""

    reason: str
    reductions: tuple[Reduction, ...]
    declined_on: date
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class ChangeRequested(Event, topic="award.change-requested.v1"):
    """The recipient asks for other terms, days or use than the letter says."""

    number: int
    asks: str
    received_on: date
    registered_by: str


@dataclass(frozen=True, kw_only=True)
class ChangeAnswered(Event, topic="award.change-answered.v1"):
    """The request was granted or refused. A grant that changes money is followed by its own change."""

    number: int
    granted: bool
    reason: str
    answered_on: date
    answered_by: str


ChangeKind = Literal["supplementary", "reduction", "annulment"]


@dataclass(frozen=True, kw_only=True)
class AwardChangeProposed(Event, topic="award.change-proposed.v1"):
    """Somebody prepared a change of what was promised; a second person decides. Either more money in new instalments
    (`added`), or money that falls away (`reductions`), which the recipient is heard on (`hearing`)."""

    kind: ChangeKind
    added: tuple[Instalment, ...]
    reductions: tuple[Reduction, ...]
    ground: Ground
    proposed_by: str
    hearing: Hearing | None = None


@dataclass(frozen=True, kw_only=True)
class AwardChangeReturned(Event, topic="award.change-returned.v1"):
    """The proposed change went back with a reason."""

    reason: str
    returned_by: str


@dataclass(frozen=True, kw_only=True)
class SupplementaryAwardApproved(Event, topic="award.supplement-approved.v1"):
    """More was promised: the fund is bound by the new instalments from `approved_on`. `letter_owed`: once the letter is
    out, what is added is paid when a letter of the change is; an earlier release asked for none."""

    amount_ore: int
    added: tuple[Instalment, ...]
    ground: Ground
    approved_on: date
    approved_by: str
    disposal_authority: str
    across_years: bool = False
    letter_owed: bool = False


@dataclass(frozen=True, kw_only=True)
class AwardReduced(Event, topic="award.reduced.v1"):
    """Part of what was promised falls away, and the fund is free of it from `reduced_on`."""

    reductions: tuple[Reduction, ...]
    ground: Ground
    reduced_on: date
    approved_by: str


@dataclass(frozen=True, kw_only=True)
class AwardAnnulled(Event, topic="award.annulled.v1"):
    """The decision is set aside: everything not yet paid falls away. What is paid is reclaimed, if at all, by its own
    decision."""

    reductions: tuple[Reduction, ...]
    ground: Ground
    annulled_on: date
    approved_by: str
