"""Trying out: what a letter would do to the posts, and what a round would leave of them. Nothing is recorded.

The grants service answers, by its own previews, asked with the controller's own token. Nothing is kept here of what was
sent, and nothing is worked out here but how much each post would change.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import asked
from services.dashboard.pages.answering import Shown, answer, page_router
from services.dashboard.pages.asked import Asked, NotUnderstood
from services.dashboard.pages.asking import Api, Told
from services.dashboard.pages.receiver import find_id
from services.dashboard.pages.source import Source
from services.dashboard.pages.tried_tables import funds_table, letter_tables
from services.dashboard.sign_in.access import FORMS, TRYING_OUT
from services.dashboard.sign_in.form import FORM, WITH_FILE, read_form, read_form_with_file
from services.dashboard.sign_in.reader import Reader, prove, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.httpapi.route import Router
from services.httpapi.strict.document import takes

LETTER, ROUND = "/prov/brev", "/prov/runde"
LARGEST_BYTES = 1024 * 1024
"""Of a letter's file, as grants takes it."""
BODY_BYTES = LARGEST_BYTES + 64 * 1024
TOO_LARGE = N_("Filen er større enn en avskrift kan være (1 MB). Ingenting er sendt.")


def trying_out_router(source: Source, grants: Api, *, today: Callable[[], date]) -> Router:
    """`/prov` and what is sent from there, for controllers."""
    router = page_router()

    @router.get(TRYING_OUT.address)
    async def see_trying_out(
        request: Request,
        reader: Annotated[Reader, reader_of(TRYING_OUT)],
        aar: str = "",
        gjelder: str = "",
        kjent: str = "",
    ) -> Response:
        years = await source.years()
        question = asked.read(aar=aar, gjelder=gjelder, kjent=kjent, years=years, today=today())
        facts: dict[str, Any] = {"rounds": await _rounds(request, grants, question)}
        facts |= {"question": question, "years": asked.selectable(years, question), "today": today()}
        return answer(Shown("trying_out.html", (), facts), request, reader)

    @router.post(LETTER, openapi_extra=takes(WITH_FILE))
    async def try_letter(request: Request, reader: Annotated[Reader, reader_of(FORMS[LETTER])]) -> Response:
        form, files = await read_form_with_file(request)
        prove(reader, form)
        content = files.get("fil") or form.get("brev", "").encode()
        if not content.strip():
            raise NotUnderstood("brev", gettext(N_("Velg en fil eller lim inn avskriften av brevet.")))
        if len(content) > LARGEST_BYTES:
            raise NotUnderstood("brev", gettext(TOO_LARGE))
        told = await grants.ask(
            request,
            "POST",
            "/v1/letters",
            query={"dry_run": "true"},
            content=content,
            media_type="application/yaml",
            key=f"dashboard-{uuid4()}",
        )
        facts = {"told": told, "written": content if not files else b""}
        tables = [] if told.refused else letter_tables(told.document)
        return _answered(Shown("tried_letter.html", tables, facts), request, reader, told)

    @router.post(ROUND, openapi_extra=takes(FORM))
    async def try_round(request: Request, reader: Annotated[Reader, reader_of(FORMS[ROUND])]) -> Response:
        form = await read_form(request)
        prove(reader, form)
        round_id, on = find_id(form.get("runde", "")), asked.read_day(form.get("dag", ""), "dag")
        if round_id is None:
            raise NotUnderstood("runde", gettext(N_("Velg en av rundene.")))
        path = f"/v1/rounds/{round_id}"
        told = await grants.ask(request, "GET", f"{path}/funds", query={"approved_on": on.isoformat()})
        named = await grants.ask(request, "GET", path)
        tables = [] if told.refused else [funds_table(told.document)]
        facts = {"told": told, "on": on, "name": str(named.document.get("name", ""))}
        return _answered(Shown("tried_round.html", tables, facts), request, reader, told)

    return router


def _answered(shown: Shown, request: Request, reader: Reader, told: Told) -> Response:
    """A refusal is what was asked for as much as an answer is; the status says which."""
    response = answer(shown, request, reader)
    response.status_code = told.status if told.refused else response.status_code
    return response


async def _rounds(request: Request, grants: Api, question: Asked) -> list[Mapping[str, Any]] | None:
    """The year's rounds that are open, as grants lists them; None where it cannot be asked now."""
    told = await grants.find(request, "/v1/rounds", query={"year": str(question.year), "limit": "200"})
    items = told.document.get("items") if told else None
    return None if items is None else [item for item in items if item["state"] == "open"]
