"""What can have happened to an application, from its arrival to its assessment or refusal. On the case's own stream.

A case begins with its first application (or with a proposal nobody applied for). No personal data stands here: contact
persons are referred to by the id of an erasable row, staff are subject ids. Whole øre, days in Europe/Oslo.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.grants.scheme.events import ApplicantKind, Form

LateGround = Literal["cannot-be-blamed", "special-reasons", "directorate-error", "no-harm-to-others"]
RuleKind = Literal[
    "applicant-is",
    "organisation-number-valid",
    "granted-before",
    "established-project",
    "within-dates",
    "within-budget",
    "within-call",
]
"""What a finding is of: a rule of the scheme; or, where too much is sought, the project's budget or the call's sum."""
DismissalGround = Literal["late", "incomplete", "not-eligible", "outside-scheme", "duplicate"]
RejectionGround = Literal["not-prioritised", "criteria-not-met", "no-funds", "other"]
TieKind = Literal["employee", "board-member", "owner", "family", "other"]


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Who applies, as recorded on arrival: never looked up anew. Numbers are text; nine digits, four digits. `address`
    is the organisation's, line by line; none in facts of before it was asked for."""

    kind: ApplicantKind
    name: str
    organisation_number: str | None
    municipality_number: str | None = None
    address: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BudgetLine:
    """A line of the applicant's budget for the project; what others pay for counts too."""

    what: str
    amount_ore: int
    paid_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one of the scheme's rules of eligibility said of the application as it arrived, in a sentence."""

    rule: RuleKind
    met: bool
    sentence: str


@dataclass(frozen=True, kw_only=True)
class LateAccepted(Event, topic="application.late-accepted.v1"):
    """A version that came too late is taken in all the same, on a coded ground."""

    version: int
    ground: LateGround
    reason: str
    accepted_on: date
    accepted_by: str


@dataclass(frozen=True, kw_only=True)
class ApplicationReceived(Event, topic="application.received.v1"):
    """A version of the application as it arrived, frozen. Version 1 opens the case; a later one answers a request for
    more, or replaces the last while the call is open.

    `content_sha256` is over the canonical JSON (RFC 8785) of what was received, but for the contact person and an empty
    address. `arrived_on` is the day it arrived. `answers` is the number of the request it answers in time; `late`, that
    it came after the call had closed and answers none. `year` is the budget year applied to. `findings` are those of
    the scheme's rules. `contact_id` names the erasable row of the contact person, and `contact_digest` is the salted
    SHA-256 (hex) of that row; None where the last contact stands on, and in facts of before rows were bound.
    """

    version: int
    scheme_id: str
    call_id: str
    year: int
    applicant: Applicant
    title: str
    summary: str
    amount_sought_ore: int
    budget: tuple[BudgetLine, ...]
    established_project: bool
    form: Form
    contact_id: UUID | None
    arrived_on: date
    late: bool
    answers: int | None
    findings: tuple[Finding, ...]
    content_sha256: str
    registered_by: str
    contact_digest: str | None = None


@dataclass(frozen=True, kw_only=True)
class ContactNamed(Event, topic="application.contact-named.v1"):
    """Another person is now the applicant's contact in the case. Who it is stands in the erasable row, and `digest` is
    the salted SHA-256 (hex) of that row; None in facts of before rows were bound."""

    contact_id: UUID
    named_on: date
    recorded_by: str
    digest: str | None = None


@dataclass(frozen=True, kw_only=True)
class ContactErased(Event, topic="application.contact-erased.v1"):
    """The row of a contact person was emptied, for good. That it happened is kept; who it was is not."""

    contact_id: UUID
    erased_on: date
    erased_by: str


@dataclass(frozen=True, kw_only=True)
class SupplementRequested(Event, topic="application.supplement-requested.v1"):
    """The applicant is asked for what is missing, with a last day to answer on (that day included)."""

    number: int
    asks: tuple[str, ...]
    reply_by: date
    requested_on: date
    requested_by: str


@dataclass(frozen=True, kw_only=True)
class ApplicationWithdrawn(Event, topic="application.withdrawn.v1"):
    """The applicant takes it back. Nothing is decided on it."""

    reason: str
    withdrawn_on: date
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class DismissalProposed(Event, topic="application.dismissal-proposed.v1"):
    """Somebody prepared a dismissal; a second person decides."""

    ground: DismissalGround
    reason: str
    proposed_on: date
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class DismissalReturned(Event, topic="application.dismissal-returned.v1"):
    """The proposed dismissal went back with a reason."""

    reason: str
    returned_by: str


@dataclass(frozen=True, kw_only=True)
class ApplicationDismissed(Event, topic="application.dismissed.v1"):
    """Avvisning: it is not taken up for decision at all, for want of form, time or standing. It counts as an individual
    decision (forvaltningsloven § 2 third paragraph), so it takes two people and can be complained of."""

    ground: DismissalGround
    reason: str
    dismissed_on: date
    dismissed_by: str


@dataclass(frozen=True, kw_only=True)
class RejectionProposed(Event, topic="application.rejection-proposed.v1"):
    """Somebody prepared a rejection; a second person decides."""

    ground: RejectionGround
    reason: str
    proposed_on: date
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class RejectionReturned(Event, topic="application.rejection-returned.v1"):
    """The proposed rejection went back with a reason."""

    reason: str
    returned_by: str


@dataclass(frozen=True, kw_only=True)
class ApplicationRejected(Event, topic="application.rejected.v1"):
    """Avslag: it was considered and the answer is no. Can be complained of within three weeks of arrival."""

    ground: RejectionGround
    reason: str
    rejected_on: date
    rejected_by: str


@dataclass(frozen=True, kw_only=True)
class ImpartialityStated(Event, topic="application.impartiality-stated.v1"):
    """A caseworker states whether anything ties them to this application (forvaltningsloven § 6)."""

    person: str
    impartial: bool
    stated_on: date


@dataclass(frozen=True, kw_only=True)
class CriterionScore:
    """What one criterion got, and why."""

    criterion_id: str
    score: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApplicationAssessed(Event, topic="application.assessed.v1"):
    """One caseworker's assessment of one version. `recommended_ore` is None where they recommend nothing.

    `total_basis_points` is the weighted total by the call's criteria: 10,000 is the most on all of them.
    """

    version: int
    scores: tuple[CriterionScore, ...]
    total_basis_points: int
    summary: str
    recommended_ore: int | None
    assessed_on: date
    assessed_by: str


@dataclass(frozen=True, kw_only=True)
class TieRecorded(Event, topic="organisation.tie-recorded.v1"):
    """A member of staff is tied to an organisation and decides nothing for it. On the stream `organisation-<number>`.

    The kind is all that is kept: no names of relatives, no story.
    """

    organisation_number: str
    person: str
    kind: TieKind
    recorded_on: date
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class TieEnded(Event, topic="organisation.tie-ended.v1"):
    """The tie is gone, or was recorded by mistake."""

    organisation_number: str
    person: str
    reason: str
    ended_on: date
    ended_by: str
