"""What can have happened to an award: proposed, returned, approved; or claimed to be decided before this system.

Organisations are public bodies here, not personal data: name and organisation number may stand in an event. People are
subject ids. Amounts are whole øre; days are days in Europe/Oslo.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
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
