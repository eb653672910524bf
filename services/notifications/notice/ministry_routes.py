"""The ministry's own acts on a notice over HTTP: acknowledged, objected to, lifted."""

from typing import Annotated

from starlette.responses import Response

from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Digits, Id
from services.notifications.acts.command_handler import NotificationCommands
from services.notifications.acts.requests import Because
from services.notifications.acts.responses import NoticeShown
from services.notifications.notice import objections, rules
from services.notifications.notice.requests import Objecting

A_NOTICE = "/{notice_id}"
Objection = Annotated[int, Digits(1, 1000)]
Ministry = Annotated[Caller, allow(Role.ministry)]


def add_ministrys_acts(router: Router, acting: NotificationCommands) -> None:
    """Nobody who had a hand in what the notice lists acts on it here."""

    @router.put(A_NOTICE + "/acknowledgement", response_model=NoticeShown)
    async def acknowledge(notice_id: Id, caller: Ministry, expected: ExpectedVersion, key: Idempotency) -> Response:
        """The ministry says that it has the notice, now."""
        return await acting.by_the_ministry(
            notice_id,
            lambda notice, hands: rules.acknowledge(
                notice, hands=hands, acknowledged_by=caller.subject, now=acting.now()
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post(A_NOTICE + "/objections", response_model=NoticeShown)
    async def object_to(
        notice_id: Id, objecting: Objecting, caller: Ministry, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """The ministry stops what it names, or all of it, until it lifts the objection."""
        return await acting.by_the_ministry(
            notice_id,
            lambda notice, hands: objections.object_to(
                notice, hands=hands, items=objecting.items, text=objecting.text, objected_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(A_NOTICE + "/objections/{objection}/lifting", response_model=NoticeShown)
    async def lift(
        notice_id: Id, objection: Objection, because: Because, caller: Ministry, expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:  # fmt: skip
        """The ministry lifts an objection. Its days begin anew for what it stopped."""
        return await acting.by_the_ministry(
            notice_id,
            lambda notice, hands: objections.lift(
                notice,
                hands=hands,
                objection=objection,
                reason=because.reason,
                lifted_by=caller.subject,
                now=acting.now(),
            ),
            caller=caller,
            key=key,
            expected=expected,
        )
