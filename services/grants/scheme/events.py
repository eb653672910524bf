"""What can have happened to a grant scheme and its calls. One stream per scheme, `scheme-<scheme_id>`.

Everything a scheme decides is data here: who may apply, on which criteria, from which fund, how it is paid and
reported, and whether the ministry's notice applies. Amounts are whole øre, days are days in Europe/Oslo.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.eventlog.events import Event

Basis = Literal["application", "named", "per-capita", "agreement"]
ApplicantKind = Literal["municipality", "organisation", "county-municipality"]
NoticeRule = Literal["notice", "exempt"]
ReportKind = Literal["interim", "final"]
Form = Literal["nb", "nn", "en"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a rule of the scheme stands: the document, and the place in it."""

    document: str
    section: str


@dataclass(frozen=True, kw_only=True)
class NoticePolicy:
    """Whether the ministry is told 14 days before a letter (Instruks 5.4), from which day on, and on which source.

    In a scheme's terms it is proposed, no more: what counts is what a second person confirmed (`notice_policy/`).
    `document_sha256` is the hex SHA-256 of the source document; None in terms that do not say it.
    """

    rule: NoticeRule
    source: Source
    valid_from: date
    document_sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One thing an application is scored on, 0 to `most`, and its weight in per cent of the whole."""

    criterion_id: str
    question: str
    most: int
    weight: int


@dataclass(frozen=True, kw_only=True)
class ApplicantIs:
    """The applicant is one of these kinds."""

    kinds: tuple[ApplicantKind, ...]
    kind: Literal["applicant-is"] = "applicant-is"


@dataclass(frozen=True, kw_only=True)
class OrganisationNumberValid:
    """The applicant has an organisation number whose check digit holds."""

    kind: Literal["organisation-number-valid"] = "organisation-number-valid"


@dataclass(frozen=True, kw_only=True)
class GrantedBefore:
    """The applicant was granted an award in an earlier call of the year and has an established project (2020-018)."""

    call_id: str
    kind: Literal["granted-before"] = "granted-before"


@dataclass(frozen=True, kw_only=True)
class EstablishedProject:
    """The applicant says that the project it applies for is established and running."""

    kind: Literal["established-project"] = "established-project"


@dataclass(frozen=True, kw_only=True)
class WithinDates:
    """The application arrived while the call was open, both days counted."""

    kind: Literal["within-dates"] = "within-dates"


Eligibility = ApplicantIs | OrganisationNumberValid | GrantedBefore | EstablishedProject | WithinDates


@dataclass(frozen=True, kw_only=True)
class InstalmentShare:
    """One instalment of every award of the scheme: its share in basis points (10,000 in all), and what it waits for."""

    share_basis_points: int
    month: int | None = None
    day: int | None = None
    condition: str | None = None
    needs_report: ReportKind | None = None


@dataclass(frozen=True, kw_only=True)
class ReportDuty:
    """A report every recipient of the scheme owes. `due` is a month and a day of the year after `years_after` years."""

    kind: ReportKind
    month: int
    day: int
    years_after: int = 0
    attested_accounts: bool = False


@dataclass(frozen=True, kw_only=True)
class InForm:
    """The scheme's texts in another form of language than its terms are written in: each where the terms have one, the
    conditions in the order of the instalments (None where one has none)."""

    form: Form
    name: str
    aim: str = ""
    follow_up: str = ""
    control: str = ""
    reactions: str = ""
    standard_terms: tuple[str, ...] = ()
    conditions: tuple[str | None, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SchemeTerms:
    """The scheme as it stands. The five texts are what the economy regulations ask of every scheme
    (Bestemmelser om økonomistyring i staten 6.2.1.1): aim, target group, criteria, follow-up and control.

    `letter_template` is None where no grant letter is made here (per-capita grants). The texts are `written_in` one
    form of language; letters in others say their `translations`.
    """

    name: str
    fund_ids: tuple[str, ...]
    basis: Basis
    notice: NoticePolicy
    source: Source
    aim: str = ""
    target_group: str = ""
    criteria_text: str = ""
    follow_up: str = ""
    control: str = ""
    reactions: str = ""
    eligibility: tuple[Eligibility, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    instalments: tuple[InstalmentShare, ...] = (InstalmentShare(share_basis_points=10_000),)
    report_duties: tuple[ReportDuty, ...] = ()
    standard_terms: tuple[str, ...] = ()
    letter_template: str | None = "grant-letter"
    acceptance_required: bool = True
    personal_data_in_applications: bool = False
    written_in: Form = "nb"
    translations: tuple[InForm, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SchemeRegistered(Event, topic="scheme.registered.v1"):
    """The scheme exists, with its terms."""

    scheme_id: str
    year: int
    terms: SchemeTerms
    registered_on: date
    registered_by: str


@dataclass(frozen=True, kw_only=True)
class SchemeRevised(Event, topic="scheme.revised.v1"):
    """The terms are others from a day on. Calls already published keep the terms they were published with."""

    terms: SchemeTerms
    reason: str
    revised_on: date
    revised_by: str


@dataclass(frozen=True, kw_only=True)
class CallPublished(Event, topic="scheme.call-published.v1"):
    """Anybody may now apply. The terms are frozen here as the applicants read them.

    `call_id` is unique in the whole service: `<scheme_id>.<word>`, so it names its scheme's stream. `closes_on` is the
    last day an application may arrive, that day included. `total_ore` is what the call announces, or None.
    """

    call_id: str
    title: str
    fund_id: str
    terms: SchemeTerms
    opens_on: date
    closes_on: date
    total_ore: int | None
    published_on: date
    published_by: str


@dataclass(frozen=True, kw_only=True)
class CallDeadlineMoved(Event, topic="scheme.call-deadline-moved.v1"):
    """The last day is later than announced; it never becomes earlier."""

    call_id: str
    closes_on: date
    reason: str
    moved_by: str


@dataclass(frozen=True, kw_only=True)
class CallCancelled(Event, topic="scheme.call-cancelled.v1"):
    """Nobody can apply any more, and why."""

    call_id: str
    reason: str
    cancelled_on: date
    cancelled_by: str
