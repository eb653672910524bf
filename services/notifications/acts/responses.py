"""What is answered of notices, and of letters and publications that are held: as they stand after the act."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.facts.notice import CountingPolicy, NoticeLine

Part = dict[str, object]


class ObjectionShown(BaseModel):
    """What the ministry objects to, and when that was lifted."""

    model_config = ConfigDict(extra="forbid")

    objection: int
    items: Sequence[str] = Field(description="Of the lines that are shown here")
    item_count: int = Field(description="Of all its lines")
    lifted_at: datetime | None


class GatheredFor(BaseModel):
    """What the notice gathers: a round's letters, a scheme's, one letter, or a publication."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["round", "scheme", "letter", "publication"]
    id: str


class NoticeShown(BaseModel):
    """A notice: what it is about, its lines, and what has happened to it."""

    model_config = ConfigDict(extra="forbid", title="Notice")

    notice_id: UUID
    state: Literal["prepared", "ordered", "dispatched", "received", "objected", "withdrawn"]
    version: int
    about: GatheredFor
    planned_on: date | None
    renews: UUID | None
    prepared_by: str
    lines: Sequence[NoticeLine]
    line_count: int = Field(description="How many it lists in all")
    next: str | None = Field(description="Where the lines go on (`cursor`); null where these are the last")
    channel: str | None
    document_sha256: str | None
    policy: CountingPolicy | None = Field(description="The rule of counting, frozen when it was ordered")
    dispatch: int | None
    dispatched_at: datetime | None
    trouble: str | None
    receipt_waiting: Part | None = Field(description="A receipt that a second person is to confirm")
    received: Part | None
    objections: Sequence[ObjectionShown]
    opens_at: datetime | None = Field(description="The first instant at which anything of it opens")
    stale_at: datetime | None
    must_be_received_by: datetime | None = None


class ListedOn(BaseModel):
    """A notice that lists what is held."""

    model_config = ConfigDict(extra="forbid")

    notice_id: UUID
    state: str


class PlannedShown(BaseModel):
    """A publication, and who planned it."""

    model_config = ConfigDict(extra="forbid")

    title: str
    document_sha256: str
    planned_on: date | None
    policy_version: str
    manifest_sha256: str
    planned_by: str


class HeldShown(BaseModel):
    """A letter or a publication that is held: what binds it, what blocks it now, and when it opens."""

    model_config = ConfigDict(extra="forbid", title="Held")

    item: str = Field(examples=["letter-018f6d1c-1111-7000-8000-000000000001"])
    case_number: str | None
    version: int
    state: Literal["heard", "held", "outdated", "released", "dispatched", "delivered"]
    manifest: Part | None
    planned: PlannedShown | None
    manifest_sha256: str | None
    letter_sha256: str | None
    exemption: Part | None
    ordered_by: str | None
    waiver: Part | None
    waiver_waiting: Part | None
    notices: Sequence[ListedOn]
    opens_at: datetime | None
    opens_on: date | None
    opens_in_words: str | None
    stale_at: datetime | None
    blocked: Part | None = Field(description="The refusal that the gate would give; none when it may leave, or has")
    released: Part | None
    dispatched: Part | None
    trouble: str | None
    delivered: Part | None


class NoticeRow(BaseModel):
    """A notice in the list, and how far it has come."""

    model_config = ConfigDict(extra="forbid")

    notice: str
    ordered_position: int | None
    withdrawn: bool
    dispatched_at: datetime | None
    received_at: datetime | None
    lines: int


class ItemRow(BaseModel):
    """Something held in the list."""

    model_config = ConfigDict(extra="forbid")

    item: str
    position: int
    manifest_sha256: str | None
    exempt_source: str | None
    ended: bool
    ordered: bool
    released: bool
    opens_at: datetime | None
    stale_at: datetime | None
    sending: str | None
    case_number: str | None


class Certificate(BaseModel):
    """What shows that something left lawfully: every fact that was decided on, as the log has it."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["tilsagn-certificate-1"]
    item: str
    ground: str
    manifest_sha256: str
    letter_sha256: str | None
    released: Part | None
    facts: Sequence[Part]
