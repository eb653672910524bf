"""Whatever an issuer we trust puts in a token, the answer is a caller or the ordinary refusal: never a failure of ours.

The tokens are truly signed; it is what they claim that is absurd.
"""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from joserfc import jws

from services.httpapi.callers.bearer import LATEST_SECONDS, LEEWAY_SECONDS, Callers
from services.httpapi.callers.caller import Caller, TokenInvalid
from tests.httpapi.demo import client, demo
from tests.httpapi.tokens import ANOTHER, CLAIMS, HEADER, KEY, NOW, US, part, signed, token

INSTANTS = ("exp", "nbf", "iat")
ABSURD: dict[str, Any] = {
    "larger than any float": 10**400,
    "as much below": -(10**400),
    "the year 10000": LATEST_SECONDS + 1,
    "infinite": float("inf"),
    "infinite the other way": float("-inf"),
    "not a number": float("nan"),
    "before 1970": -1,
    "true": True,
    "false": False,
    "a number in words": "1600000600",
    "empty": "",
    "null": None,
    "a list": [NOW],
    "an object": {"at": NOW},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(10**300, 10**420) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


def answered(given: str) -> Caller | None:
    """The caller the token proves, or None when it was refused as tokens are."""
    try:
        return asyncio.run(Callers([US, ANOTHER], now=lambda: NOW).caller_of(given))
    except TokenInvalid:
        return None


@pytest.mark.parametrize("claim", INSTANTS)
@pytest.mark.parametrize("absurd", ABSURD)
def test_an_absurd_instant_is_the_ordinary_refusal(claim: str, absurd: str) -> None:
    assert answered(token(**{claim: ABSURD[absurd]})) is None


def test_an_absurd_instant_is_a_401_over_http() -> None:
    app = demo(callers=Callers([US, ANOTHER], now=lambda: NOW))
    for claim in INSTANTS:
        for absurd, value in ABSURD.items():
            bearer = f"Bearer {token(**{claim: value})}"
            answer = client(app, headers={"Authorization": bearer}).get("/v1/grants")
            assert (answer.status_code, answer.json()["code"]) == (401, "token-invalid"), (claim, absurd)


def test_numbers_as_json_may_write_them_are_taken_for_what_they_are() -> None:
    """1e400 is infinite when read; 6e8 and 1600000600.5 are instants."""

    def stating(number: str) -> str:
        claims = json.dumps(CLAIMS | {"exp": 0}).replace('"exp": 0', f'"exp": {number}')
        template = signed(HEADER, CLAIMS)
        signing_input = f"{template.split('.')[0]}.{part(claims.encode())}"
        return signed_text(signing_input)

    assert answered(stating("1e400")) is None
    assert answered(stating("-0.0")) is None  # an instant, long past
    assert answered(stating("9" * 5_000)) is None  # more digits than Python reads
    assert answered(stating("1600000600.5")) is not None
    assert answered(stating("1.6000006e9")) is not None


def signed_text(signing_input: str) -> str:
    """Truly signed, for JSON that no library would write."""
    signature = jws.JWSRegistry.algorithms["ES256"].sign(signing_input.encode(), KEY)
    return f"{signing_input}.{part(signature)}"


@settings(max_examples=300, deadline=None)
@example("exp", 10**400)
@given(st.sampled_from([*CLAIMS, "consumer", "jti", "client_id", "azp", ""]), JSON)
def test_any_claim_may_hold_anything(claim: str, value: Any) -> None:
    caller = answered(token(**{claim: value}))
    if caller is not None and claim == "exp":
        assert type(value) in (int, float)
        assert NOW - LEEWAY_SECONDS < value <= LATEST_SECONDS


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_claims_may_be_anything(claims: Any) -> None:
    assert answered(signed(HEADER, claims)) is None


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*HEADER, "x5t", "crit", "zip", ""]), JSON)
def test_a_header_may_hold_anything(name: str, value: Any) -> None:
    caller = answered(signed(HEADER | {name: value}, CLAIMS))
    assert caller is None or (HEADER | {name: value}).keys() <= HEADER.keys() | {"x5t"}


@settings(max_examples=300, deadline=None)
@given(st.floats(min_value=0, max_value=2 * NOW) | st.integers(0, int(2 * NOW)))
def test_a_token_is_good_until_its_time_and_the_leeway_have_passed(exp: float) -> None:
    assert (answered(token(exp=exp)) is not None) == (exp > int(NOW) - LEEWAY_SECONDS)
