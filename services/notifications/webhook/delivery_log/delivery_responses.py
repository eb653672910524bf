"""What is answered of what an endpoint is told, as typed bodies."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

ID, AT = "7d2f6c1e-0b1f-4a54-9d3a-2f4c8e6b1a90", "2020-06-01T08:00:00Z"
EXAMPLE_NUMBER: dict[str, Any] = {
    "sequence": 412,
    "id": ID,
    "type": "notice.received",
    "state": "delivered",
    "withheld": None,
}
EXAMPLE_MESSAGE: dict[str, Any] = {
    "specversion": "1.0",
    "id": ID,
    "source": "/notifications",
    "type": "notice.received",
    "subject": "notice/3d6f0a52-6c0e-4b8e-9a30-6f1c2d3e4f50",
    "time": AT,
    "datacontenttype": "application/json",
    "tilsagncontract": 1,
    "tilsagnsequence": 412,
    "tilsagnhash": "5f2c" * 16,
    "data": {"as_of": AT, "notice_id": "3d6f0a52-6c0e-4b8e-9a30-6f1c2d3e4f50", "opens_on": "2020-06-16"},
}
EXAMPLE_DELIVERY: dict[str, Any] = {
    "id": ID,
    "kind": "message",
    "sequence": 412,
    "message_id": ID,
    "type": "notice.received",
    "state": "waiting",
    "tries": 2,
    "next_at": AT,
    "expires_at": None,
    "made_at": AT,
    "settled_at": None,
}
EXAMPLE_ATTEMPT: dict[str, Any] = {
    "number": 1,
    "begun_at": AT,
    "ended_at": AT,
    "outcome": "failed",
    "status": 503,
    "problem": "it answered 503",
    "took_ms": 41,
    "by_hand": False,
}


class Numbered(BaseModel):
    """One number of an endpoint. `withheld` says why there is no message to it: `expired`, or `cannot be made`."""

    sequence: int
    id: str
    type: str
    state: str
    withheld: str | None
    message: dict[str, Any] | None = Field(description="As it is delivered, byte for byte once written as JSON.")


class Stream(BaseModel):
    """What an endpoint is told, in the order of its numbers. Ask on after `next_after`; keep what is read; commit."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [EXAMPLE_NUMBER | {"message": EXAMPLE_MESSAGE}],
                    "next_after": 412,
                    "place": "412-5f2c5f2c5f2c5f2c.0b9c7c521d0c5f3a",
                    "last": 412,
                    "committed": 411,
                }
            ]
        }
    )

    items: list[Numbered]
    next_after: int
    place: str = Field(description="What to ask on with as `place`: `next_after`, and what stands there.")
    last: int = Field(description="The last number there is.")
    committed: int


class Committed(BaseModel):
    """How far the reader says it has read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"committed": 412}]})

    committed: int


class Lacking(BaseModel):
    """One number a receiver lacks, and what became of it here. `withheld` as of messages: those are not sent again."""

    sequence: int
    id: str
    type: str
    state: str
    withheld: str | None


class Reconciled(BaseModel):
    """Exactly what is missing, up to `upto`; where there is more than is told at once, ask on after `next_after`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"missing": [EXAMPLE_NUMBER], "upto": 412, "next_after": None, "resent": 1, "held_up": 0}]
        }
    )

    missing: list[Lacking]
    upto: int
    next_after: int | None
    resent: int
    held_up: int = Field(description="Of those, how many wait behind an earlier number: the endpoint is ordered.")


class DeliveryShown(BaseModel):
    """One delivery. `tries` counts those that have begun; `next_at` is when one that waits is tried again: null while
    the endpoint is paused or disabled, or has not consented, for nothing is tried before that is otherwise."""

    id: str
    kind: str
    sequence: int | None
    message_id: str | None
    type: str
    state: str
    tries: int
    next_at: str | None
    expires_at: str | None
    made_at: str
    settled_at: str | None


class DeliveryPage(BaseModel):
    """Some deliveries, the newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [EXAMPLE_DELIVERY], "next": None}]})

    items: list[DeliveryShown]
    next: str | None


class AttemptShown(BaseModel):
    """One try: what was answered, or why nothing was. `lost`: whoever began it did not say what came of it. `stopped`:
    the endpoint was paused, changed or deleted before anything was sent. `by_hand`: somebody asked for it, beside those
    of the schedule."""

    number: int
    begun_at: str
    ended_at: str | None
    outcome: str
    status: int | None
    problem: str | None
    took_ms: int | None
    by_hand: bool


class Attempts(BaseModel):
    """Every try of a delivery."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [EXAMPLE_ATTEMPT]}]})

    items: list[AttemptShown]


class Resent(BaseModel):
    """How many are sent again. With a dry run, how many would be."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"deliveries": 3, "held_up": 0, "dry_run": False}]})

    deliveries: int
    held_up: int = Field(description="Of those, how many wait behind an earlier number: the endpoint is ordered.")
    dry_run: bool = False


class Tested(BaseModel):
    """The delivery of the test; of the challenge, where the receiver has not consented yet."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"delivery_id": ID}]})

    delivery_id: str
