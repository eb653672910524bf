"""Payments of lost batches over HTTP: which there are, and what was found out of each."""

from typing import Annotated, Any

from fastapi.encoders import jsonable_encoder
from starlette.responses import JSONResponse, Response

from services.eventlog.folding import fold_once
from services.grants.case.events.disbursement import LostOutcome
from services.grants.disbursement.lost.rules import STREAM, LostBatches, evolve_lost, settle
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Body, Id, Prose


class FoundOut(Body):
    """What accounting did with it, and how that was found out."""

    outcome: LostOutcome
    reason: Prose


def lost_router(desk: CommandHandler) -> Router:
    router = Router(prefix="/v1/lost-payments", tags=["payment-batches"])

    @router.get("")
    async def list_lost_payments(_: Annotated[Caller, allow(*STAFF)]) -> Response:
        """Payments of batches that the log lost when it was brought back to an earlier instant. Accounting may have
        been asked for each. Nothing more of its case is asked for until all of them are settled."""
        history = await desk.log.load(STREAM)
        return JSONResponse(
            jsonable_encoder({"items": _shown(fold_once(evolve_lost, history.events, LostBatches)), "next": None})
        )

    @router.put("/{payment_id}/settlement")
    async def settle_lost_payment(
        payment_id: Id, found: FoundOut, caller: Annotated[Caller, allow(Role.controller)], key: Idempotency
    ) -> Response:
        """Says what accounting did with it: not paid, and never will be; or paid, once that is booked on its case."""
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
            ),
            answer=lambda _: Answer(body={"payment_id": str(payment_id), "outcome": found.outcome}),
        )

    return router


def _shown(lost: LostBatches) -> list[dict[str, Any]]:
    shown = []
    for batch, line in lost.lines:
        settled = lost.settled.get(line.payment_id)
        shown.append(
            {
                "payment_id": line.payment_id,
                "case_id": line.case_id,
                "amount_ore": line.amount_ore,
                "batch_id": batch.batch_id,
                "file_name": batch.file_name,
                "made_on": batch.made_on,
                "outcome": settled.outcome if settled else None,
                "reason": settled.reason if settled else None,
                "settled_by": settled.settled_by if settled else None,
            }
        )
    return shown
