"""What every act on a case answers with: the case as it then is. Whole øre, days in Europe/Oslo."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.grants.case.state import State

Part = dict[str, object]


class InstalmentShown(BaseModel):
    """One part of the plan as it stands, with what was added and what fell away."""

    model_config = ConfigDict(extra="forbid")

    number: int
    amount_ore: int
    due_on: date | None = None
    condition: str | None = None
    needs_report: int | None = None
    free_ore: int = Field(description="Neither paid nor withheld")


class BeforeLetter(BaseModel):
    """A fact of an earlier release that the recipient's letter should have come before: a deviation to correct."""

    model_config = ConfigDict(extra="forbid")

    version: int
    fact: str = Field(description="Its topic", examples=["withholding.decided.v1"])


class CaseShown(BaseModel):
    """What stands in a case. Each room shows its part under its own name, where it has anything to show; `remarks` come
    with an act that names somebody: what stands out in the name and the numbers."""

    model_config = ConfigDict(extra="forbid", title="Case")

    case_id: UUID
    case_number: str | None = Field(description="What people call it by; none until it is given", examples=["2020/17"])
    state: State
    informed_on: date | None = Field(description="Since when the recipient knows of the award")
    proposed: Part | None = Field(description="The proposal that stands")
    approved: Part | None = Field(description="The decision")
    committed_ore: int
    disbursed_ore: int
    withheld_ore: int
    requested_ore: int
    repaid_ore: int
    outstanding_ore: int
    instalments: Sequence[InstalmentShown]
    application: Part | None = None
    award: Part | None = None
    disbursement: Part | None = None
    letter: Part | None = None
    withholding: Part | None = None
    complaint: Part | None = None
    recipient_report: Part | None = None
    before_letter: Sequence[BeforeLetter] = ()
    remarks: Sequence[Part] = ()
    cut: Mapping[str, int] = Field(
        default={},
        description="How many there are of each list that is too long for one answer, by its name; absent where all is"
        " here. `/v1/cases/{case_id}/lists/{name}` gives them in pages",
        examples=[{"withholding.repayments": 812}],
    )


class CaseListShown(BaseModel):
    """Some of one list of a case, as they stand in the case's answer, at its version."""

    model_config = ConfigDict(extra="forbid")

    version: int
    items: Sequence[object]
    cut: Mapping[str, int] = Field(description="Of lists within these items, how many there are where they are cut")
    next: str | None
