"""What can have happened to a grant letter held until it may leave (`letter-<case>`), up to its release.

Amounts are whole øre, `_on` days in Europe/Oslo, `_at` instants in UTC, people subject ids.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.notifications.facts.channel import Channel
from services.notifications.facts.manifest import Manifest as Manifest
from services.notifications.facts.manifest import PlannedInstalment as PlannedInstalment
from services.notifications.facts.manifest import canonical, read, sha256_of_text


@dataclass(frozen=True, kw_only=True)
class AwardHeard(Event, topic="letter.award-heard.v1"):
    """Grants told of a proposed award: what its letter will promise, should it be approved. `version` is the stream
    version of the proposal in grants. `plan` and `terms` are as the proposal has them. `proposed_by` and
    `purpose` are None where grants did not tell them yet."""

    version: int
    fund_id: str
    recipient_name: str
    recipient_number: str | None
    amount_ore: int
    plan: tuple[PlannedInstalment, ...]
    terms: tuple[str, ...]
    scheme_id: str | None
    round_id: UUID | None
    form: str
    proposed_by: str | None = None
    purpose: str | None = None


@dataclass(frozen=True, kw_only=True)
class LetterFileHeard(Event, topic="letter.file-heard.v1"):
    """Grants told that a proposal's letter is frozen: its bytes by their SHA-256 (hex), and what people call the case
    and the scheme, where grants told that."""

    decision_version: int
    sha256: str
    size_bytes: int
    template: str
    dated_on: date
    frozen_by: str | None = None
    case_number: str | None = None
    scheme_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class AwardEnded(Event, topic="letter.award-ended.v1"):
    """Grants told that the award is gone, or made otherwise, so that the letter as it stands must not leave."""

    change: Literal["annulled", "declined", "lapsed", "reduced", "supplementary"]
    version: int


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """Why no notice is owed: the scheme's policy as it stood when the award's approval was recorded, and where that
    stands. `confirmed_at` is when grants recorded that a second person confirmed it; without, it is a policy of one
    person, on which nothing leaves any more."""

    scheme_id: str
    scheme_version: int
    source: str
    valid_from: date
    confirmed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LetterHeldAsTold(Event, topic="letter.held.v1"):
    """The same before the bytes were kept: a manifest, with its hash told beside it. PostgreSQL takes none any more;
    one that waits leaves only if its manifest, written anew in its one spelling, has that hash."""

    manifest: Manifest
    manifest_sha256: str
    letter_sha256: str
    size_bytes: int
    approved_on: date
    round_id: UUID | None
    exemption: Exemption | None

    @property
    def manifest_json(self) -> str:
        """The bytes its hash should be of."""
        return canonical(self.manifest).decode()


@dataclass(frozen=True, kw_only=True)
class LetterHeld(Event, topic="letter.held.v2"):
    """An approved award's letter is complete, and held until it may leave. A later one on the same stream replaces it,
    and then its days begin anew.

    `manifest_json` is the manifest's canonical JSON exactly as it is hashed; everything that binds the letter is in it,
    and nothing is told of that beside it."""

    manifest_json: str
    size_bytes: int
    approved_on: date
    round_id: UUID | None
    exemption: Exemption | None

    @cached_property
    def manifest(self) -> Manifest:
        """What the bytes say."""
        return read(self.manifest_json)

    @cached_property
    def manifest_sha256(self) -> str:
        """The hash (hex) of the bytes."""
        return sha256_of_text(self.manifest_json)

    @property
    def letter_sha256(self) -> str:
        """The letter's own file: the first the manifest names."""
        return self.manifest.files[0]


HeldLetter = LetterHeld | LetterHeldAsTold


@dataclass(frozen=True, kw_only=True)
class LetterReleaseOrdered(Event, topic="letter.release-ordered.v1"):
    """Somebody asked that this letter leaves as soon as it may."""

    manifest_sha256: str
    ordered_by: str


@dataclass(frozen=True, kw_only=True)
class LetterReleaseStopped(Event, topic="letter.release-stopped.v1"):
    """Somebody took the order back before it was carried out."""

    reason: str
    stopped_by: str


@dataclass(frozen=True, kw_only=True)
class WaiverProposed(Event, topic="letter.waiver-proposed.v1"):
    """The ministry has written that this very letter may leave without waiting (Instruks 2). A second person must
    confirm. `document_sha256` is the hex SHA-256 of what the ministry wrote."""

    manifest_sha256: str
    document: str
    document_sha256: str
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class WaiverRejected(Event, topic="letter.waiver-rejected.v1"):
    """The second person did not find that the document waives the days for this letter."""

    reason: str
    rejected_by: str


@dataclass(frozen=True, kw_only=True)
class WaiverConfirmed(Event, topic="letter.waiver-confirmed.v1"):
    """A second person found the waiver true. It is bound to the manifest: another letter has no part in it."""

    manifest_sha256: str
    document_sha256: str
    confirmed_by: str


@dataclass(frozen=True, kw_only=True)
class AfterNotice:
    """The ministry's days are over."""

    notice_id: UUID
    opened_at: datetime
    kind: Literal["notice"] = "notice"


@dataclass(frozen=True, kw_only=True)
class SchemeExempt:
    """No notice is owed for this scheme."""

    source: str
    kind: Literal["scheme-policy"] = "scheme-policy"


@dataclass(frozen=True, kw_only=True)
class Waived:
    """The ministry waived the days for this letter."""

    document_sha256: str
    kind: Literal["waiver"] = "waiver"


Ground = AfterNotice | SchemeExempt | Waived


@dataclass(frozen=True, kw_only=True)
class LetterReleased(Event, topic="letter.released.v1"):
    """The gate let this letter out: these bytes, on this ground. PostgreSQL decided it again as it recorded it, by its
    own clock; `said_at` is the clock of whoever asked, and the two agreed."""

    manifest_sha256: str
    letter_sha256: str
    ground: Ground
    said_at: datetime
    released_by: str
    recipient_number: str | None
    channel: Channel


@dataclass(frozen=True, kw_only=True)
class LetterReleaseEnded(Event, topic="letter.release-ended.v1"):
    """The release was stopped before anything left: grants would not have this letter sent, or the gate had closed.
    `code` and `reason` are theirs. It, or another letter of the award, can be held and released anew."""

    letter_sha256: str
    code: str
    reason: str
