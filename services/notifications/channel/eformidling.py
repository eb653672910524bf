"""eFormidling, through a directorate's own integration point (Digdir's REST interface, "API for sending").

A message is made under an id we choose (our key), its files are uploaded, then it is sent; each step can be found again
by the id, so a lost answer is settled by asking. A file that is there already is refused by its name: it is the same
file, for a key has one content, and an upload that broke off in its middle leaves none.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from services.calendar.clock import now
from services.calendar.patience import at_most
from services.notifications.channel.arkivmelding import arkivmelding
from services.notifications.channel.conversation import MADE_ONLY, instant_of, is_status, outcome_of
from services.notifications.channel.port import (
    Arrived,
    CannotTell,
    Envelope,
    File,
    Lost,
    NotSent,
    OutcomeUnknown,
    Sent,
)
from services.notifications.facts.channel import Channel

SECONDS = at_most(30)
PROCESS = "urn:no:difi:profile:arkivmelding:administrasjon:ver1.0"
STANDARD = "urn:no:difi:arkivmelding:xsd::arkivmelding"
REGISTER = "0192"
"""The identifier scheme of the Norwegian register of organisations (ISO 6523)."""
SECURITY_LEVEL = 3

IS_THERE = "DuplicateFilenameException"
"""How the integration point names its refusal of a file whose name the message has already."""
SETTLED = timedelta(minutes=10)


class EFormidling:
    """One integration point, reached with a client whose base URL it is."""

    name: Channel = "eformidling"

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        own_number: str,
        own_name: str,
        now: Callable[[], datetime] = now,
    ) -> None:
        self._client = client
        self._own_number, self._own_name = own_number, own_name
        self._now = now

    async def send(self, envelope: Envelope) -> Sent:
        """Made, filled and sent under the key. What an earlier try left unfinished is finished, never begun again.
        Raises NotSent, OutcomeUnknown."""
        if envelope.receiver.number is None:
            raise NotSent("the receiver has no organisation number", lasting=True)
        statuses = await self._statuses_before(envelope.key)
        if statuses is not None and not MADE_ONLY.issuperset(each["status"] for each in statuses):
            return Sent(reference=envelope.key)
        if statuses is None:
            await self._step("POST", "/api/messages/out", json=self._document(envelope))
        for file in (*envelope.files, self._archive_message(envelope)):
            await self._fill(envelope.key, file)
        await self._last_step(envelope.key)
        return Sent(reference=envelope.key)

    async def find(self, key: str) -> Sent | None:
        """What the integration point sends under the key; None when it has none, or one that was made and for ten
        minutes not sent off. Raises CannotTell."""
        statuses = await self._statuses(key)
        if not statuses:
            return None
        if not MADE_ONLY.issuperset(each["status"] for each in statuses):
            return Sent(reference=key)
        if self._now() - max(instant_of(each["lastUpdate"]) for each in statuses) < SETTLED:
            raise CannotTell("the message is made, and may be on its way out at this moment")
        return None

    async def follow(self, key: str, reference: str) -> Arrived | Lost | None:  # noqa: ARG002 - the key is the reference
        """What the statuses say, by the service that carries it: they are a set, told in any order, and it arrived at
        the earliest of those that count. Raises CannotTell."""
        told = await self._conversation(key)
        if told is None:
            return None
        return outcome_of(str(told.get("serviceIdentifier", "")), told["messageStatuses"])

    async def _statuses_before(self, key: str) -> Sequence[Mapping[str, Any]] | None:
        try:
            return await self._statuses(key)
        except CannotTell as problem:  # nothing is begun, so nothing is sent
            raise NotSent(str(problem), lasting=False) from problem

    async def _statuses(self, key: str) -> Sequence[Mapping[str, Any]] | None:
        """Every status the message has had; None when there is no such message. Raises CannotTell."""
        told = await self._conversation(key)
        return None if told is None else list(told["messageStatuses"])

    async def _conversation(self, key: str) -> Mapping[str, Any] | None:
        """What is known of the message, with its statuses; None when there is no such message. Raises CannotTell."""
        answer = await self._ask(f"/api/conversations/messageId/{key}")
        if answer is None:
            return None
        statuses = answer.get("messageStatuses")
        if not isinstance(statuses, list) or not all(is_status(each) for each in statuses):
            raise CannotTell("the integration point tells no statuses")
        return answer

    async def _ask(self, path: str) -> Mapping[str, Any] | None:
        try:
            answer = await self._client.get(path)
            if answer.status_code == httpx.codes.NOT_FOUND:
                return None
            answer.raise_for_status()
            told = answer.json()
        except (httpx.HTTPError, ValueError) as problem:
            raise CannotTell(f"the integration point does not answer: {type(problem).__name__}") from problem
        if not isinstance(told, dict):
            raise CannotTell("the integration point answers something else than a conversation")
        return told

    async def _fill(self, key: str, file: File) -> None:
        """One file of the message, under its name and its title. There already, it is left as it is."""
        headers = {"Content-Type": file.media_type, "Content-Disposition": _disposition(file)}
        answer = await self._ask_for("PUT", f"/api/messages/out/{key}", content=file.content, headers=headers)
        if answer.is_error and not (answer.is_client_error and IS_THERE in answer.text):
            raise _refused(answer)

    async def _step(self, method: str, path: str, **request: Any) -> None:
        """A step before the last."""
        answer = await self._ask_for(method, path, **request)
        if answer.is_error:
            raise _refused(answer)

    async def _ask_for(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Whatever goes wrong here, nothing has been sent."""
        try:
            return await self._client.request(method, path, **request)
        except httpx.HTTPError as problem:
            raise NotSent(f"the integration point was cut off: {type(problem).__name__}", lasting=False) from problem

    async def _last_step(self, key: str) -> None:
        """Once this is asked, only an answer that refuses tells that it was not sent."""
        try:
            answer = await self._client.post(f"/api/messages/out/{key}")
        except httpx.ConnectError as problem:
            raise NotSent("the integration point was away", lasting=False) from problem
        except httpx.HTTPError as lost:
            raise OutcomeUnknown(f"the answer is lost: {type(lost).__name__}") from lost
        if answer.is_client_error:
            raise NotSent(f"the integration point refused: {answer.status_code}", lasting=True)
        if answer.is_error:
            raise OutcomeUnknown(f"the integration point failed: {answer.status_code}")

    def _archive_message(self, envelope: Envelope) -> File:
        """The XML that the integration point reads, and the receiver's archive."""
        content = arkivmelding(envelope, sender=self._own_name, at=self._now())
        return File(name="arkivmelding.xml", title="Arkivmelding", media_type="application/xml", content=content)

    def _document(self, envelope: Envelope) -> Mapping[str, Any]:
        """The Standard Business Document of an arkivmelding."""
        scope = {"type": "ConversationId", "instanceIdentifier": envelope.key, "identifier": PROCESS}
        return {
            "standardBusinessDocumentHeader": {
                "headerVersion": "1.0",
                "sender": [_party(self._own_number)],
                "receiver": [_party(envelope.receiver.number or "")],
                "documentIdentification": {
                    "standard": STANDARD,
                    "typeVersion": "2.0",
                    "instanceIdentifier": envelope.key,
                    "type": "arkivmelding",
                    "creationDateAndTime": self._now().isoformat(),
                },
                "businessScope": {"scope": [scope]},
            },
            "arkivmelding": {"sikkerhetsnivaa": SECURITY_LEVEL, "hoveddokument": envelope.files[0].name},
        }


def _disposition(file: File) -> str:
    """The file's title as `name`, which Altinn demands, and its name as `filename`; both as RFC 5987 has it, so that
    any letter and any sign comes through."""
    return f"attachment; name*=UTF-8''{quote(file.title, safe='')}; filename*=UTF-8''{quote(file.name, safe='')}"


def _refused(answer: httpx.Response) -> NotSent:
    return NotSent(f"the integration point refused: {answer.status_code}", lasting=answer.is_client_error)


def _party(number: str) -> Mapping[str, Any]:
    return {"identifier": {"value": f"{REGISTER}:{number}", "authority": "iso6523-actorid-upis"}}
