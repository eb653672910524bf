"""A stand-in for an eFormidling integration point, with the shapes of Digdir's REST interface, faults included.

    python -m dev.standin_integration_point --port 8020

It refuses what felleslosninger/efm-integrasjonspunkt refuses, by the same names: a message id or a file name it has, a
file without a title where Altinn carries it (DPV), an archive message without a case file that holds a journal post, or
that names a file nobody uploaded. Statuses are a set and told in no order. What is sent off takes no more files.

It keeps everything in memory. `POST /faults {"at": ..., "kind": ..., "times": 1}` makes the next calls of a step (make,
fill, send, ask) go wrong: refuse (400), fail (503), or cut-before and cut-after: cut off before or after they took
effect. `POST /become {"message_id": ..., "status": "LEVERT", "at": ...}` moves a message on.
"""

import argparse
import re
from collections import deque
from datetime import UTC, datetime
from typing import Any, Literal, get_args
from urllib.parse import unquote
from uuid import UUID
from xml.etree import ElementTree
from zlib import crc32

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

Step = Literal["make", "fill", "send", "ask"]
Kind = Literal["refuse", "fail", "cut-before", "cut-after"]
Carrier = Literal["DPO", "DPV", "DPF"]
Status = Literal["OPPRETTET", "SENDT", "MOTTATT", "LEVERT", "LEST", "FEIL", "ANNET", "LEVETID_UTLOPT"]
STATUSES: tuple[Status, ...] = get_args(Status)

ARCHIVE = "{http://www.arkivverket.no/standarder/noark5/arkivmelding}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
ARCHIVE_FILE = "arkivmelding.xml"
DOCUMENT = "urn:no:difi:arkivmelding:xsd::arkivmelding"


class Fault(BaseModel):
    """What is to go wrong, at which step, how many times."""

    at: Step
    kind: Kind
    times: int = 1


class Becoming(BaseModel):
    """A message, the status it now has, and since when (now unless told)."""

    message_id: str
    status: Status
    at: datetime | None = None


class CutOff(Exception):
    """The connection breaks: the caller gets no answer."""


class Refused(Exception):
    """The integration point refuses, by the name of its exception."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status, self.name = status, name


class Message:
    """One message: what it says, its files with their titles, its statuses, and how often it was really sent off."""

    def __init__(self, document: dict[str, Any], carried: Carrier) -> None:
        self.document = document
        self.carried = carried
        self.files: dict[str, bytes] = {}
        self.titles: dict[str, str] = {}
        self.statuses: list[dict[str, str]] = []
        self.sent_off = 0
        self.become("OPPRETTET")

    def become(self, status: Status, at: datetime | None = None) -> None:
        """Another status, at this instant."""
        self.statuses.append({"status": status, "lastUpdate": (at or datetime.now(UTC)).isoformat()})

    def take(self, name: str, title: str, content: bytes) -> None:
        """One file. Raises Refused."""
        if name in self.files:
            raise Refused(400, "DuplicateFilenameException", f"Filename already exists in message: {name}.")
        if self.carried == "DPV" and not title.strip():
            raise Refused(400, "MissingFileTitleException", "Missing file title, required by DPV")
        if name == ARCHIVE_FILE:
            files_named(content)
        self.files[name], self.titles[name] = content, title

    def leave(self) -> None:
        """Send it off. Raises Refused for what is not whole."""
        if not self.files:
            raise Refused(400, "MissingFileException", "Message requires at least one file attachment")
        if ARCHIVE_FILE not in self.files:
            raise Refused(400, "MissingArkivmeldingException", "Missing arkivmelding.xml")
        missing = [name for name in files_named(self.files[ARCHIVE_FILE]) if name not in self.files]
        if missing:
            raise Refused(400, "MissingArkivmeldingFileException", f"not uploaded: {', '.join(missing)}")
        self.sent_off += 1
        self.become("SENDT")


def files_named(archive_message: bytes) -> list[str]:
    """The files that the first journal post of the first case file refers to. Raises Refused."""
    try:
        root = ElementTree.fromstring(archive_message)
    except ElementTree.ParseError as wrong:
        raise Refused(500, "NextMoveRuntimeException", "Failed to get Arkivmelding") from wrong
    folder = next((each for each in root.findall(f"{ARCHIVE}mappe") if each.get(TYPE) == "saksmappe"), None)
    if folder is None:
        raise Refused(500, "ArkivmeldingRuntimeException", 'No "Saksmappe" found in Arkivmelding')
    posts = folder.findall(f"{ARCHIVE}basisregistrering")
    post = next((each for each in posts if each.get(TYPE) == "journalpost"), None)
    if post is None:
        raise Refused(500, "ArkivmeldingRuntimeException", 'No "Journalpost" found in Arkivmelding')
    described = post.findall(f"{ARCHIVE}dokumentbeskrivelse")
    things = [thing for each in described for thing in each.findall(f"{ARCHIVE}dokumentobjekt")]
    return [thing.findtext(f"{ARCHIVE}referanseDokumentfil") or "" for thing in things]


class IntegrationPoint:
    """All of it, for tests to look into. `carries` gives the service for an organisation number (DPO unless told)."""

    def __init__(self, carries: dict[str, Carrier] | None = None) -> None:
        self.messages: dict[str, Message] = {}
        self.faults: deque[Fault] = deque()
        self._carries = carries or {}

    def go_wrong(self, at: Step, *, before: bool) -> None:
        """Raises what is due to go wrong at this step, before or after it takes effect."""
        due = next((fault for fault in self.faults if fault.at == at and fault.times > 0), None)
        if due is None or (due.kind == "cut-after") == before:
            return
        due.times -= 1
        if due.kind == "refuse":
            raise Refused(400, "HttpStatusCodeException", "refused")
        if due.kind == "fail":
            raise Refused(503, "NextMoveRuntimeException", "failed")
        raise CutOff

    def make(self, document: dict[str, Any]) -> Message:
        """A new message under the id it names. Raises Refused, also for an id it has."""
        header = document["standardBusinessDocumentHeader"]
        identified = header["documentIdentification"]
        message_id = str(UUID(identified["instanceIdentifier"]))
        if message_id in self.messages:
            raise Refused(400, "MessageAlreadyExistsException", f"Message with messageId = {message_id} already exists")
        if identified["standard"] != DOCUMENT or identified["type"] != "arkivmelding":
            raise Refused(400, "MessageTypeDoesNotFitDocumentTypeException", "the type does not fit the document")
        number = header["receiver"][0]["identifier"]["value"].removeprefix("0192:")
        carried = self._carries.get(number, "DPO")
        if carried == "DPF" and document["arkivmelding"].get("sikkerhetsnivaa") is None:
            raise Refused(400, "ConstraintViolationException", "sikkerhetsnivaa must not be null")
        self.messages[message_id] = Message(document, carried)
        return self.messages[message_id]

    def find(self, message_id: str) -> Message:
        """That message. Raises Refused."""
        if message_id not in self.messages:
            raise Refused(404, "MessageNotFoundException", f"Message with messageId = {message_id} not found")
        return self.messages[message_id]

    def outgoing(self, message_id: str) -> Message:
        """That message while it is not sent off; afterwards nothing of it is kept. Raises Refused."""
        message = self.find(message_id)
        if message.sent_off:
            raise Refused(404, "MessageNotFoundException", f"Message with messageId = {message_id} not found")
        return message


def disposition(header: str) -> tuple[str, str]:
    """The file's name and title as a Content-Disposition tells them: plain, or as RFC 5987 has it."""
    told: dict[str, str] = {}
    for part in header.split(";")[1:]:
        name, _, value = part.strip().partition("=")
        if encoded := re.fullmatch("(?i:utf-8)''([A-Za-z0-9!#$&+.^_`|~%-]*)", value) if name.endswith("*") else None:
            told[name.removesuffix("*")] = unquote(encoded[1], errors="strict")
        elif not name.endswith("*"):
            told.setdefault(name, value.strip('"'))
    return told.get("filename", ""), told.get("name", "")


