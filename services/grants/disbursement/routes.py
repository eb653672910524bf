"""Payments over HTTP: what the accounts paid, recorded by one who attests it."""

from collections.abc import Sequence
from functools import reduce
from typing import Annotated

from starlette.responses import Response

from services.eventlog.events import Event
from services.grants.case_file import CaseFile
from services.grants.disbursement.rules import Disbursement, confirm_condition, evolve, pay
from services.httpapi.caller import Caller, Role, allow
from services.httpapi.etag import ExpectedVersion
from services.httpapi.fields import Body, Day, Digits, Id, Line, Ore, Prose
from services.httpapi.idempotency import Idempotency
from services.httpapi.route import Router


class Payment(Body):
    """What was paid of an instalment (whole øre), the day it was paid, and the voucher in the accounts."""

    amount_ore: Ore
    paid_on: Day
    reference: Line


class ConditionMet(Body):
    """How we know that what the instalment waited for has happened, and since when."""

    ground: Prose
    met_on: Day


Number = Annotated[int, Digits(1, 1000)]


def fold(events: Sequence[Event]) -> Disbursement:
    """The case as this room knows it."""
    return reduce(evolve, events, Disbursement())


def disbursement_router(cases: CaseFile) -> Router:
    router = Router(prefix="/v1/cases", tags=["disbursements"])

    @router.put("/{case_id}/instalments/{number}/condition")
    async def record_condition_met(
        case_id: Id,
        number: Number,
        met: ConditionMet,
        caller: Annotated[Caller, allow(Role.caseworker)],
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Records that the instalment's condition is met."""
        asked = {"instalment": number, **met.model_dump(), "confirmed_by": caller.subject}
        return await cases.act(case_id, confirm_condition, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.post("/{case_id}/instalments/{number}/payments")
    async def record_payment(
        case_id: Id,
        number: Number,
        payment: Payment,
        caller: Annotated[Caller, allow(Role.attestor)],
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Records an instalment, or a part of it, as paid. Not by whoever approved the award."""
        asked = {"instalment": number, **payment.model_dump(), "attested_by": caller.subject}
        return await cases.act(case_id, pay, asked, fold=fold, caller=caller, key=key, expected=expected)

    return router
