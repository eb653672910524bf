"""What a caller gets: as it is kept beside the command, and as it is sent, at once and when the command comes again."""

import json
from dataclasses import dataclass

from starlette.responses import Response

from services.httpapi.commands.encoding import JsonResponse, encode
from services.httpapi.commands.etag import etag
from services.httpapi.commands.idempotency import AnswerNoLongerKept, IdempotencyKey, IdempotencyKeyReused


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the caller gets, now and at every repeat: status, body and the version it stands at. `version` is that of
    something that shares its stream with others, and has one of its own."""

    body: object
    status: int = 200
    location: str | None = None
    version: int | None = None

    def kept(self, version: int) -> bytes:
        """The bytes stored beside the command, in its own transaction. PostgreSQL writes a case's number into them,
        where they say with a space that there is none."""
        told = {"status": self.status, "headers": self._headers(version), "body": self.body}
        return json.dumps(told, ensure_ascii=False, allow_nan=False, default=encode).encode()

    def sent(self, version: int, *, kept: bytes | None, recorded: bytes | None) -> Response:
        """What is sent for what was `kept`, or what was `recorded` instead: with a number that only the log gives."""
        return self.response(version) if recorded is None or recorded == kept else respond(recorded)

    def response(self, version: int) -> Response:
        """What those bytes are sent as, without reading them again: to the last byte what a repeat gets."""
        return JsonResponse(self.body, self.status, self._headers(version))

    def _headers(self, version: int) -> dict[str, str]:
        return {"ETag": etag(version if self.version is None else self.version)} | (
            {"Location": self.location} if self.location else {}
        )


def again(request_hash: bytes | None, answer: bytes | None, key: IdempotencyKey) -> Response:
    """What a command that comes again is answered: what it was answered first. Refuses `IdempotencyKeyReused` where
    that was another request, and `AnswerNoLongerKept` where the answer was cleared: it is not done again."""
    if request_hash != key.request_hash:
        raise IdempotencyKeyReused("This Idempotency-Key was used for another request. Use a new one.")
    if answer is None:
        raise AnswerNoLongerKept("This was recorded when it first came, and is not done again. Read what stands now.")
    return respond(answer)


def respond(kept: bytes) -> Response:
    """The stored answer as a response."""
    stored = json.loads(kept)
    return JsonResponse(stored["body"], stored["status"], stored["headers"])