def create_app(point: IntegrationPoint) -> FastAPI:
    """The stand-in as a web application."""
    app = FastAPI(title="Stand-in for an integration point")

    @app.exception_handler(Refused)
    async def refuse(request: Request, refused: Refused) -> JSONResponse:
        """As Spring tells of an exception."""
        name = f"no.difi.meldingsutveksling.exceptions.{refused.name}"
        told = {"status": refused.status, "exception": name, "message": str(refused), "path": request.url.path}
        return JSONResponse(told, refused.status)

    @app.post("/api/messages/out")
    async def make(request: Request) -> dict[str, Any]:
        """Make a message from a Standard Business Document."""
        point.go_wrong("make", before=True)
        message = point.make(await request.json())
        point.go_wrong("make", before=False)
        return message.document

    @app.put("/api/messages/out/{message_id}")
    async def fill(message_id: str, request: Request) -> None:
        """Upload one file of it."""
        point.go_wrong("fill", before=True)
        message = point.outgoing(message_id)
        name, title = disposition(request.headers.get("content-disposition", ""))
        if not name or "content-type" not in request.headers:
            raise Refused(400, "MissingHttpHeaderException", "Missing required HTTP header")
        message.take(name, title, await request.body())
        point.go_wrong("fill", before=False)

    @app.post("/api/messages/out/{message_id}")
    async def send(message_id: str) -> None:
        """Send it off."""
        point.go_wrong("send", before=True)
        point.outgoing(message_id).leave()
        point.go_wrong("send", before=False)

    @app.get("/api/conversations/messageId/{message_id}")
    async def ask(message_id: str) -> dict[str, Any]:
        """The message's statuses, a set, and the service that carries it."""
        point.go_wrong("ask", before=True)
        message = point.find(message_id)
        statuses = sorted(message.statuses, key=lambda each: crc32(f"{each}".encode()))
        return {"messageId": message_id, "serviceIdentifier": message.carried, "messageStatuses": statuses}

    @app.post("/become")
    async def become(becoming: Becoming) -> None:
        """Move a message on."""
        point.find(becoming.message_id).become(becoming.status, becoming.at)

    @app.post("/faults")
    async def fault(due: Fault) -> None:
        """Have something go wrong."""
        point.faults.append(due)

    return app


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dev.standin_integration_point", description=__doc__)
    parser.add_argument("--port", type=int, default=8020)
    uvicorn.run(create_app(IntegrationPoint()), host="127.0.0.1", port=parser.parse_args().port, log_level="critical")


if __name__ == "__main__":
    main()
