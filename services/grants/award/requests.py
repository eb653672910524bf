"""What is asked with when an award is proposed and decided: exactly these fields and kinds. Whole øre, Europe/Oslo."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Strict, Tag

from services.grants.award.award_import import Outside
from services.grants.case.events.award import (
    Agreed,
    Applied,
    AwardBasis,
    Instalment,
    NamedIn,
    PerCapita,
    Recipient,
    ReportOwed,
)
from services.grants.scheme.events import Form, ReportKind
from services.httpapi.strict.fields import (
    AddressLines,
    Body,
    CalendarYear,
    DatedBody,
    Day,
    Line,
    Many,
    Ordinal,
    Ore,
    Prose,
    Sha256,
)


class RecipientAsked(Body):
    """The organisation, as the letter or the register names it, and its postal address where the letter shall have one
    (else the one its application gave)."""

    name: Line
    organisation_number: Line | None = None
    municipality_number: Line | None = None
    address: AddressLines = ()

    def fact(self) -> Recipient:
        return Recipient(
            name=self.name,
            organisation_number=self.organisation_number,
            municipality_number=self.municipality_number,
            address=self.address,
        )


class InstalmentAsked(Body):
    """One part of the award: whole øre, paid on or after a day, on a condition, once a report (by its number among
    those owed) is approved, or as soon as the letter is out."""

    number: Ordinal
    amount_ore: Ore
    due_on: Day | None = None
    condition: Line | None = None
    needs_report: Ordinal | None = None

    def fact(self) -> Instalment:
        return Instalment(
            number=self.number,
            amount_ore=self.amount_ore,
            due_on=self.due_on,
            condition=self.condition,
            needs_report=self.needs_report,
        )


class ReportAsked(Body):
    """A report the recipient will owe, numbered from 1 in the order they fall due."""

    number: Ordinal
    kind: ReportKind
    due_on: Day
    attested_accounts: Annotated[bool, Strict()] = False

    def fact(self) -> ReportOwed:
        return ReportOwed(
            number=self.number, kind=self.kind, due_on=self.due_on, attested_accounts=self.attested_accounts
        )


class NamedInAsked(Body):
    """The letter that names the recipient (0 is the letter of allocation) and the section where it does."""

    kind: Literal["named"] = "named"
    year: CalendarYear
    letter: Annotated[int, Strict(), Field(ge=0, le=999)]
    section: Line

    def basis(self) -> NamedIn:
        return NamedIn(year=self.year, letter=self.letter, section=self.section)


class AppliedAsked(Body):
    """The call applied to, and the version of the application that would be granted."""

    kind: Literal["applied"]
    call_id: Line
    version: Ordinal

    def basis(self) -> Applied:
        return Applied(call_id=self.call_id, version=self.version)


class PerCapitaAsked(Body):
    """How many persons or months, at which rate (whole øre), and the rule both stand on."""

    kind: Literal["per-capita"]
    count: Annotated[int, Strict(), Field(ge=1, le=10**9)]
    rate_ore: Ore
    rule: Line

    def basis(self) -> PerCapita:
        return PerCapita(count=self.count, rate_ore=self.rate_ore, rule=self.rule)


class AgreedAsked(Body):
    """The agreement, as the archive knows it, and its day."""

    kind: Literal["agreement"]
    document: Line
    agreed_on: Day

    def basis(self) -> Agreed:
        return Agreed(document=self.document, agreed_on=self.agreed_on)


def _kind_of(given: Any) -> str | None:
    """What the basis says it is; a letter that names the recipient, where it says nothing."""
    kind = given.get("kind", "named") if isinstance(given, dict) else getattr(given, "kind", None)
    return kind if isinstance(kind, str) else None


BasisAsked = Annotated[
    Annotated[NamedInAsked, Tag("named")]
    | Annotated[AppliedAsked, Tag("applied")]
    | Annotated[PerCapitaAsked, Tag("per-capita")]
    | Annotated[AgreedAsked, Tag("agreement")],
    Discriminator(_kind_of),
]


def plan_of(asked: tuple[InstalmentAsked, ...] | None) -> tuple[Instalment, ...]:
    """The instalments as facts."""
    return tuple(each.fact() for each in asked or ())


class Proposal(Body):
    """An award as its preparer proposes it, and the reasons the recipient is given for it. On a scheme its terms,
    instalments, reports, and whether acceptance is required may be left out: the scheme's own rules then give them."""

    fund_id: Line
    recipient: RecipientAsked
    amount_ore: Ore
    purpose: Prose
    basis: BasisAsked
    scheme_id: Line | None = None
    terms: Many[Prose] | None = None
    instalments: Many[InstalmentAsked] | None = None
    reports: Many[ReportAsked] | None = None
    acceptance_required: Annotated[bool, Strict()] | None = None
    form: Form = "nb"
    reasons: Prose | None = None

    def stands_on(self) -> AwardBasis:
        return self.basis.basis()

    def plan(self) -> tuple[Instalment, ...]:
        return plan_of(self.instalments)


class ImportedAward(Proposal):
    """An award that was decided outside this system before it began: as it was decided, on which day, what the
    decider's budget disposal authority rested on, and the document that shows it, with its SHA-256 (hex)."""

    decided_on: Day
    disposal_authority: Line
    document: Line
    document_sha256: Sha256

    def outside(self) -> Outside:
        return Outside(
            decided_on=self.decided_on,
            disposal_authority=self.disposal_authority,
            document=self.document,
            document_sha256=self.document_sha256,
        )


class Return(Body):
    """Why what was proposed goes back."""

    described_as = "services__grants__award__asked__Return"

    reason: Prose


class Approval(DatedBody):
    """The day the commitment counts from, what the approver's budget disposal authority rests on, and the last day the
    promise holds unaccepted, where one is set."""

    described_as = "services__grants__award__asked__Approval"

    approved_on: Day
    disposal_authority: Line
    cover_valid_until: Day | None = None
