"""What can have happened to an award: proposed, approved, changed, its letter frozen and out. On the case's own stream.

Organisations are public bodies here, not personal data: name and organisation number may stand in an event. People are
subject ids. Amounts are whole øre; days are days in Europe/Oslo.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.grants.case.hearing import Hearing
from services.grants.scheme.events import Form, ReportKind


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """The organisation the money is for, as the letter or the register names it. `address` are the lines of its postal
    address, where the proposal gives one."""

    name: str
    organisation_number: str | None = None
    municipality_number: str | None = None
    address: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NamedIn:
    """The basis of an award nobody applied for: the letter that names the recipient, and where in it.

    Number 0 is the letter of allocation, 1 and up are its supplements.
    """

    kind: Literal["named"] = "named"
    year: int
    letter: int
    section: str


@dataclass(frozen=True, kw_only=True)
class Applied:
    """The basis of an award that was applied for: the call, and the version of the application that was granted."""

    kind: Literal["applied"] = "applied"
    call_id: str
    version: int


@dataclass(frozen=True, kw_only=True)
class PerCapita:
    """The basis of a per-capita award: how many persons or months, at which rate (øre), and the rule it stands on."""

    kind: Literal["per-capita"] = "per-capita"
    count: int
    rate_ore: int
    rule: str


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """The basis of an award by agreement: the document, as the archive knows it, and its day."""

    kind: Literal["agreement"] = "agreement"
    document: str
    agreed_on: date


AwardBasis = NamedIn | Applied | PerCapita | Agreed


@dataclass(frozen=True, kw_only=True)
class Instalment:
    """One part of the award, paid on or after a day, on a condition, once a report is approved, or as soon as the
    letter is out."""

    number: int
    amount_ore: int
    due_on: date | None = None
    condition: str | None = None
    needs_report: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReportOwed:
    """A report this recipient owes, numbered from 1 in the order they fall due."""

    number: int
    kind: ReportKind
    due_on: date
    attested_accounts: bool = False


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
class AwardProposed(Event, topic="award.proposed.v1"):
    """Somebody prepared an award. Nothing is promised yet, and no money is bound.

    `reasons` are the decision's, as the recipient reads them (forvaltningsloven §§ 24 and 25).
    """

    fund_id: str
    recipient: Recipient
    amount_ore: int
    purpose: str
    terms: tuple[str, ...]
    instalments: tuple[Instalment, ...]
    basis: AwardBasis
    proposed_by: str
    scheme_id: str | None = None
    round_id: UUID | None = None
    form: Form = "nb"
    acceptance_required: bool = False
    reports: tuple[ReportOwed, ...] = ()
    reasons: str | None = None


@dataclass(frozen=True, kw_only=True)
class AwardReturned(Event, topic="award.returned.v1"):
    """The proposal went back with a reason. A new one may be made."""

    reason: str
    returned_by: str


@dataclass(frozen=True, kw_only=True)
class AwardMade(Event):
    """The recipient is owed the sum, and the fund is bound by it: approved here, or decided outside and imported.

    `approved_on` is the day the commitment counts from. `fund_id` and `amount_ore` are the cover that was found;
    `disposal_authority` is what the decider's budget disposal authority rested on (Instruks 4.2). `across_years` tells
    that it leaned on a registered commitment authority for the post. `cover_valid_until` is the last day the promise
    holds unaccepted, where one was set. `letter_owed` is false where the scheme sends none (per capita), so that none
    is waited for.
    """

    fund_id: str
    amount_ore: int
    approved_on: date
    approved_by: str
    disposal_authority: str
    across_years: bool
    cover_valid_until: date | None = None
    scheme_id: str | None = None
    letter_owed: bool = True


@dataclass(frozen=True, kw_only=True)
class AwardApproved(AwardMade, topic="award.approved.v1"):
    """A second person approved the proposal here. Its letter passes the gate (Instruks 5.4); it is never imported."""


@dataclass(frozen=True, kw_only=True)
class AwardImportProposed(Event, topic="award.import-proposed.v1"):
    """Somebody claims that the proposal beside it was decided outside this system, on a day before it began, and names
    the document that shows it by its SHA-256 (hex). Nothing is promised by it yet."""

    decided_on: date
    disposal_authority: str
    document: str
    document_sha256: str
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class AwardImported(AwardMade, topic="award.imported.v1"):
    """A second person found the claim true. The award was decided outside, on the day it counts from; `approved_by` is
    who confirmed it here. It alone may have a letter that was out before this system released letters."""

    document: str
    document_sha256: str


@dataclass(frozen=True, kw_only=True)
class LetterReleaseImportProposed(Event, topic="award.letter-release-import-proposed.v1"):
    """Somebody claims that the letter went out before this system released letters, and names the document."""

    released_on: date
    document: str
    document_sha256: str | None
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class LetterReleaseImported(Event, topic="award.letter-release-imported.v1"):
    """A second person found the claim true: the letter has been out since that day. Imported history, no release."""

    released_on: date
    document: str
    document_sha256: str | None
    confirmed_by: str


LetterPart = Literal[
    "purpose", "amount", "terms", "payment-plan", "reporting", "control", "reactions", "complaint-right"
]
"""What a grant letter must hold (domain rule 6; Bestemmelser om økonomistyring i staten 6.3.3)."""


@dataclass(frozen=True, kw_only=True)
class LateTold:
    """The approval of an award that had no letter yet, as its letter tells of it afterwards: the stream version, the
    day (Europe/Oslo) and who."""

    version: int
    approved_on: date
    approved_by: str


@dataclass(frozen=True, kw_only=True)
class LetterFrozen(Event, topic="award.letter-frozen.v1"):
    """The grant letter of this proposal was rendered once and kept: these bytes and no others are what is sent.

    `proposal_version` is the stream version of the proposal it tells of; a new proposal needs a new letter. Of an award
    that was changed before its letter left, it is the version of the change, and `amount_ore` and `instalments` are
    what is promised as it then stands, `scheme_id` the scheme it is of. `follows` is the SHA-256 (hex) of the letter
    that was out when more was promised: this one tells of the change. Of an award that was approved without a letter,
    `approval` is the approval it tells of. `case_number` is the case's, as the letter says it; None of letters from
    before cases had numbers.

    `approver` is whom it names as the one who is to approve, where it was asked to: nobody else can. `names` are the
    rows of the register of staff whose names it prints, as they then stood. `accept_by` is the last day it gives the
    recipient to accept its terms, `scheme_name` what the scheme is called.
    """

    proposal_version: int
    template: str
    form: Form
    sha256: str
    size_bytes: int
    dated_on: date
    frozen_by: str
    case_number: str | None = None
    amount_ore: int | None = None
    instalments: tuple[Instalment, ...] = ()
    scheme_id: str | None = None
    follows: str | None = None
    approval: LateTold | None = None
    approver: str | None = None
    names: tuple[UUID, ...] = ()
    accept_by: date | None = None
    scheme_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class LetterReleased(Event, topic="award.letter-released.v1"):
    """The notifications service let the letter out. Only its feed records this."""

    released_on: date
    sha256: str
    message_id: str


@dataclass(frozen=True, kw_only=True)
class LetterReleaseEnded(Event, topic="award.letter-release-ended.v1"):
    """The release was stopped before anything left: the letter is not out, and it, or one of the award as changed, can
    be released anew. Only the notifications service's feed records this. `another_is_out`: it was a letter of a change,
    and the one before it stays out."""

    sha256: str
    message_id: str
    another_is_out: bool = False


@dataclass(frozen=True, kw_only=True)
class LetterDelivered(Event, topic="award.letter-delivered.v1"):
    """The recipient has the letter. Only the notifications service's feed records this."""

    delivered_on: date
    sha256: str
    message_id: str


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


