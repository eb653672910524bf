"""Endpoints over HTTP: an administrator registers where receivers outside are told, and of what.

Secrets are shown once, beside the answer that is kept: what is stored of a command holds none.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from services.eventlog.after import After
from services.eventlog.events import Event
from services.eventlog.log import History
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion, etag, not_modified
from services.httpapi.commands.guards import Admit
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.paging import Cursor, Limit, Listing
from services.httpapi.problem import NotFound
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id, Line
from services.notifications.receiver.addresses import read_url
from services.notifications.receiver.outbox import OURS, TYPES
from services.notifications.webhook import rules
from services.notifications.webhook.requests import EndpointAsked, Rotation
from services.notifications.webhook.responses import EndpointPage, EndpointShown, EndpointWithSecret, show
from services.notifications.webhook.rules import Endpoint, fold, stream_of
from services.notifications.webhook.sending.reaching import Reaching
from services.notifications.webhook.sending.sealing import Making, Secrets
from services.notifications.webhook.shown_once import with_secret
from services.notifications.webhook.view import EndpointList, State

ENDPOINTS = Listing("webhook-endpoints", UUID)

Administrator = Annotated[Caller, allow(Role.administrator)]
Looking = Annotated[Caller, allow(Role.administrator, Role.controller, Role.auditor)]


def endpoint_router(
    desk: CommandHandler, secrets: Secrets, reaching: Reaching, listed: EndpointList, now: Callable[[], datetime]
) -> Router:
    router = Router(prefix="/v1/webhook-endpoints", tags=["webhook-endpoints"])
    an_endpoint = "/{endpoint_id}"

    async def act(
        endpoint_id: UUID,
        rule: Callable[[Endpoint], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
        admit: Admit | None = None,
    ) -> Response:
        """A rule asked on an endpoint, and the answer with how it then stands."""

        def decide(history: History) -> Sequence[Event]:
            if expected and not history.version:
                raise NotFound("There is no such endpoint.")
            return rule(fold(history.facts))

        def answer(after: After) -> Answer:
            shown = show(endpoint_id, fold(after.facts), now())
            begun = None if expected else f"{router.prefix}/{endpoint_id}"
            return Answer(body=shown, status=201 if begun else 200, location=begun)

        response = await desk.carry_out(
            stream_of(endpoint_id),
            caller=caller,
            key=key,
            decide=decide,
            answer=answer,
            expected=expected,
            admit=admit,
        )
        if expected:
            await listed.rest(endpoint_id)
        return response

    @router.get("", response_model=EndpointPage)
    async def list_endpoints(
        _: Looking, state: State | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """Every endpoint that is not deleted, in the order of their ids; with `state` those that stand so. `failing`
        are all that have `failing_since`, whatever their own `state` is: pending ones that do not answer the challenge
        too, and those that were disabled for it."""
        place = ENDPOINTS.after(cursor)
        rows = await listed.list_ids(after=place[0] if place else None, limit=limit + 1, state=state)
        histories = await desk.log.load_all([stream_of(each) for each, _ in rows[:limit]])
        items = [
            {**show(each, fold(histories[stream_of(each)].facts), now()), "failing_since": since}
            for each, since in rows[:limit]
        ]
        following = ENDPOINTS.cursor(rows[limit - 1][0]) if len(rows) > limit else None
        return JsonResponse({"items": items, "next": following})

    @router.post("", response_model=EndpointWithSecret, status_code=201)
    async def register(asked: EndpointAsked, caller: Administrator, key: Idempotency) -> Response:
        """Registers where a receiver is to be told. Its secret is shown here; the same command again shows it within
        ten minutes and while it is the last, and nothing does later. The receiver is sent a signed challenge, and
        nothing else before it has answered with it."""
        endpoint_id = uuid5(OURS, f"endpoint\n{caller.subject}\n{key.key}")
        made = Making(secrets, endpoint_id)
        subscription = asked.subscription()

        def rule(endpoint: Endpoint) -> Sequence[Event]:
            read_url(subscription.url)
            secret = made.anew()
            return rules.register(endpoint, subscription=subscription, secret=secret, known=TYPES, by=caller.subject)

        async def admit(*_: object) -> None:
            await reaching.check(subscription.url)
            await made.keep()

        return await with_secret(
            desk.log, secrets, now, await act(endpoint_id, rule, caller=caller, key=key, expected=0, admit=admit)
        )

    @router.get(an_endpoint, response_model=EndpointShown)
    async def show_one(endpoint_id: Id, request: Request, _: Looking) -> Response:
        """The endpoint as it stands. Its ETag is the version a change must name in If-Match."""
        history = await desk.log.load(stream_of(endpoint_id))
        if not history.version:
            raise NotFound("There is no such endpoint.")
        tag = etag(history.version)
        shown = show(endpoint_id, fold(history.facts), now())
        return not_modified(request, tag) or JsonResponse(shown, headers={"ETag": tag})

    @router.put(an_endpoint, response_model=EndpointShown)
    async def change(
        endpoint_id: Id, asked: EndpointAsked, caller: Administrator, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Tells the receiver otherwise from now on. What happened before is let through by what it wanted then, and its
        numbers go on. At another address it is asked anew; what comes meanwhile keeps its number and waits."""
        subscription = asked.subscription()

        def rule(endpoint: Endpoint) -> Sequence[Event]:
            read_url(subscription.url)
            return rules.change(endpoint, subscription=subscription, known=TYPES, by=caller.subject)

        async def admit(*_: object) -> None:
            await reaching.check(subscription.url)

        return await act(endpoint_id, rule, caller=caller, key=key, expected=expected, admit=admit)

    @router.put(an_endpoint + "/pause", response_model=EndpointShown)
    async def pause(endpoint_id: Id, caller: Administrator, expected: ExpectedVersion, key: Idempotency) -> Response:
        """Nothing is sent after this is answered but what was being sent already. What comes meanwhile keeps its number
        and waits."""
        return await act(
            endpoint_id,
            lambda endpoint: rules.pause(endpoint, by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(an_endpoint + "/resume", response_model=EndpointShown)
    async def resume(endpoint_id: Id, caller: Administrator, expected: ExpectedVersion, key: Idempotency) -> Response:
        """Deliveries begin again, whether it was paused or disabled."""
        return await act(
            endpoint_id,
            lambda endpoint: rules.resume(endpoint, by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post(an_endpoint + "/rotate", response_model=EndpointWithSecret)
    async def rotate(
        endpoint_id: Id,
        caller: Administrator,
        expected: ExpectedVersion,
        key: Idempotency,
        asked: Rotation | None = None,
    ) -> Response:
        """Signs with a new secret and key from now on, and for 24 hours with the ones before beside them; with `revoke`
        with those no more. It can be done at any time: of three, the oldest signs no more. The new secret is shown
        here; the same command again shows it within ten minutes and while it is the last, and nothing does later."""
        made = Making(secrets, endpoint_id)
        revoke = asked is not None and asked.revoke

        def rule(endpoint: Endpoint) -> Sequence[Event]:
            return rules.rotate(endpoint, secret=made.anew(), revoke=revoke, by=caller.subject)

        async def admit(*_: object) -> None:
            await made.keep()

        return await with_secret(
            desk.log, secrets, now, await act(endpoint_id, rule, caller=caller, key=key, expected=expected, admit=admit)
        )

    @router.delete(an_endpoint, response_model=EndpointShown)
    async def delete(
        endpoint_id: Id,
        caller: Administrator,
        expected: ExpectedVersion,
        key: Idempotency,
        reason: Annotated[Line | None, Query(description="Why, in words that can be read later.")] = None,
    ) -> Response:
        """The receiver is told no more: nothing is sent after this is answered but what was being sent already. What
        waited is cancelled."""
        return await act(
            endpoint_id,
            lambda endpoint: rules.delete(endpoint, reason=reason, by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    return router
