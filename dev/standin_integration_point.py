"""A stand-in for an eFormidling integration point, with the shapes of Digdir's REST interface, faults included.

    python -m dev.standin_integration_point --port 8020

It keeps everything in memory. `POST /faults {"at": ..., "kind": ..., "times": 1}` makes the next calls of a step (make,
fill, send, ask) go wrong: refuse (400), fail (503), or cut-before and cut-after: cut off before or after they took
effect. `POST /become {"message_id": ..., "status": "LEVERT"}` moves a message on.
"""

import argparse
from collections import deque
from datetime import UTC, datetime
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel

Step = Literal["make", "fill", "send", "ask"]
Kind = Literal["refuse", "fail", "cut-before", "cut-after"]


class Fault(BaseModel):
    """What is to go wrong, at which step, how many times."""

    at: Step
    kind: Kind
    times: int = 1


class Becoming(BaseModel):
    """A message and the status it now has."""

    message_id: str
    status: str


class CutOff(Exception):
    """The connection breaks: the caller gets no answer."""


class Message:
    """One message: what it says, its files, its statuses in order, and how often it was really sent off."""

    def __init__(self, document: dict[str, Any], carried: str) -> None:
        self.document = document
        self.carried = carried
        self.files: dict[str, bytes] = {}
        self.statuses: list[dict[str, str]] = []
        self.sent_off = 0
        self.become("OPPRETTET")

    def become(self, status: str, at: datetime | None = None) -> None:
        """Another status, at this instant."""
        self.statuses.append({"status": status, "lastUpdate": (at or datetime.now(UTC)).isoformat()})


class IntegrationPoint:
    """All of it, for tests to look into. `carries` gives the service for an organisation number (DPO unless told)."""

    def __init__(self, carries: dict[str, str] | None = None) -> None:
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
            raise HTTPException(400, "refused")
        if due.kind == "fail":
            raise HTTPException(503, "failed")
        raise CutOff

    def make(self, document: dict[str, Any]) -> Message:
        """A new message under the id it names; the same id again is refused."""
        header = document["standardBusinessDocumentHeader"]
        message_id = header["documentIdentification"]["instanceIdentifier"]
        if message_id in self.messages:
            raise HTTPException(400, "MessageId already exists")
        number = header["receiver"][0]["identifier"]["value"].removeprefix("0192:")
        self.messages[message_id] = Message(document, self._carries.get(number, "DPO"))
        return self.messages[message_id]

    def find(self, message_id: str) -> Message:
        """That message, or 404."""
        if message_id not in self.messages:
            raise HTTPException(404, "no such message")
        return self.messages[message_id]


def create_app(point: IntegrationPoint) -> FastAPI:
    """The stand-in as a web application."""
    app = FastAPI(title="Stand-in for an integration point")

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
        name = request.headers["content-disposition"].partition('filename="')[2].rstrip('"')
        point.find(message_id).files[name] = await request.body()
        point.go_wrong("fill", before=False)

    @app.post("/api/messages/out/{message_id}")
    async def send(message_id: str) -> None:
        """Send it off."""
        point.go_wrong("send", before=True)
        message = point.find(message_id)
        if "hoveddokument" in message.document["arkivmelding"] and "arkivmelding.xml" not in message.files:
            raise HTTPException(400, "arkivmelding.xml is missing")
        message.sent_off += 1
        message.become("SENDT")
        point.go_wrong("send", before=False)

    @app.get("/api/conversations/messageId/{message_id}")
    async def ask(message_id: str) -> dict[str, Any]:
        """The message's statuses and the service that carries it."""
        point.go_wrong("ask", before=True)
        message = point.find(message_id)
        return {"messageId": message_id, "serviceIdentifier": message.carried, "messageStatuses": message.statuses}

    @app.post("/become")
    async def become(becoming: Becoming) -> None:
        """Move a message on."""
        point.find(becoming.message_id).become(becoming.status)

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
