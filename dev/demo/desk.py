"""The people of the year at their desks, over REST: each act is one person's, on what they have just seen."""

import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, TypeVar

import httpx

from dev.people import Unexpected
from services.calendar.patience import at_most

KARI, OLA, INGRID = "kari-saksbehandler", "ola-saksbehandler", "ingrid-godkjenner"
PER, ANNE, MINISTRY = "per-attestant", "anne-controller", "departementet"
READER = "riksrevisjonen"
PATIENCE_SECONDS = at_most(30)

Found = TypeVar("Found")


class Desk:
    """Who asks one service, and what each address looked like when it was last seen (its ETag)."""

    def __init__(self, base_url: str, tokens: Mapping[str, str]) -> None:
        self._client = httpx.Client(base_url=base_url, timeout=at_most(60))
        self._tokens, self._acts, self._seen = tokens, count(1), dict[str, str]()

    def reads(self, path: str, person: str = READER) -> Any:
        """What stands at an address."""
        answer = self._good(self._client.get(path, headers=self._signed(person)))
        if "ETag" in answer.headers:
            self._seen[path] = answer.headers["ETag"]
        return answer.json()

    def looks(self, path: str) -> Any:
        """What stands at an address; None where nothing does yet."""
        answer = self._client.get(path, headers=self._signed(READER))
        return None if answer.status_code == httpx.codes.NOT_FOUND else self._good(answer).json()

    def opens(self, person: str, path: str, body: Any) -> str:
        """Something new. Its address."""
        answer = self._good(self._send(person, "POST", path, json=body))
        self._seen[answer.headers["Location"]] = answer.headers.get("ETag", "")
        return str(answer.headers["Location"])

    def acts(self, person: str, method: str, on: str, act: str, body: Any = None, **sent: Any) -> Any:
        """An act on a case or a round, and what it answers."""
        answer = self._good(self._act(person, method, on, act, body, sent))
        self._seen[on] = answer.headers.get("ETag", "")
        return answer.json()

    def tries(self, person: str, method: str, path: str, body: Any, *, on: str | None = None) -> dict[str, Any]:
        """An act that must be refused, and what is told of it."""
        answer = self._act(person, method, on, path, body, {}) if on else self._send(person, method, path, json=body)
        if not answer.is_client_error:
            raise Unexpected(f"{method} {path} was not refused: {answer.status_code}")
        return dict(answer.json())

    def sends_file(self, person: str, path: str, on: str, content: bytes) -> dict[str, Any]:
        """A file (CSV) that must be refused, and what is told of it."""
        headers = {"Content-Type": "text/csv"}
        answer = self._send(person, "POST", path, seen=self._seen[on], content=content, headers=headers)
        if not answer.is_client_error:
            raise Unexpected(f"the file was not refused: {answer.status_code}")
        return dict(answer.json())

    def asks(self, person: str, path: str, body: Any) -> Any:
        """An act that is on nothing that can have changed meanwhile."""
        return self._good(self._send(person, "POST", path, json=body)).json()

    def sends_letter(self, person: str, content: bytes) -> dict[str, Any]:
        """A letter of allocation as transcribed (YAML), and what is answered."""
        headers = {"Content-Type": "application/yaml"}
        return dict(self._good(self._send(person, "POST", "/v1/letters", content=content, headers=headers)).json())

    def waits_for(self, look: Callable[[], Found | None], what: str) -> Found:
        """What comes within moments: lists and feeds follow the log, and are never asked to run ahead of it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := look()) is None:
            if time.monotonic() > deadline:
                raise Unexpected(f"{what} did not come within {PATIENCE_SECONDS} seconds")
            time.sleep(0.05)
        return found

    def forgets(self) -> None:
        """Others have been at the cases: look again before the next act."""
        self._seen.clear()

    def _act(self, person: str, method: str, on: str, act: str, body: Any, sent: dict[str, Any]) -> httpx.Response:
        if not self._seen.get(on):
            self.reads(on)
        if body is not None:
            sent = sent | {"json": body}
        return self._send(person, method, f"{on}/{act}", seen=self._seen[on], **sent)

    def _send(self, person: str, method: str, path: str, *, seen: str | None = None, **sent: Any) -> httpx.Response:
        headers = self._signed(person) | {"Idempotency-Key": f"demo-{next(self._acts)}"} | sent.pop("headers", {})
        if seen is not None:
            headers["If-Match"] = seen
        return self._client.request(method, path, headers=headers, **sent)

    def _signed(self, person: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[person]}"}

    @staticmethod
    def _good(answer: httpx.Response) -> httpx.Response:
        if answer.is_error:
            raise Unexpected(f"{answer.request.method} {answer.request.url.path}: {answer.text}")
        return answer
