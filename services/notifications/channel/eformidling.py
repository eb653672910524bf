"""eFormidling, through a directorate's own integration point (Digdir's REST interface, "API for sending").

A message is made under an id we choose (our key), its files are uploaded, then it is sent; each step can be found again
by the id, so a lost answer is settled by asking. What counts as received depends on the service that carried it: to
public bodies (DPO) `LEVERT`, to others by SvarUt (DPF) only `LEST`, for there `LEVERT` is registered at sending.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import httpx

from services.calendar.clock import now
from services.notifications.channel.arkivmelding import arkivmelding
from services.notifications.channel.events import Channel
from services.notifications.channel.port import Arrived, CannotTell, Envelope, Lost, NotSent, OutcomeUnknown, Sent

SECONDS = 30.0
PROCESS = "urn:no:difi:profile:arkivmelding:administrasjon:ver1.0"
STANDARD = "urn:no:difi:arkivmelding:xsd::arkivmelding"
REGISTER = "0192"
"""The identifier scheme of the Norwegian register of organisations (ISO 6523)."""
SECURITY_LEVEL = 3

Carried = Literal["DPO", "DPF"]
RECEIVED: Mapping[str, frozenset[str]] = {"DPO": frozenset({"LEVERT", "LEST"}), "DPF": frozenset({"LEST"})}
"""Which status is a receipt, by the service that carries the message."""
NEVER = frozenset({"FEIL", "LEVETID_UTLOPT"})
MADE_ONLY = frozenset({"OPPRETTET"})
SETTLED = timedelta(minutes=10)


class EFormidling:
    """One integration point, reached with a client whose base URL it is."""

    name: Channel = "eformidling"

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        own_number: str,
        now: Callable[[], datetime] = now,
    ) -> None:
        self._client = client
        self._own_number = own_number
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
        for name, media_type, content in [*_files(envelope), _archive_message(envelope)]:
            headers = {"Content-Type": media_type, "Content-Disposition": f'attachment; filename="{name}"'}
            await self._step("PUT", f"/api/messages/out/{envelope.key}", content=content, headers=headers)
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
        if self._now() - max(_instant(each["lastUpdate"]) for each in statuses) < SETTLED:
            raise CannotTell("the message is made, and may be on its way out at this moment")
        return None

    async def follow(self, key: str, reference: str) -> Arrived | Lost | None:  # noqa: ARG002 - the key is the reference
        """What the statuses say, by the service that carries it. Raises CannotTell."""
        statuses = await self._statuses(key)
        carried = await self._carried_by(key) if statuses else None
        for told in statuses or ():
            if told["status"] in RECEIVED.get(carried or "", frozenset()):
                return Arrived(
                    at=_instant(told["lastUpdate"]), evidence=f"{carried} {told['status']} {told['lastUpdate']}"
                )
        for told in statuses or ():
            if told["status"] in NEVER:
                return Lost(problem=f"{carried or 'eFormidling'} {told['status']}")
        return None

    async def _statuses_before(self, key: str) -> Sequence[Mapping[str, Any]] | None:
        try:
            return await self._statuses(key)
        except CannotTell as problem:  # nothing is begun, so nothing is sent
            raise NotSent(str(problem), lasting=False) from problem

    async def _statuses(self, key: str) -> Sequence[Mapping[str, Any]] | None:
        """Every status the message has had; None when there is no such message. Raises CannotTell."""
        answer = await self._ask(f"/api/conversations/messageId/{key}")
        if answer is None:
            return None
        statuses = answer.get("messageStatuses")
        if not isinstance(statuses, list) or not all(_is_status(each) for each in statuses):
            raise CannotTell("the integration point tells no statuses")
        return statuses

    async def _carried_by(self, key: str) -> str | None:
        answer = await self._ask(f"/api/conversations/messageId/{key}")
        return str(answer["serviceIdentifier"]) if answer and "serviceIdentifier" in answer else None

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

    async def _step(self, method: str, path: str, **request: Any) -> None:
        """A step before the last: whatever goes wrong here, nothing has been sent."""
        try:
            answer = await self._client.request(method, path, **request)
        except httpx.HTTPError as problem:
            raise NotSent(f"the integration point was cut off: {type(problem).__name__}", lasting=False) from problem
        if answer.is_error:
            raise NotSent(f"the integration point refused: {answer.status_code}", lasting=answer.is_client_error)

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
                    "typeVersion": "1.0",
                    "instanceIdentifier": envelope.key,
                    "type": "arkivmelding",
                    "creationDateAndTime": self._now().isoformat(),
                },
                "businessScope": {"scope": [scope]},
            },
            "arkivmelding": {"sikkerhetsnivaa": SECURITY_LEVEL, "hoveddokument": envelope.files[0].name},
        }


def _files(envelope: Envelope) -> list[tuple[str, str, bytes]]:
    return [(file.name, file.media_type, file.content) for file in envelope.files]


def _archive_message(envelope: Envelope) -> tuple[str, str, bytes]:
    return "arkivmelding.xml", "application/xml", arkivmelding(envelope)


def _party(number: str) -> Mapping[str, Any]:
    return {"identifier": {"value": f"{REGISTER}:{number}", "authority": "iso6523-actorid-upis"}}


def _is_status(told: Any) -> bool:
    return isinstance(told, dict) and isinstance(told.get("status"), str) and _is_instant(told.get("lastUpdate"))


def _is_instant(told: Any) -> bool:
    try:
        return isinstance(told, str) and datetime.fromisoformat(told).tzinfo is not None
    except ValueError:
        return False


def _instant(told: str) -> datetime:
    return datetime.fromisoformat(told).astimezone(UTC)
