"""Reports and evaluations over HTTP: planned, told of by a notice, published when the ministry has had its days.

This service publishes nothing itself: it says when whoever does may, and keeps what shows it.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import Response

from services.calendar.days import day_of
from services.eventlog.events import Event
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion, etag, not_modified
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import Cursor, Limit, Listing, Page
from services.httpapi.problem import NotFound
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id
from services.notifications.acts.answers import show_held
from services.notifications.acts.command_handler import NotificationCommands
from services.notifications.acts.requests import Because
from services.notifications.acts.responses import Certificate, HeldShown, ItemRow
from services.notifications.facts.held_state import Held
from services.notifications.gate.certificate import certificate
from services.notifications.publication import rules
from services.notifications.publication.acts import publish_if_open
from services.notifications.publication.requests import Planning
from services.notifications.publication.rules import cancel as call_off

PUBLICATIONS = Listing("publications", int)

Anybody = Annotated[Caller, allow(*STAFF)]
Caseworker = Annotated[Caller, allow(Role.caseworker)]
CaseworkerOrApprover = Annotated[Caller, allow(Role.caseworker, Role.approver)]


def publication_router(acting: NotificationCommands) -> Router:
    router = Router(prefix="/v1/publications", tags=["publications"])
    reading = acting.reading
    a_publication = "/{publication_id}"

    async def planning(publication_id: UUID, asked: Planning, caller: Caller) -> Callable[[Held], Sequence[Event]]:
        """The rule, with all that it is asked beside what is held."""
        policy = await reading.policy()
        return lambda held: rules.plan(
            held,
            publication_id=publication_id,
            title=asked.title,
            document_sha256=asked.document_sha256,
            planned_on=asked.planned_on,
            policy_version=policy.version,
            planned_by=caller.subject,
            today=day_of(acting.now()),
        )

    @router.post("", response_model=HeldShown)
    async def plan(asked: Planning, caller: Caseworker, key: Idempotency) -> Response:
        """A report or evaluation is to be published. The ministry is told of it by a notice, as of letters."""
        publication_id = uuid4()
        rule = await planning(publication_id, asked, caller)
        return await acting.on_held(_item(publication_id), rule, caller=caller, key=key, expected=0, at=router.prefix)

    @router.get("", response_model=Page[ItemRow])
    async def list_publications(
        _: Anybody, released: Literal["true", "false"] | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """What is planned or was published, oldest plan first: when each may be."""
        place = PUBLICATIONS.after(cursor)
        wanted = None if released is None else released == "true"
        after = int(place[0]) if place else 0
        rows = await reading.list_items("publication", released=wanted, after=after, limit=limit + 1)
        following = PUBLICATIONS.cursor(rows[limit - 1]["position"]) if len(rows) > limit else None
        return JsonResponse({"items": rows[:limit], "next": following})

    @router.get(a_publication, response_model=HeldShown)
    async def show(publication_id: Id, request: Request, _: Anybody) -> Response:
        """The publication as it stands: its notices, when it may be published, and what is in the way now."""
        item = _item(publication_id)
        standing = await reading.standing(item)
        if not standing.history.version:
            raise NotFound("There is no such publication.")
        tag = etag(standing.history.version)
        shown = show_held(item, standing.held, standing.told, await reading.clocks(acting.now()))
        return not_modified(request, tag) or JsonResponse(shown, headers={"ETag": tag})

    @router.put(a_publication + "/plan", response_model=HeldShown)
    async def plan_otherwise(
        publication_id: Id, asked: Planning, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Another title, document or day. The ministry must be told anew, and its days begin anew."""
        rule = await planning(publication_id, asked, caller)
        return await acting.on_held(_item(publication_id), rule, caller=caller, key=key, expected=expected)

    @router.put(a_publication + "/cancellation", response_model=HeldShown)
    async def cancel(
        publication_id: Id, because: Because, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """It is not to be published after all."""
        return await acting.on_held(
            _item(publication_id),
            lambda held: call_off(held, reason=because.reason, cancelled_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(a_publication + "/release", response_model=HeldShown)
    async def publish(
        publication_id: Id, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Lets it be published if the gate is open. If not, the refusal says why and from when."""
        return await publish_if_open(acting, _item(publication_id), caller=caller, key=key, expected=expected)

    @router.get(a_publication + "/certificate", response_model=Certificate)
    async def read_publication_certificate(publication_id: Id, _: Anybody) -> Response:
        """What shows that it was published lawfully: verified offline by contracts/verify_certificate.py."""
        told = await certificate(reading, _item(publication_id))
        if told is None:
            raise NotFound("It is not released, so there is nothing to certify.")
        return JsonResponse(told)

    return router


def _item(publication_id: UUID) -> str:
    return f"publication-{publication_id}"
