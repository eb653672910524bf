"""Schemes and calls over HTTP. A caseworker or controller writes the terms, an approver publishes calls on them.
Whether the ministry is told of the scheme's letters is proposed by one and confirmed by another."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from services.grants.scheme.call_routes import add_calls
from services.grants.scheme.command_handler import SchemeCommands
from services.grants.scheme.events import SchemeTerms
from services.grants.scheme.policy_routes import add_notice_policy
from services.grants.scheme.refusals import SchemeFundUnknown, SchemeUnknown
from services.grants.scheme.requests import (
    Registration,
    Revision,
    SchemeId,
    TermsAsked,
)
from services.grants.scheme.responses import SchemeShown, show_scheme
from services.grants.scheme.rules import register, revise
from services.grants.scheme.view import Schemes, fold
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion, etag, not_modified
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import Page
from services.httpapi.route import Router
from services.httpapi.strict.fields import Digits

Writer = Annotated[Caller, allow(Role.caseworker, Role.controller)]
Anybody = Annotated[Caller, allow(*STAFF)]


def schemes_router(desk: CommandHandler, schemes: Schemes, takes_awards: Callable[[str], Awaitable[bool]]) -> Router:
    """`takes_awards` tells of a fund whether a letter has opened it, so that awards can be paid from it."""
    router = Router(prefix="/v1", tags=["schemes"])
    commands = SchemeCommands(desk)

    async def paid_from(asked: TermsAsked) -> SchemeTerms:
        terms = asked.as_terms()
        unknown = [n for n, fund_id in enumerate(terms.fund_ids, 1) if not await takes_awards(fund_id)]
        if unknown:
            which = ", ".join(map(str, unknown))
            raise SchemeFundUnknown(f"No letter has opened fund number {which} of the list. See the post's funds.")
        return terms

    @router.post("/schemes", status_code=201, response_model=SchemeShown)
    async def register_scheme(asked: Registration, caller: Writer, key: Idempotency) -> Response:
        """Registers a scheme of a budget year. It may lack texts until a call is published on it."""
        terms = await paid_from(asked.terms)
        return await commands.act(
            asked.scheme_id,
            fold,
            lambda scheme: register(
                scheme,
                scheme_id=asked.scheme_id,
                year=asked.year,
                terms=terms,
                registered_on=asked.registered_on,
                registered_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=None,
            location=f"/v1/schemes/{asked.scheme_id}",
        )

    @router.get("/schemes", response_model=Page[SchemeShown])
    async def list_schemes(year: Annotated[int, Digits(1900, 2199)], _: Anybody) -> Response:
        """The schemes of a budget year, each with its terms as they stand and its calls."""
        items = [show_scheme(scheme) for scheme in await schemes.list_schemes(year)]
        return JsonResponse({"items": items, "next": None})

    @router.get("/schemes/{scheme_id}", response_model=SchemeShown)
    async def find_scheme(scheme_id: SchemeId, request: Request, _: Anybody) -> Response:
        """The scheme as it stands. Its ETag is the version an act must name in If-Match."""
        scheme = await schemes.find_scheme(scheme_id)
        if scheme is None:
            raise SchemeUnknown("No scheme is registered under this id.")
        tag = etag(scheme.version)
        return not_modified(request, tag) or JsonResponse(show_scheme(scheme), headers={"ETag": tag})

    @router.put("/schemes/{scheme_id}", response_model=SchemeShown)
    async def revise_scheme(
        scheme_id: SchemeId, asked: Revision, caller: Writer, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Gives the scheme other terms. Calls already published keep those they were published with."""
        if await schemes.find_scheme(scheme_id) is None:  # said before what is wrong with the terms
            raise SchemeUnknown("No scheme is registered under this id.")
        terms = await paid_from(asked.terms)
        return await commands.act(
            scheme_id,
            fold,
            lambda scheme: revise(
                scheme, terms=terms, reason=asked.reason, revised_on=asked.revised_on, revised_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    add_calls(router, commands, schemes)
    add_notice_policy(router, commands)
    return router
