"""Held letters over HTTP: what blocks each, when it opens, its release, the ministry's waiver, and its way out."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from services.eventlog.events import Event
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion, etag, not_modified
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.paging import Cursor, Limit, Listing, Page
from services.httpapi.problem import NotFound
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id
from services.notifications.acts.answers import show_held
from services.notifications.acts.command_handler import NotificationCommands
from services.notifications.acts.requests import Because
from services.notifications.acts.responses import Certificate, HeldShown, ItemRow
from services.notifications.channel.rules import arrived, send_again
from services.notifications.facts.held_state import Held
from services.notifications.gate.certificate import certificate
from services.notifications.release import acts, rules
from services.notifications.release.requests import Delivery, Release, Waiver

AWARDS = Listing("awards", int)

Anybody = Annotated[Caller, allow(*STAFF)]
CaseworkerOrApprover = Annotated[Caller, allow(Role.caseworker, Role.approver)]
Approver = Annotated[Caller, allow(Role.approver)]
Waiving = Annotated[Caller, allow(Role.caseworker, Role.ministry)]


def award_router(acting: NotificationCommands) -> Router:
    router = Router(prefix="/v1/awards", tags=["awards"])
    reading = acting.reading
    an_award = "/{case_id}"

    async def act(
        case_id: UUID, rule: Callable[[Held], Sequence[Event]], *, caller: Caller, key: IdempotencyKey, expected: int
    ) -> Response:
        return await acting.on_held(f"letter-{case_id}", rule, caller=caller, key=key, expected=expected)

    @router.get("", response_model=Page[ItemRow])
    async def list_awards(
        _: Anybody, released: Literal["true", "false"] | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """The letters that are held here or were, oldest first: when each opens, and how far it has come."""
        place = AWARDS.after(cursor)
        rows = await reading.list_items(
            "letter",
            released=None if released is None else released == "true",
            after=int(place[0]) if place else 0,
            limit=limit + 1,
        )
        following = AWARDS.cursor(rows[limit - 1]["position"]) if len(rows) > limit else None
        return JsonResponse({"items": rows[:limit], "next": following})

    @router.get(an_award, response_model=HeldShown)
    async def show(case_id: Id, request: Request, _: Anybody) -> Response:
        """The letter as it stands: its notices, when it opens (the instant, and the Norwegian day in words), and what
        blocks it now. Its ETag is the version an act must name in If-Match."""
        item = f"letter-{case_id}"
        standing = await reading.standing(item)
        if not standing.history.version:
            raise NotFound("No award of that case is known here.")
        tag = etag(standing.history.version)
        shown = show_held(item, standing.held, standing.told, await reading.clocks(acting.now()))
        return not_modified(request, tag) or JsonResponse(shown, headers={"ETag": tag})

    @router.put(an_award + "/release", response_model=HeldShown)
    async def let_out(
        case_id: Id, asked: Release, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Lets the letter out if the gate is open. If not, the refusal says why and from when; with `when_open` the
        order is kept instead, and the letter leaves as soon as it may."""
        item = f"letter-{case_id}"
        return await acts.let_out(acting, item, when_open=asked.when_open, caller=caller, key=key, expected=expected)

    @router.put(an_award + "/release/stop", response_model=HeldShown)
    async def stop(
        case_id: Id, because: Because, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Takes the order back before it is carried out."""
        return await act(
            case_id,
            lambda held: rules.stop_release(held, reason=because.reason, stopped_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post(an_award + "/waivers", response_model=HeldShown)
    async def propose_waiver(
        case_id: Id, waiver: Waiver, caller: Waiving, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records the ministry's written waiver of its days for this very letter. A second person must confirm."""
        return await act(
            case_id,
            lambda held: rules.propose_waiver(
                held, document=waiver.document, document_sha256=waiver.document_sha256, proposed_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(an_award + "/waivers/confirmation", response_model=HeldShown)
    async def confirm_waiver(case_id: Id, caller: Approver, expected: ExpectedVersion, key: Idempotency) -> Response:
        """A second person finds the waiver true, for the letter as it is."""
        return await acting.towards_its_way_out(
            f"letter-{case_id}",
            lambda held, words: rules.confirm_waiver(held, words=words, confirmed_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post(an_award + "/waivers/rejection", response_model=HeldShown)
    async def reject_waiver(
        case_id: Id, because: Because, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """The document waives nothing for this letter."""
        return await act(
            case_id,
            lambda held: rules.reject_waiver(held, reason=because.reason, rejected_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(an_award + "/delivery", response_model=HeldShown)
    async def record_delivery(
        case_id: Id, delivery: Delivery, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records what a person knows of a letter's arrival, where the channel cannot tell."""
        return await act(
            case_id,
            lambda held: arrived(
                held,
                delivered_at=delivery.delivered_at,
                evidence=delivery.evidence,
                told_by=caller.subject,
                now=acting.now(),
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post(an_award + "/sendings", response_model=HeldShown)
    async def send_once_more(
        case_id: Id, because: Because, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Has a released letter sent once more that did not leave, or of which nobody can tell."""
        return await acting.towards_its_way_out(
            f"letter-{case_id}",
            lambda held, words: send_again(held, words=words, reason=because.reason, asked_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.get(an_award + "/certificate", response_model=Certificate)
    async def read_certificate(case_id: Id, _: Anybody) -> Response:
        """What shows that the letter left lawfully: verified offline by contracts/verify_certificate.py."""
        told = await certificate(reading, f"letter-{case_id}")
        if told is None:
            raise NotFound("The letter is not released, so there is nothing to certify.")
        return JsonResponse(told)

    return router
