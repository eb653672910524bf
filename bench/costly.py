"""How long requests take while files that cost much are sent: whoever else asks must not feel that they are read.

Each file is a few kilobytes that unpack to megabytes, the worst of those known. As many people as there are places to
read in send one after another, and a few others read and write. The two take turns: a while with the files, a while
without; what is compared is the time that 99 of 100 requests stay within.
"""

import asyncio
import io
import json
import zipfile
from collections.abc import Iterator
from time import perf_counter

from bench.ground import Ground
from bench.measure import Figure, compared
from bench.rounds import Office, register
from bench.serving import PROPOSAL, RawClient, request_of, served
from services.eventlog.background.ending import end
from services.httpapi.callers.caller import Role

TURNS, SECONDS, OTHERS, SENDERS = 7, 4.0, 4, 2
MANY = 1_000_000
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def costly(ground: Ground) -> list[Figure]:
    """The time 99 of 100 requests stay within while costly files are sent, to that without them."""
    register(ground, "per-capita")
    with served(ground) as (base_url, issuer):
        office = Office(base_url, issuer)
        opened = office.opens("per-capita-2020")
        token = issuer.mint("kari", {Role.caseworker}, ttl_seconds=3600)
        turns = Turns(int(base_url.rpartition(":")[2]), token, opened.headers["Location"])
        asyncio.run(turns.one(costly=True))  # the first waits for what reads files to begin
        return [compared("p99 while costly files are sent, to p99 without", turns.ratios(), most=1.2)]


class Turns:
    """Requests at the service, with and without files."""

    def __init__(self, port: int, token: str, round_: str) -> None:
        self._port, self._number = port, 0
        self._headers = {"Authorization": f"Bearer {token}"}
        self._read = request_of("GET", "/v1/posts/2020/291/71", self._headers)
        file = workbook_of_many_texts()
        about = {"Content-Type": XLSX, "Content-Length": str(len(file)), "If-Match": '"1"', "Idempotency-Key": "costly"}
        self._file = request_of("POST", f"{round_}/batches", self._headers | about) + file

    def ratios(self) -> Iterator[float]:
        """With files to without, turn by turn; which comes first alternates."""
        for nth in range(TURNS):
            took = {
                costly: asyncio.run(self.one(costly=costly)) for costly in ((False, True) if nth % 2 else (True, False))
            }
            yield took[True] / took[False]

    async def one(self, *, costly: bool) -> float:
        """The seconds that 99 of 100 requests of a turn stay within."""
        until = perf_counter() + SECONDS
        sending = [asyncio.create_task(self._send()) for _ in range(SENDERS if costly else 0)]
        took = [each for its in await asyncio.gather(*(self._ask(until) for _ in range(OTHERS))) for each in its]
        for task in sending:
            await end(task)
        return sorted(took)[int(len(took) * 0.99)]

    async def _ask(self, until: float) -> list[float]:
        client, took = await self._connect(), list[float]()
        while (began := perf_counter()) < until:
            status = await client.ask(self._read if len(took) % 4 else self._write())
            assert status in (200, 201), status
            took.append(perf_counter() - began)
            await asyncio.sleep(0.01)
        client.close()
        return took

    async def _send(self) -> None:
        client = await self._connect()
        while True:
            status = await client.ask(self._file)
            assert status in (422, 503), status

    def _write(self) -> bytes:
        self._number += 1
        headers = self._headers | {"Idempotency-Key": f"costly-{id(self)}-{self._number}"}
        return request_of("POST", "/v1/cases", headers, json.dumps(PROPOSAL).encode())

    async def _connect(self) -> RawClient:
        return RawClient(*await asyncio.open_connection("127.0.0.1", self._port))


def workbook_of_many_texts() -> bytes:
    """A million shared strings in a few kilobytes."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c t="s"><v>0</v></c></row></sheetData></worksheet>'
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="r"><sheets>'
        '<sheet name="a" sheetId="1" r:id="s"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="s" Type="r/worksheet" Target="s.xml"/>'
        '<Relationship Id="t" Type="r/sharedStrings" Target="t.xml"/></Relationships>',
        "xl/s.xml": sheet,
        "xl/t.xml": f'<sst xmlns="{MAIN}">{"<si><t/></si>" * MANY}</sst>',
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return packed.getvalue()
