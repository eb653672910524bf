"""Notices over HTTP: gathered, sent, received, objected to, lifted, withdrawn.

The directorate prepares and sends; the ministry acknowledges, objects and lifts. A receipt that a person records takes
a second person.
"""

import hashlib
from typing import Annotated, Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from services.calendar.days import day_of
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion, etag, not_modified
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import WHOLE_UNTIL, Cursor, Limit, Listing, Page
from services.httpapi.problem import NotFound
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id
from services.notifications.acts.answers import LINES, show_notice
from services.notifications.acts.command_handler import NotificationCommands
from services.notifications.acts.requests import Because
from services.notifications.acts.responses import NoticeRow, NoticeShown
from services.notifications.facts.notice import About
from services.notifications.facts.notice_state import fold, stream_of
from services.notifications.notice import rules
from services.notifications.notice.document import document
from services.notifications.notice.gathering import gather
from services.notifications.notice.ministry_routes import A_NOTICE, add_ministrys_acts
from services.notifications.notice.requests import Ordering, Preparing, Receipt, id_of

NOTICES = Listing("notices", str)
AS_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}

Anybody = Annotated[Caller, allow(*STAFF)]
Caseworker = Annotated[Caller, allow(Role.caseworker)]
CaseworkerOrApprover = Annotated[Caller, allow(Role.caseworker, Role.approver)]
Approver = Annotated[Caller, allow(Role.approver)]


def notice_router(acting: NotificationCommands) -> Router:
    router = Router(prefix="/v1/notices", tags=["notices"])
    reading = acting.reading

    @router.post("", response_model=NoticeShown)
    async def prepare_notice(preparing: Preparing, caller: Caseworker, key: Idempotency) -> Response:
        """Gathers everything the notice is about that waits and owes notice, as it now is. The answer tells by which
        day it must be received for the planned day to hold, once it is ordered."""
        about = About(kind=preparing.about.kind, id=id_of(preparing.about))
        lines = await gather(reading, about)
        return await acting.on_notice(
            uuid4(),
            lambda notice: rules.prepare(
                notice,
                about=about,
                lines=lines,
                planned_on=preparing.planned_on,
                renews=preparing.renews,
                prepared_by=caller.subject,
                today=day_of(acting.now()),
            ),
            caller=caller,
            key=key,
            expected=0,
        )

    @router.get("", response_model=Page[NoticeRow])
    async def list_notices(_: Anybody, cursor: Cursor = None, limit: Limit = 50) -> Response:
        """Every notice, with how far it has come."""
        place = NOTICES.after(cursor)
        rows = await reading.list_notices(after=str(place[0]) if place else "", limit=limit + 1)
        following = NOTICES.cursor(rows[limit - 1]["notice"]) if len(rows) > limit else None
        return JsonResponse({"items": rows[:limit], "next": following})

    @router.get(A_NOTICE, response_model=NoticeShown)
    async def show(
        notice_id: Id, request: Request, _: Anybody, cursor: Cursor = None, limit: Limit = WHOLE_UNTIL
    ) -> Response:
        """The notice as it stands, with its lines in pages: they are the same for good. Its ETag is the version an act
        must name in If-Match."""
        place = LINES.after(cursor)
        notice = fold((await reading.log.load(stream_of(notice_id))).facts)
        if not notice.version:
            raise NotFound("There is no such notice.")
        tag = etag(notice.version)
        body = show_notice(notice_id, notice, after=place, limit=limit)
        return not_modified(request, tag) or JsonResponse(body, headers={"ETag": tag})

    @router.put(A_NOTICE + "/order", response_model=NoticeShown)
    async def order_notice(
        notice_id: Id, ordering: Ordering, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Renders the notice, freezes the rule of counting in force, and has it sent."""
        notice = fold((await reading.log.load(stream_of(notice_id))).facts)
        policy = await reading.policy()
        content = b""
        if notice.prepared:
            kind, planned_on = notice.prepared.about.kind, notice.prepared.planned_on
            content = document(notice_id, notice.prepared.lines, policy=policy, planned_on=planned_on, kind=kind)
            await acting.files.keep(content)
        waits = await reading.waits_for(stream_of(notice_id))
        return await acting.on_notice(
            notice_id,
            lambda it: rules.order(
                it,
                channel=ordering.channel,
                channels=acting.channels,
                policy=policy,
                document_sha256=hashlib.sha256(content).hexdigest(),
                waits=waits,
                ordered_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.get(
        A_NOTICE + "/document",
        response_class=Response,
        responses=AS_TEXT,
    )
    async def read_document(notice_id: Id, _: Anybody) -> Response:
        """The notice as the ministry reads it, byte for byte as it was sent."""
        notice = fold((await reading.log.load(stream_of(notice_id))).facts)
        content = await acting.files.find(notice.ordered.document_sha256) if notice.ordered else None
        if content is None:
            raise NotFound("The notice is not ordered, so it is not rendered.")
        return Response(content, media_type="text/plain; charset=utf-8")

    @router.post(A_NOTICE + "/sendings", response_model=NoticeShown)
    async def send_again(
        notice_id: Id, because: Because, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Has it sent once more. What was received of the earlier sending counts no longer."""
        waits = await reading.waits_for(stream_of(notice_id))
        return await acting.on_notice(
            notice_id,
            lambda notice: rules.send_again(notice, reason=because.reason, waits=waits, asked_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post(A_NOTICE + "/receipts", response_model=NoticeShown)
    async def propose_receipt(
        notice_id: Id, receipt: Receipt, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that the ministry has answered by other means, and what shows it. A second person must confirm."""
        return await acting.on_notice(
            notice_id,
            lambda notice: rules.propose_receipt(
                notice,
                received_at=receipt.received_at,
                evidence=receipt.evidence,
                evidence_sha256=receipt.evidence_sha256,
                proposed_by=caller.subject,
                now=acting.now(),
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(A_NOTICE + "/receipts/confirmation", response_model=NoticeShown)
    async def confirm_receipt(notice_id: Id, caller: Approver, expected: ExpectedVersion, key: Idempotency) -> Response:
        """A second person finds that the ministry has it. From then on its days are counted from the receipt."""
        return await acting.on_notice(
            notice_id,
            lambda notice: rules.confirm_receipt(notice, confirmed_by=caller.subject, now=acting.now()),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post(A_NOTICE + "/receipts/rejection", response_model=NoticeShown)
    async def reject_receipt(
        notice_id: Id, because: Because, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """The second person did not find that it shows a receipt."""
        return await acting.on_notice(
            notice_id,
            lambda notice: rules.reject_receipt(notice, reason=because.reason, rejected_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post(A_NOTICE + "/receipts/revocation", response_model=NoticeShown)
    async def revoke_receipt(
        notice_id: Id, because: Because, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """What was taken for a receipt was none. The days begin anew with the next."""
        return await acting.on_notice(
            notice_id,
            lambda notice: rules.revoke_receipt(notice, reason=because.reason, revoked_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(A_NOTICE + "/withdrawal", response_model=NoticeShown)
    async def withdraw(
        notice_id: Id, because: Because, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """The notice counts no longer. What it listed needs a new one."""
        return await acting.on_notice(
            notice_id,
            lambda notice: rules.withdraw(notice, reason=because.reason, withdrawn_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    add_ministrys_acts(router, acting)
    return router
