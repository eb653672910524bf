"""What endpoints are told over HTTP: the same stream to pull, what a receiver lacks, every try, and what is asked by
hand.

A machine reads, commits and reconciles its own endpoint's and no other's. What is asked by hand goes through the log as
a command without facts, so that a repeat is answered as before and done once.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.log import History
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.guards import Decided
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.log_routes import PlaceTold
from services.httpapi.paging import Cursor, Limit, Listing
from services.httpapi.problem import NotFound
from services.httpapi.reading import of_the_primary
from services.httpapi.route import Router
from services.httpapi.strict.fields import Digits, Id
from services.notifications.receiver.outbox import OURS
from services.notifications.webhook.delivery_log.deliveries import Deliveries
from services.notifications.webhook.delivery_log.delivery_requests import (
    LARGEST,
    Reading,
    Reconciliation,
    Recovery,
    Resending,
)
from services.notifications.webhook.delivery_log.delivery_responses import (
    Attempts,
    Committed,
    DeliveryPage,
    Reconciled,
    Resent,
    Stream,
    Tested,
)
from services.notifications.webhook.delivery_log.numbers import held_place, numbered, theirs
from services.notifications.webhook.delivery_log.pulling import pull
from services.notifications.webhook.delivery_log.recovering import check_period
from services.notifications.webhook.refusals import CarriedOutBefore, FurtherThanThere
from services.notifications.webhook.rules import Endpoint, EndpointDeletedAlready, stream_of

DELIVERIES = Listing("webhook-deliveries", str, UUID)
MOST_MISSING = 1_000

Administrator = Annotated[Caller, allow(Role.administrator)]
Looking = Annotated[Caller, allow(Role.administrator, Role.controller, Role.auditor)]
Receiving = Annotated[Caller, allow(Role.administrator, Role.service)]
Number = Annotated[int, Digits(0, LARGEST)]
States = Literal["waiting", "begun", "delivered", "failed", "expired", "cancelled"]
Does = Callable[[Endpoint], Awaitable[Mapping[str, Any]]]


def delivery_router(desk: CommandHandler, deliveries: Deliveries, now: Callable[[], datetime]) -> Router:
    router = Router(prefix="/v1/webhook-endpoints/{endpoint_id}", tags=["webhook-endpoints"])

    async def read(endpoint_id: UUID, caller: Caller) -> Endpoint:
        """The endpoint, if the caller may read what it is told."""
        return theirs(await desk.log.load(stream_of(endpoint_id)), caller)

    async def act(endpoint_id: UUID, does: Does, *, caller: Caller, key: IdempotencyKey, status: int = 200) -> Response:
        """Something beside the log, once for each key, with the endpoint as it stands."""
        done: dict[str, object] = {}

        def decide(history: History) -> Sequence[Event]:
            if theirs(history, caller).deleted:
                raise EndpointDeletedAlready("It is deleted, and nothing more is sent there.")
            return ()

        async def admit(histories: Mapping[str, History], _: Decided) -> None:
            if await desk.log.find_earlier(caller.subject, key.key) is not None:
                raise CarriedOutBefore("This key was used before.")
            done.update(await does(theirs(histories[stream_of(endpoint_id)], caller)))

        return await desk.carry_out(
            stream_of(endpoint_id),
            caller=caller,
            key=key,
            decide=decide,
            answer=lambda _: Answer(body=done, status=status),
            admit=admit,
        )

    async def again(
        endpoint_id: UUID, endpoint: Endpoint, chosen: Sequence[UUID], caller: Caller, key: IdempotencyKey
    ) -> Mapping[str, int]:
        """Sends these again: how many that is, and how many of them wait for their turn."""
        if not chosen:
            return {"deliveries": 0, "held_up": 0}
        resent = await deliveries.resend(request(caller, key), endpoint_id, chosen, caller.subject)
        ordered = endpoint.subscription is not None and endpoint.subscription.ordered
        held_up = await deliveries.count_held_up(endpoint_id, chosen) if ordered else 0
        return {"deliveries": resent, "held_up": held_up}

    @router.get("/messages", response_model=Stream, dependencies=[of_the_primary])
    async def list_messages(
        endpoint_id: Id, caller: Receiving, after: Number | None = None, limit: Limit = 100, place: PlaceTold = None
    ) -> Response:
        """The same stream that is delivered, to pull: in the order of its numbers, after one, or after the last that
        was committed. Every number is there, whatever became of its delivery. One that was never given is refused
        (`further-than-there-is`). Asked with the `place` of the answer before instead of a number, it is refused (409,
        `log-diverged`) where another message stands there now: `last_common` and `place` say where to go on."""
        endpoint = await read(endpoint_id, caller)
        return JsonResponse(await pull(deliveries, endpoint_id, endpoint, after=after, place=place, limit=limit))

    @router.put("/messages/committed", response_model=Committed)
    async def commit(endpoint_id: Id, reading: Reading, caller: Receiving, key: Idempotency) -> Response:
        """Keeps how far the reader has read. It may go back, to read again."""

        async def does(_: Endpoint) -> Mapping[str, Any]:
            if not await deliveries.commit(endpoint_id, reading.upto):
                raise FurtherThanThere("There is no message of that number yet.")
            return {"committed": reading.upto}

        return await act(endpoint_id, does, caller=caller, key=key)

    @router.post("/reconcile", response_model=Reconciled)
    async def reconcile(endpoint_id: Id, asked: Reconciliation, caller: Receiving, key: Idempotency) -> Response:
        """Tells exactly which numbers a receiver lacks that has these, and sends them again if it asks for it. Where
        the last of those it says it holds (`held`) is another message here, it is refused (409, `log-diverged`), with
        the last of them that is not (`last_common`)."""

        async def does(endpoint: Endpoint) -> Mapping[str, Any]:
            await deliveries.check(endpoint_id, held_place(asked))
            last = (await deliveries.count(endpoint_id)).last
            beyond = max((run.last for run in asked.received), default=0)
            if max(beyond, asked.after) > last:
                raise FurtherThanThere(
                    f"There is no message of number {max(beyond, asked.after)}; the last is {last}. Whoever has it has"
                    " it from elsewhere."
                )
            upto = last if asked.upto is None else min(asked.upto, last)
            has = [(run.first, run.last) for run in asked.received]
            rows = await deliveries.list_missing(endpoint_id, has, after=asked.after, upto=upto, limit=MOST_MISSING + 1)
            told = rows[:MOST_MISSING]
            sent = [row["delivery_id"] for row in told if asked.resend and not row["over"]]
            resent = await again(endpoint_id, endpoint, sent, caller, key)
            following = told[-1]["sequence"] if len(rows) > MOST_MISSING else None
            missing = [numbered(row, endpoint, whole=False) for row in told]
            told_of = {"resent": resent["deliveries"], "held_up": resent["held_up"]}
            return {"missing": missing, "upto": upto, "next_after": following, **told_of}

        return await act(endpoint_id, does, caller=caller, key=key)

    @router.get("/deliveries", response_model=DeliveryPage)
    async def list_deliveries(
        endpoint_id: Id, caller: Looking, state: States | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """What was and is to be sent there, tests and challenges too, the newest first."""
        place = DELIVERIES.after(cursor)
        await read(endpoint_id, caller)
        before = (datetime.fromisoformat(place[0]), place[1]) if place else None
        rows = await deliveries.list_deliveries(endpoint_id, state=state, before=before, limit=limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        following = DELIVERIES.cursor(last["made_at"].isoformat(), last["id"]) if last else None
        return JsonResponse({"items": rows[:limit], "next": following})

    @router.get("/deliveries/{delivery_id}/attempts", response_model=Attempts)
    async def list_attempts(endpoint_id: Id, delivery_id: Id, caller: Looking) -> Response:
        """Every try of one delivery: what was answered, or why nothing was."""
        await read(endpoint_id, caller)
        if not await deliveries.knows(endpoint_id, delivery_id):
            raise NotFound("There is no such delivery here.")
        return JsonResponse({"items": await deliveries.list_attempts(endpoint_id, delivery_id)})

    @router.post("/resend", response_model=Resent)
    async def resend(endpoint_id: Id, asked: Resending, caller: Administrator, key: Idempotency) -> Response:
        """Sends these again now, one delivery at most every five seconds. It uses up no try of the schedule: if it
        fails, the next is made when it was to be made. What is under way or due is not sent twice."""

        async def does(endpoint: Endpoint) -> Mapping[str, Any]:
            chosen = await deliveries.choose(endpoint_id, asked.sequences, asked.deliveries)
            return {**await again(endpoint_id, endpoint, chosen, caller, key), "dry_run": False}

        return await act(endpoint_id, does, caller=caller, key=key)

    @router.post("/recover", response_model=Resent)
    async def recover(endpoint_id: Id, asked: Recovery, caller: Administrator, key: Idempotency) -> Response:
        """Sends again everything put from `since` up to `until` that has failed or waits for a try, ten thousand at
        most. It is counted and nothing is sent, unless `dry_run` is false."""

        async def does(endpoint: Endpoint) -> Mapping[str, Any]:
            check_period(asked.since, asked.until, now=now())
            failed = await deliveries.list_failed(endpoint_id, asked.since, asked.until)
            if asked.dry_run:
                return {"deliveries": len(failed), "held_up": 0, "dry_run": True}
            return {**await again(endpoint_id, endpoint, failed, caller, key), "dry_run": False}

        return await act(endpoint_id, does, caller=caller, key=key)

    @router.post("/test", response_model=Tested, status_code=202)
    async def test(endpoint_id: Id, caller: Administrator, key: Idempotency) -> Response:
        """Sends a test by the way that everything goes. A receiver that has not consented yet is sent the challenge
        once more."""

        async def does(_: Endpoint) -> Mapping[str, Any]:
            return {"delivery_id": await deliveries.test(request(caller, key), endpoint_id, caller.subject)}

        return await act(endpoint_id, does, caller=caller, key=key, status=202)

    return router


def request(caller: Caller, key: IdempotencyKey) -> UUID:
    """The id what is asked by hand is done once under."""
    return uuid5(OURS, f"request\n{caller.subject}\n{key.key}")
