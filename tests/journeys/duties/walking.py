"""Somebody with every role, from either of two issuers, who tries the second of two duties by any spelling of their
name."""

from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import httpx

from services.httpapi.callers.bearer import Issuer
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from tests.faults.service import Settings, issuer_of

SECOND = DevelopmentIssuer.generate(issuer="https://second.test", audience="tilsagn")
ISSUERS: tuple[Issuer, ...] = (replace(SECOND.trusted(), subject_prefix="b:"),)
ME = (("siri", "SIRI"), ("b:siri", "b:Siri"))
"""One person each, by two spellings: of our own issuer, and of one whose subjects are prefixed."""

Pair = tuple[str, str]
"""The second act, and the first that clashes with it, as the table of duties names them."""


def signed(settings: Settings, person: str) -> dict[str, str]:
    """The header of a person in every role, from the issuer that their subject says."""
    by_second = person.lower().startswith("b:")
    token = SECOND.mint(person[2:], list(Role)) if by_second else issuer_of(settings).mint(person, list(Role))
    return {"Authorization": f"Bearer {token}"}


async def is_refused(answer: Awaitable[httpx.Response], by: str) -> None:
    """The one refusal of two duties by one person, who is named as their issuer does; of a round, in each line."""
    response = await answer
    told: dict[str, Any] = response.json()
    refusals = told.get("refused") or [told]
    assert response.status_code == 409, response.text
    assert {each["code"] for each in refusals} == {"same-person-twice"}, response.text
    assert by in response.text
