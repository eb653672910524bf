"""What is answered of the days people are told on, as typed bodies."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.eventlog.events import Event
from services.notifications.deadline.events import ThresholdsSet
from services.notifications.deadline.thresholds import Thresholds, in_force

THRESHOLDS: dict[str, Any] = {
    "kind": "instalment",
    "before_days": [5, 1],
    "every_days": 7,
    "counted": "working",
    "late_days": 0,
    "valid_from": None,
}


class ThresholdsShown(BaseModel):
    """When people are told of a kind of deadline."""

    model_config = ConfigDict(json_schema_extra={"examples": [THRESHOLDS]})

    kind: str
    before_days: Sequence[int]
    every_days: int | None = Field(description="How often after it, until it is met; null: not again.")
    counted: str = Field(description="calendar, or working (days).")
    late_days: int = Field(description="How late it may first be known and still be reminded of.")
    valid_from: date | None = Field(description="Since when; null as shipped.")


class ThresholdsDated(BaseModel):
    """What somebody set from a day on. Of several set for one day the last counts."""

    valid_from: date
    before_days: Sequence[int]
    every_days: int | None
    counted: str
    reason: str
    set_by: str


class ThresholdsWhole(ThresholdsShown):
    """A kind's, with all that were set for it, in the order of the days they count from."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                THRESHOLDS
                | {
                    "dated": [
                        {
                            "valid_from": "2027-01-01",
                            "before_days": [10, 1],
                            "every_days": 7,
                            "counted": "working",
                            "reason": "Vedtatt i ledermøtet.",
                            "set_by": "anne",
                        }
                    ]
                }
            ]
        }
    )

    dated: Sequence[ThresholdsDated]


class ThresholdsList(BaseModel):
    """Every kind's, as they count today, by kind."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [THRESHOLDS]}]})

    items: Sequence[ThresholdsShown]


def show_thresholds(kind: str, thresholds: Thresholds) -> ThresholdsShown:
    return ThresholdsShown(kind=kind, **vars(thresholds))


def show_thresholds_whole(kind: str, set_: Sequence[Event], *, on: date) -> ThresholdsWhole:
    """As they count on a day, and all that were set."""
    dated = sorted((each for each in set_ if isinstance(each, ThresholdsSet)), key=lambda each: each.valid_from)
    shown = vars(show_thresholds(kind, in_force(kind, set_, on=on)))
    return ThresholdsWhole(**shown, dated=[ThresholdsDated(**vars(each)) for each in dated])
