"""What can have happened to an award: proposed, returned, approved, and its grant letter out. On the case's own stream.

Organisations are public bodies here, not personal data: name and organisation number may stand in an event. People are
subject ids. Amounts are whole øre; days are days in Europe/Oslo.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.eventlog.events import Event


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """The organisation the money is for, as the letter or the register names it."""

    name: str
    organisation_number: str | None = None


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
class Instalment:
    """One part of the award, paid on or after a day, on a condition, or as soon as the letter is out."""

    number: int
    amount_ore: int
    due_on: date | None = None
    condition: str | None = None


@dataclass(frozen=True, kw_only=True)
class AwardProposed(Event, topic="award.proposed.v1"):
    """Somebody prepared an award. Nothing is promised yet, and no money is bound."""

    fund_id: str
    recipient: Recipient
    amount_ore: int
    purpose: str
    terms: tuple[str, ...]
    instalments: tuple[Instalment, ...]
    basis: NamedIn
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class AwardReturned(Event, topic="award.returned.v1"):
    """The proposal went back with a reason. A new one may be made."""

    reason: str
    returned_by: str


@dataclass(frozen=True, kw_only=True)
class AwardApproved(Event, topic="award.approved.v1"):
    """A second person approved the proposal. The recipient is now owed the sum, and the fund is bound by it.

    `approved_on` is the day the commitment counts from. `fund_id` and `amount_ore` are the cover the approver found;
    `disposal_authority` is what their budget disposal authority rests on (Instruks 4.2). `across_years` tells that
    it leaned on a registered commitment authority for the post.
    """

    fund_id: str
    amount_ore: int
    approved_on: date
    approved_by: str
    disposal_authority: str
    across_years: bool


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
