"""What an auditor downloads: the services' own answers, fetched with the auditor's token and passed on as they come, so
that no log is ever held whole; and the programs that verify them.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Annotated, Protocol
from uuid import UUID

import httpx
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from services.dashboard.pages.answering import HEADERS, NotThere
from services.dashboard.pages.asked import is_number
from services.dashboard.pages.asking import Api, away
from services.dashboard.pages.audit import LOGS, TOOLS
from services.dashboard.sign_in.access import FILES
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.sign_in.refusals import NotYours, SignInAgain
from services.dashboard.words.spoken import N_, gettext
from services.httpapi.route import Router

LOG, KEY = FILES["/revisjon/logg/{log}"], FILES["/revisjon/nokkel/{log}"]
PROOF, TOOL = FILES["/revisjon/bevis/{year}/{number}"], FILES["/revisjon/verktoy/{tool}"]
NO_FILE = N_("Det er ingen slik fil. Velg en av dem som står på siden for revisjon.")
NO_PROOF = N_("Det er ikke sendt noe brev i en slik sak, så det er ikke noe å bevise.")
GONE = N_("Tjenesten tar ikke imot innloggingen lenger. Logg ut, logg inn igjen, og prøv på nytt.")


class Cases(Protocol):
    """Which case has which number."""

    async def find_case(self, year: int, number: int) -> UUID | None:
        """The case; None where there is none."""
        ...


def audit_files_router(cases: Cases, *, grants: Api, notifications: Api) -> Router:
    """Everything below `/revisjon` that is a file."""
    router, services = Router(include_in_schema=False), {"grants": grants, "notifications": notifications}

    @router.get(LOG.address)
    async def fetch_log(request: Request, _: Annotated[Reader, reader_of(LOG)], log: str) -> Response:
        return await passed_on(request, _one_of(services, log), "/v1/export", f"{log}.jsonl", "application/jsonl")

    @router.get(KEY.address)
    async def fetch_key(request: Request, _: Annotated[Reader, reader_of(KEY)], log: str) -> Response:
        name = f"{log}-public-key.pem"
        return await passed_on(request, _one_of(services, log), "/v1/export/public-key", name, "application/x-pem-file")

    @router.get(PROOF.address)
    async def fetch_proof(request: Request, _: Annotated[Reader, reader_of(PROOF)], year: str, number: str) -> Response:
        case = await cases.find_case(int(year), int(number)) if is_number(year, 4) and is_number(number, 9) else None
        if case is None:
            raise NotThere(gettext(NO_PROOF))
        path = f"/v1/awards/{case}/certificate"
        return await passed_on(request, notifications, path, f"bevis-{year}-{number}.json", "application/json")

    @router.get(TOOL.address)
    async def fetch_tool(_: Annotated[Reader, reader_of(TOOL)], tool: str) -> Response:
        if tool not in TOOLS:
            raise NotThere(gettext(NO_FILE))
        return FileResponse(TOOLS[tool], media_type="text/x-python", filename=tool, headers={**HEADERS})

    return router


def _one_of(services: dict[str, Api], log: str) -> Api:
    if log not in LOGS:
        raise NotThere(gettext(NO_FILE))
    return services[log]


async def passed_on(request: Request, api: Api, path: str, name: str, media_type: str) -> Response:
    """The service's answer as a file, piece by piece. Where it breaks off, so does ours: half a file is no file."""
    stack = AsyncExitStack()
    try:
        answer = await stack.enter_async_context(api.download(request, path))
        refuse(answer)
    except BaseException:
        await stack.aclose()
        raise

    async def pieces() -> AsyncIterator[bytes]:
        async with stack:
            async for piece in answer.aiter_bytes():
                yield piece

    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces(), media_type=media_type, headers=headers)


def refuse(answer: httpx.Response) -> None:
    """Anything but the file itself is refused as a page."""
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise SignInAgain(gettext(GONE))
    if answer.status_code == httpx.codes.FORBIDDEN:
        raise NotYours("Ingen av rollene dine gir lov til det.")
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise NotThere(gettext(NO_PROOF))
    if answer.status_code != httpx.codes.OK:
        raise away(f"status {answer.status_code}")
