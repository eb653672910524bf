"""Schemes and calls as they are answered."""

from dataclasses import asdict
from typing import Any

from services.grants.scheme.notice_policy.responses import show_policy
from services.grants.scheme.view import CallNow, SchemeNow


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
