"""What is asked of what an endpoint is told, as typed bodies."""

from typing import Annotated

from pydantic import ConfigDict, Field, Strict, model_validator

from services.httpapi.strict.fields import Body, Id, Instant, Many, Sha256

LARGEST = 2_147_483_646
Number = Annotated[int, Strict(), Field(ge=1, le=LARGEST)]
NumberOrNone = Annotated[int, Strict(), Field(ge=0, le=LARGEST)]


class Run(Body):
    """Numbers that follow each other: the first and the last, both counted."""

    first: Number
    last: Number

    @model_validator(mode="after")
    def _in_order(self) -> "Run":
        if self.first > self.last:
            raise ValueError("the first comes before the last")
        return self


class HeldMessage(Body):
    """A message that is safely kept: its number, and its `tilsagnhash`."""

    sequence: Number
    hash: Sha256


class Reading(Body):
    """How far it has been read: the number of the last message that is safely kept."""

    upto: NumberOrNone


class Reconciliation(Body):
    """What a receiver has, by its numbers, and of which part of them it asks. Without `upto`, up to the last there is.
    `resend`: what it lacks is sent again. `held` are some of the messages it has, of which the last is held against
    what stands here, and the others if it is not the same: the newest, and some from before, in case of a restore."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "received": [{"first": 1, "last": 411}],
                    "after": 0,
                    "held": [{"sequence": 411, "hash": "5f2c" * 16}],
                }
            ]
        }
    )

    received: Many[Run]
    after: NumberOrNone = 0
    upto: Number | None = None
    held: Many[HeldMessage] = ()
    resend: bool = False


class Resending(Body):
    """Which are sent again, by their numbers or by the ids of deliveries."""

    sequences: Many[Number] = ()
    deliveries: Many[Id] = ()


class Recovery(Body):
    """Everything put from `since` up to `until`, which is not counted in, that has failed or waits for a try.
    `dry_run`: it is counted and nothing is sent, which is so unless it is said to be false."""

    since: Instant
    until: Instant
    dry_run: bool = True
