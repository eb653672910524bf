"""Schemes and calls as they are answered."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.grants.scheme.notice_policy.responses import show_policy
from services.grants.scheme.view import CallNow, SchemeNow

Part = dict[str, object]


class PolicyShown(BaseModel):
    """What counts of notice for awards approved from now on (none: notice is owed), and what waits for somebody."""

    model_config = ConfigDict(extra="forbid")

    confirmed: Part | None
    proposed: Part | None


class CallListed(BaseModel):
    """A call as it stands, without its terms. Whole øre; `closes_on` is the last day an application may arrive."""

    model_config = ConfigDict(extra="forbid")

    scheme_id: str
    year: int
    call_id: str
    title: str
    fund_id: str
    opens_on: date
    closes_on: date
    total_ore: int | None
    published_on: date
    published_by: str
    cancelled: bool


class CallShown(CallListed):
    """The same, with the terms it was published with."""

    model_config = ConfigDict(extra="forbid", title="Call")

    terms: Part


class SchemeShown(BaseModel):
    """A scheme's terms, what counts of notice in it, and its calls."""

    model_config = ConfigDict(extra="forbid", title="Scheme")

    scheme_id: str
    year: int
    version: int
    terms: Part
    notice_policy: PolicyShown
    calls: Sequence[CallListed]


def show_scheme(scheme: SchemeNow) -> dict[str, Any]:
    """The scheme's terms, and its calls without theirs: those stand at the call's own address."""
    calls = [{name: value for name, value in show_call(call).items() if name != "terms"} for call in scheme.calls]
    return {
        "scheme_id": scheme.scheme_id,
        "year": scheme.year,
        "version": scheme.version,
        "terms": asdict(scheme.terms),
        "notice_policy": show_policy(scheme.policy),
        "calls": calls,
    }


def show_call(call: CallNow) -> dict[str, Any]:
    """The call as the applicants read it, and whether it was taken back."""
    return {"scheme_id": call.scheme_id, "year": call.year, **asdict(call.call), "cancelled": call.cancelled}