HeldOverGround = Literal["transferable", "commitment-authority"]
LapseGround = Literal["not-transferable", "carried-long-enough"]


@dataclass(frozen=True, kw_only=True)
class CommitmentHeldOver(Event, topic="award.commitment-held-over.v1"):
    """Budget year `year` ended and what is promised and unpaid stays reserved: the post is "kan overføres", or the
    promise leans on a commitment authority. `held_on` is the year's last day.

    Recorded before the new year's books knew of it: it moves nothing, and what was paid later stands on the old year's
    post until the turn of that year is recorded anew (`CommitmentCarriedOver`).
    """

    year: int
    held_ore: int
    ground: HeldOverGround
    held_on: date
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class CommitmentCarriedOver(Event, topic="award.commitment-held-over.v2"):
    """Budget year `year` ended and what is promised and unpaid (`held_ore`, as it stood on `held_on`, the year's last
    day) goes on to the next year's books, on the post that carries the line on there (`into_post_id`).

    Held over on "kan overføres" it is a claim on the money carried over, and binds what letters release of it, in
    order. On a commitment authority it binds the new year's ordinary appropriation. What moves from then on belongs to
    the year of its own day.
    """

    year: int
    held_ore: int
    ground: HeldOverGround
    held_on: date
    into_post_id: str
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class CommitmentLapsed(Event, topic="award.commitment-lapsed.v1"):
    """Budget year `year` ended and the post's money cannot follow it: what was promised and unpaid falls away on its
    last day."""

    year: int
    reductions: tuple[Reduction, ...]
    ground: LapseGround
    lapsed_on: date
    recorded_by: str
