"""Payments of lost batches over HTTP: which there are, and what was found out of each."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from starlette.responses import Response

from services.eventlog.folding import fold_once
from services.grants.case.command_handler import stream_of
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.case.events.lost_payment import LostOutcome
from services.grants.disbursement.lost.responses import LostPayment, LostPaymentFound
from services.grants.disbursement.lost.rules import STREAM, LostBatches, evolve_lost, settle
from services.grants.disbursement.view import fold
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import Page
from services.httpapi.route import Router
from services.httpapi.strict.fields import Body, Id, Line, Prose


class FoundOut(Body):
    """What accounting did with it, and how that was found out; of what it paid, the voucher it is booked by."""

    outcome: LostOutcome
    reason: Prose
    voucher: Line | None = None


def lost_router(desk: CommandHandler) -> Router:
    router = Router(prefix="/v1/lost-payments", tags=["payment-batches"])

    async def lost_batches() -> LostBatches:
        return fold_once(evolve_lost, (await desk.log.load(STREAM)).events, LostBatches)

    @router.get("", response_model=Page[LostPayment])
    async def list_lost_payments(_: Annotated[Caller, allow(*STAFF)]) -> Response:
        """Payments of batches that the log lost when it was brought back to an earlier instant. Accounting may have
        been asked for each. Nothing more of its case is asked for until all of them are settled."""
        items = [shown.model_dump(mode="json") for shown in _shown(await lost_batches())]
        return JsonResponse({"items": items, "next": None})

    @router.put("/{payment_id}/settlement", response_model=LostPaymentFound)
    async def settle_lost_payment(
        payment_id: Id, found: FoundOut, caller: Annotated[Caller, allow(Role.controller)], key: Idempotency
    ) -> Response:
        """Says what accounting did with it: not paid, and never will be; or paid, by the voucher it is booked by on its
        case. Not by whoever booked it."""
        booked = await _booked(desk, await lost_batches(), payment_id)
        return await desk.carry_out(
            STREAM,
            caller=caller,
            key=key,
            decide=lambda history: settle(
                fold_once(evolve_lost, history.events, LostBatches),
                payment_id=payment_id,
                outcome=found.outcome,
                reason=found.reason,
                settled_by=caller.subject,
                voucher=found.voucher,
                booked=booked,
            ),
            answer=lambda _: Answer(body={"payment_id": str(payment_id), "outcome": found.outcome}),
        )

    return router


async def _booked(desk: CommandHandler, lost: LostBatches, payment_id: UUID) -> Sequence[InstalmentPaid]:
    """The payments by hand of the case of a lost payment. What is booked stays, so it can be read before."""
    cases = [line.case_id for _, line in lost.lines if line.payment_id == payment_id]
    return fold((await desk.log.load(stream_of(cases[0]))).events).history if cases else ()


def _shown(lost: LostBatches) -> list[LostPayment]:
    shown = []
    for batch, line in lost.lines:
        settled = lost.settled.get(line.payment_id)
        shown.append(
            LostPayment(
                payment_id=line.payment_id,
                case_id=line.case_id,
                amount_ore=line.amount_ore,
                batch_id=batch.batch_id,
                file_name=batch.file_name,
                made_on=batch.made_on,
                outcome=settled.outcome if settled else None,
                voucher=settled.voucher if settled else None,
                reason=settled.reason if settled else None,
                settled_by=settled.settled_by if settled else None,
                deviation="paid-and-not-booked" if lost.is_amiss(line.payment_id) else None,
            )
        )
    return shown
