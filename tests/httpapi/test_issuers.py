"""Where keys come from: our own issuer in development, an address in production."""

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.httpapi.callers.bearer import Callers, Issuer
from services.httpapi.callers.caller import Caller, Role, TokenInvalid
from services.httpapi.callers.keys import (
    BETWEEN_FETCHES_SECONDS,
    FRESH_SECONDS,
    LARGEST_BYTES,
    STALE_SECONDS,
    IssuerUnreachable,
)
from services.httpapi.issuer import (
    KEYS_PATH,
    DevelopmentIssuer,
    DevelopmentIssuerInProduction,
    refuse_in_production,
)
from tests.httpapi.demo import ISSUER, client


def issuer() -> DevelopmentIssuer:
    return DevelopmentIssuer.generate(issuer="https://people.test", audience="tilsagn")


class Provider:
    """An identity provider: what it publishes now, and how often it has been asked."""

    def __init__(self, *issuers: DevelopmentIssuer) -> None:
        self.issuers = list(issuers)
        self.asked = 0
        self.answer: httpx.Response | Exception | None = None
        self.clock = self.began = time.time()
        self.callers = Callers(
            [
                Issuer(
                    issuer="https://people.test",
                    audience="tilsagn",
                    jwks_url="https://people.test/keys",
                    algorithms=("ES256",),
                )
            ],
            client=httpx.AsyncClient(transport=httpx.MockTransport(self.publish)),
            now=lambda: self.clock,
        )

    def publish(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        assert str(request.url) == "https://people.test/keys"
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer or httpx.Response(
            200, json={"keys": [key for each in self.issuers for key in each.keys()["keys"]]}
        )

    def caller(self, by: DevelopmentIssuer, subject: str = "kari") -> Caller:
        return asyncio.run(self.callers.caller_of(signed(by, subject)))


def signed(by: DevelopmentIssuer, subject: str) -> str:
    return by.mint(subject, [Role.approver], ttl_seconds=10**9)


def test_keys_are_fetched_when_first_needed_and_then_kept() -> None:
    ours = issuer()
    provider = Provider(ours)
    assert provider.asked == 0
    assert {provider.caller(ours, f"person-{number}").subject for number in range(5)} == {
        f"person-{number}" for number in range(5)
    }
    assert provider.asked == 1


def test_a_new_key_is_found_and_a_withdrawn_one_stops_working() -> None:
    old, new = issuer(), issuer()
    provider = Provider(old)
    provider.caller(old)
    provider.issuers = [new]
    provider.clock += BETWEEN_FETCHES_SECONDS
    assert provider.caller(new).subject == "kari"
    with pytest.raises(TokenInvalid):
        provider.caller(old, "ola")


def test_invented_key_ids_cost_one_fetch_per_half_minute() -> None:
    ours = issuer()
    provider = Provider(ours)
    for _ in range(20):
        with pytest.raises(TokenInvalid):
            provider.caller(issuer())
    assert provider.asked == 1
    assert provider.caller(ours).subject == "kari"
    provider.clock += BETWEEN_FETCHES_SECONDS
    with pytest.raises(TokenInvalid):
        provider.caller(issuer())
    assert provider.asked == 2


FAILURES: list[httpx.Response | Exception] = [
    httpx.ConnectError("away"),
    httpx.ReadTimeout("slow"),
    httpx.Response(500),
    httpx.Response(302, headers={"Location": "https://evil.test/keys"}),
    httpx.Response(200, text="<html>"),
    httpx.Response(200, json=[]),
    httpx.Response(200, json={"keys": []}),
    httpx.Response(200, json={"keys": [{"kty": "EC"}]}),
    httpx.Response(200, json={"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "x"}]}),
    httpx.Response(200, json=issuer().keys() | {"padding": "a" * LARGEST_BYTES}),
]


@pytest.mark.parametrize("failure", FAILURES)
def test_without_any_keys_the_answer_is_come_back(failure: httpx.Response | Exception) -> None:
    ours = issuer()
    provider = Provider(ours)
    provider.answer = failure
    with pytest.raises(IssuerUnreachable):
        provider.caller(ours)
    provider.answer = None
    provider.clock += BETWEEN_FETCHES_SECONDS
    assert provider.caller(ours).subject == "kari"


def test_while_the_issuer_is_away_the_known_keys_hold_for_a_day() -> None:
    ours = issuer()
    provider = Provider(ours)
    provider.caller(ours)
    provider.answer = httpx.ConnectError("away")
    provider.clock += FRESH_SECONDS
    assert provider.caller(ours, "ola").subject == "ola"
    provider.clock = provider.began + STALE_SECONDS
    with pytest.raises(IssuerUnreachable):
        provider.caller(ours, "per")


def test_callers_that_arrive_together_fetch_once() -> None:
    ours = issuer()
    provider = Provider(ours)

    async def together() -> None:
        await asyncio.gather(*(provider.callers.caller_of(signed(ours, f"p{number}")) for number in range(20)))

    asyncio.run(together())
    assert provider.asked == 1


def test_a_minted_token_says_who_and_what() -> None:
    ours = issuer()
    token = ours.mint("kari", [Role.approver, Role.auditor], name="Kari")
    caller = asyncio.run(Callers([ours.trusted()]).caller_of(token))
    assert caller == Caller(subject="kari", roles=frozenset({Role.approver, Role.auditor}), name="Kari")


def test_the_published_key_set_holds_nothing_private() -> None:
    answer = client(headers={}).get(KEYS_PATH).json()
    assert answer == json.loads(json.dumps(ISSUER.keys()))
    (key,) = answer["keys"]
    assert "d" not in key


@pytest.mark.parametrize("environment", ["production", "prod", "staging", "", "Development", "dev"])
def test_the_development_issuer_is_refused_everywhere_else(environment: str) -> None:
    with pytest.raises(DevelopmentIssuerInProduction):
        refuse_in_production(environment)


def test_the_development_issuer_serves_development_and_tests() -> None:
    refuse_in_production("development")
    refuse_in_production("test")


def test_a_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    first, second = (DevelopmentIssuer.from_file(path, issuer="i", audience="a") for _ in range(2))
    assert first.keys() == second.keys()
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def start(path: Path) -> Any:
        together.wait()
        return DevelopmentIssuer.from_file(path, issuer="i", audience="a").key.kid

    with ThreadPoolExecutor(8) as pool:
        for number in range(50):
            assert len(set(pool.map(start, [tmp_path / str(number)] * 8))) == 1
