"""What can have happened to a grant letter: frozen, out, stopped, delivered; here or before this system."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.grants.case.events.award import Instalment
from services.grants.scheme.events import Form


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
    """The notifications service let the letter out, and from that day it counted as out. Only its feed recorded this,
    until it was told apart when a letter may leave and when it has left."""

    released_on: date
    sha256: str
    message_id: str


@dataclass(frozen=True, kw_only=True)
class LetterMayLeave(Event, topic="award.letter-released.v2"):
    """The notifications service let the letter out: it may leave from that day, and it is not out before it has left.
    Only its feed records this."""

    released_on: date
    sha256: str
    message_id: str


@dataclass(frozen=True, kw_only=True)
class LetterLeft(Event, topic="award.letter-left.v1"):
    """The channel has the letter: it is out since that day. Only the notifications service's feed records this.
    `attempt` is the try it left in; of another nothing is said. None of those from before a case was told of tries."""

    left_on: date
    sha256: str
    message_id: str
    attempt: int | None = None


@dataclass(frozen=True, kw_only=True)
class LetterPerhapsLeft(Event, topic="award.letter-perhaps-left.v1"):
    """Nobody can tell whether the letter left in this try to send it. The recipient may know of the award, and may not.
    Only the notifications service's feed records this."""

    attempt: int
    sha256: str
    message_id: str


@dataclass(frozen=True, kw_only=True)
class LetterTryWrittenOff(Event, topic="award.letter-try-written-off.v1"):
    """Two people found that it will not be told what came of this try to send the letter: it may have left. Recorded
    with the write-off of its permit, which says who, and by nothing else."""

    attempt: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class LetterNotArrived(Event, topic="award.letter-not-arrived.v1"):
    """The channel says that what was sent in this try did not leave, or will not arrive: the letter is not out by it.
    Only the notifications service's feed records this. `another_is_out`: it is a letter of a change, and the one before
    it stays out."""

    attempt: int
    sha256: str
    message_id: str
    another_is_out: bool = False


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
