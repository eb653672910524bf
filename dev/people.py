"""The people of the demonstration year, the roles each signs in with, and what they do over HTTP. They are nobody's
real names."""

from collections.abc import Mapping
from typing import Any

import httpx

from services.calendar.patience import at_most
from services.httpapi.callers.caller import Role

PEOPLE: dict[str, frozenset[Role]] = {
    "kari-saksbehandler": frozenset({Role.caseworker}),
    "ola-saksbehandler": frozenset({Role.caseworker}),
    "ingrid-godkjenner": frozenset({Role.approver}),
    "per-attestant": frozenset({Role.attestor}),
    "anne-controller": frozenset({Role.controller}),
    "departementet": frozenset({Role.ministry}),
    "riksrevisjonen": frozenset({Role.auditor}),
    "drift": frozenset({Role.administrator}),
}

# Whose token `make run` prints: the one who may read everything and change nothing.
READS_EVERYTHING = "riksrevisjonen"

# Who registers where receivers outside are told.
ADMINISTERS = "drift"

# What a decision says that is dated back, and how the service asks for it.
REASON = {"back_dating_reason": "2020 spilles på nytt: dagen er den vedtaket hadde da."}
MISSING = "back-dating-reason-missing"


class Unexpected(Exception):
    """The service answered otherwise than the year went."""


class People:
    """The year's people at their desks: each call is made by one of them, with a key that names the act."""

    def __init__(self, base_url: str, tokens: Mapping[str, str]) -> None:
        self._client = httpx.Client(base_url=base_url, timeout=at_most(60))
        self._tokens = tokens

    def reads(self, path: str) -> Any:
        return self._answer(self._client.get(path, headers=self._signed("riksrevisjonen"))).json()

    def does(
        self, person: str, method: str, path: str, act: str, *, seen: str | None = None, **sent: Any
    ) -> httpx.Response:
        """One act; `seen` is the ETag it builds on. Played by an older Tilsagn, it is found under its key; what is new
        and is dated in 2020 says why, under a key of its own."""
        headers = self._signed(person) | {"Idempotency-Key": f"2020:{act}"} | sent.pop("headers", {})
        if seen is not None:
            headers["If-Match"] = seen
        answer = self._client.request(method, path, headers=headers, **sent)
        if "json" in sent and answer.is_client_error and answer.json().get("code") in (MISSING, "stale-version"):
            headers["Idempotency-Key"] += ":dated-back"
            answer = self._client.request(method, path, headers=headers, json=sent["json"] | REASON)
        return self._answer(answer)

    def _signed(self, person: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[person]}"}

    @staticmethod
    def _answer(response: httpx.Response) -> httpx.Response:
        if response.is_error:
            raise Unexpected(f"{response.request.method} {response.request.url.path}: {response.text}")
        return response
