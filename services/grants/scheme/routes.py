"""Schemes and calls over HTTP. A caseworker or controller writes the terms, an approver publishes calls on them.
Whether the ministry is told of the scheme's letters is proposed by one and confirmed by another."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi.encoders import jsonable_encoder
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.eventlog.events import Event
from services.eventlog.log import History
from services.grants.scheme.events import SchemeTerms
from services.grants.scheme.notice_policy import rules as notice_policy
from services.grants.scheme.notice_policy.requests import PolicyProposal, PolicyRejection
from services.grants.scheme.notice_policy.responses import show_policy
from services.grants.scheme.refusals import CallUnknown, SchemeFundUnknown, SchemeUnknown
from services.grants.scheme.requests import (
    CallAsked,
    CallId,
    Cancellation,
    DeadlineMove,
    Registration,
    Revision,
    SchemeId,
    TermsAsked,
)
from services.grants.scheme.rules import cancel_call, move_deadline, publish_call, register, revise
from services.grants.scheme.view import CallNow, SchemeNow, Schemes, fold, show, stream_of
from services.httpapi.admission import allow
from services.httpapi.answer import Answer
from services.httpapi.caller import STAFF, Caller, Role
from services.httpapi.carrying import Desk
from services.httpapi.etag import ExpectedVersion, etag, not_modified
from services.httpapi.fields import Digits
from services.httpapi.idempotency import Idempotency, IdempotencyKey
from services.httpapi.route import Router

Writer = Annotated[Caller, allow(Role.caseworker, Role.controller)]
Confirmer = Annotated[Caller, allow(Role.approver, Role.controller)]
Approver = Annotated[Caller, allow(Role.approver)]
Anybody = Annotated[Caller, allow(*STAFF)]


def schemes_router(desk: Desk, schemes: Schemes, takes_awards: Callable[[str], Awaitable[bool]]) -> Router:
    """`takes_awards` tells of a fund whether a letter has opened it, so that awards can be paid from it."""
    router = Router(prefix="/v1", tags=["schemes"])

    async def paid_from(asked: TermsAsked) -> SchemeTerms:
        terms = asked.as_terms()
        unknown = [n for n, fund_id in enumerate(terms.fund_ids, 1) if not await takes_awards(fund_id)]
        if unknown:
            which = ", ".join(map(str, unknown))
            raise SchemeFundUnknown(f"No letter has opened fund number {which} of the list. See the post's funds.")
        return terms

    async def act(
        scheme_id: str,
        rule: Callable[..., Sequence[Event]],
        asked: Mapping[str, Any],
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int | None,
        location: str | None = None,
        of: Callable[[Sequence[Event]], Any] = fold,
    ) -> Response:
        """Carry out what the rule decides on the state that `of` folds."""
        shown: dict[str, Any] = {}

        def decide(history: History) -> Sequence[Event]:
            events = rule(of(history.events), **asked)
            after = show(history.events.followed_by(events), history.version + len(events))
            assert after is not None, "a scheme that was acted on is registered"
            shown.update(jsonable_encoder(show_scheme(after)))
            return events

        def answer(_: int) -> Answer:
            return Answer(body=shown, status=201 if location else 200, location=location)

        return await desk.carry_out(
            stream_of(scheme_id), caller=caller, key=key, decide=decide, answer=answer, expected=expected
        )

    @router.post("/schemes", status_code=201)
    async def register_scheme(asked: Registration, caller: Writer, key: Idempotency) -> Response:
        """Registers a scheme of a budget year. It may lack texts until a call is published on it."""
        told = {
            "scheme_id": asked.scheme_id,
            "year": asked.year,
            "terms": await paid_from(asked.terms),
            "registered_on": asked.registered_on,
            "registered_by": caller.subject,
        }
        location = f"/v1/schemes/{asked.scheme_id}"
        return await act(asked.scheme_id, register, told, caller=caller, key=key, expected=None, location=location)

    @router.get("/schemes")
    async def list_schemes(year: Annotated[int, Digits(1900, 2199)], _: Anybody) -> Response:
        """The schemes of a budget year, each with its terms as they stand and its calls."""
        items = [show_scheme(scheme) for scheme in await schemes.list_schemes(year)]
        return JSONResponse(jsonable_encoder({"items": items, "next": None}))

    @router.get("/schemes/{scheme_id}")
    async def find_scheme(scheme_id: SchemeId, request: Request, _: Anybody) -> Response:
        """The scheme as it stands. Its ETag is the version an act must name in If-Match."""
        scheme = await schemes.find_scheme(scheme_id)
        if scheme is None:
            raise SchemeUnknown("No scheme is registered under this id.")
        tag = etag(scheme.version)
        return not_modified(request, tag) or JSONResponse(jsonable_encoder(show_scheme(scheme)), headers={"ETag": tag})

    @router.put("/schemes/{scheme_id}")
    async def revise_scheme(
        scheme_id: SchemeId, asked: Revision, caller: Writer, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Gives the scheme other terms. Calls already published keep those they were published with."""
        if await schemes.find_scheme(scheme_id) is None:  # said before what is wrong with the terms
            raise SchemeUnknown("No scheme is registered under this id.")
        told = {
            "terms": await paid_from(asked.terms),
            "reason": asked.reason,
            "revised_on": asked.revised_on,
            "revised_by": caller.subject,
        }
        return await act(scheme_id, revise, told, caller=caller, key=key, expected=expected)

    @router.post("/schemes/{scheme_id}/calls", status_code=201)
    async def publish(
        scheme_id: SchemeId, asked: CallAsked, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Publishes a call on the terms as they stand in this version; not by whoever wrote them."""
        told = {**asked.model_dump(), "published_by": caller.subject}
        location = f"/v1/calls/{asked.call_id}"
        return await act(scheme_id, publish_call, told, caller=caller, key=key, expected=expected, location=location)

    @router.put("/schemes/{scheme_id}/calls/{call_id}/deadline")
    async def move_call_deadline(
        scheme_id: SchemeId,
        call_id: CallId,
        asked: DeadlineMove,
        caller: Approver,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Moves the last day of a call to a later one."""
        told = {**asked.model_dump(), "call_id": call_id, "moved_by": caller.subject}
        return await act(scheme_id, move_deadline, told, caller=caller, key=key, expected=expected)

    @router.post("/schemes/{scheme_id}/calls/{call_id}/cancellation")
    async def cancel(
        scheme_id: SchemeId,
        call_id: CallId,
        asked: Cancellation,
        caller: Approver,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Takes a call back: nobody can apply from then on."""
        told = {**asked.model_dump(), "call_id": call_id, "cancelled_by": caller.subject}
        return await act(scheme_id, cancel_call, told, caller=caller, key=key, expected=expected)

    @router.put("/schemes/{scheme_id}/notice-policy")
    async def propose_policy(
        scheme_id: SchemeId, asked: PolicyProposal, caller: Writer, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Proposes whether the ministry is told before the scheme's letters leave. It counts for nothing until somebody
        who wrote no part of it confirms it, and then for awards approved after that."""
        told = {"policy": asked.as_policy(), "proposed_by": caller.subject}
        rule, of = notice_policy.propose, notice_policy.fold
        return await act(scheme_id, rule, told, caller=caller, key=key, expected=expected, of=of)

    @router.put("/schemes/{scheme_id}/notice-policy/confirmation")
    async def confirm_policy(
        scheme_id: SchemeId, caller: Confirmer, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Finds the policy that waits in this version to be what its source document says. It takes somebody who wrote
        no part of it."""
        told = {"confirmed_by": caller.subject}
        rule, of = notice_policy.confirm, notice_policy.fold
        return await act(scheme_id, rule, told, caller=caller, key=key, expected=expected, of=of)

    @router.put("/schemes/{scheme_id}/notice-policy/rejection")
    async def reject_policy(
        scheme_id: SchemeId, asked: PolicyRejection, caller: Confirmer, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Turns down the policy that waits. What was confirmed before goes on counting."""
        told = {"reason": asked.reason, "rejected_by": caller.subject}
        rule, of = notice_policy.reject, notice_policy.fold
        return await act(scheme_id, rule, told, caller=caller, key=key, expected=expected, of=of)

    @router.get("/calls/{call_id}")
    async def find_call(call_id: CallId, _: Anybody) -> Response:
        """The call as it stands, with the terms it was published with."""
        call = await schemes.find_call(call_id)
        if call is None:
            raise CallUnknown("No call is published under this id.")
        return JSONResponse(jsonable_encoder(show_call(call)))

    return router


def show_scheme(scheme: SchemeNow) -> dict[str, Any]:
    """The scheme's terms, and its calls without theirs: those stand at the call's own address."""
    calls = [{name: value for name, value in show_call(call).items() if name != "terms"} for call in scheme.calls]
    return {
        "scheme_id": scheme.scheme_id,
        "year": scheme.year,
        "version": scheme.version,
        "terms": asdict(scheme.terms),
        "notice_policy": show_policy(scheme.policy),
        "calls": calls,
    }


def show_call(call: CallNow) -> dict[str, Any]:
    """The call as the applicants read it, and whether it was taken back."""
    return {"scheme_id": call.scheme_id, "year": call.year, **asdict(call.call), "cancelled": call.cancelled}
