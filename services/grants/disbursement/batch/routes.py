"""Payment requests over HTTP: a batch made, its file, accounting's answers, and whether it all adds up."""

from typing import Annotated, Literal

from psycopg_pool import AsyncConnectionPool
from pydantic import Field
from starlette.responses import Response

from services.grants.case_number.view import CaseNumbers
from services.grants.disbursement.batch.account_rows import AccountRows
from services.grants.disbursement.batch.command_handler import Requesting
from services.grants.disbursement.batch.receipts import NotPaid, Paid, Receipt
from services.grants.disbursement.batch.responses import show_batch
from services.grants.disbursement.payment_lists import BatchRow, list_batches, reconcile
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import Cursor, Limit, Listing, page_of
from services.httpapi.route import Router
from services.httpapi.strict.fields import Body, DatedBody, Day, Digits, Id, Line, Many, Ore

BATCHES = Listing("payment-batches", int)


class BatchAsked(DatedBody):
    """Everything attested up to this day, the day included; the day the batch is made."""

    made_on: Day


class PaidAsked(Body):
    """Paid: the amount (whole øre), the voucher in the accounts, and the day the money left."""

    outcome: Literal["paid"]
    payment_id: Id
    amount_ore: Ore
    voucher: Line
    answered_on: Day


class RefusedAsked(Body):
    """Not paid: accounting's code, why in words, and the day."""

    outcome: Literal["refused"]
    payment_id: Id
    amount_ore: Ore
    code: Line
    reason: Line
    answered_on: Day


class Receipts(Body):
    """Accounting's answers, each to one payment of the batch."""

    receipts: Many[Annotated[PaidAsked | RefusedAsked, Field(discriminator="outcome")]]


Controller = Annotated[Caller, allow(Role.controller)]
Anybody = Annotated[Caller, allow(*STAFF)]


def batch_router(requesting: Requesting, rows: AccountRows, pool: AsyncConnectionPool) -> Router:
    router = Router(prefix="/v1", tags=["payment-batches"])

    @router.post("/payment-batches", status_code=201)
    async def make_payment_batch(asked: BatchAsked, caller: Controller, key: Idempotency) -> Response:
        """Makes one batch of everything attested up to a day, and hands its file to accounting. What may no longer be
        paid is left out and listed. At most 1,000 payments; the rest waits for the next batch."""
        return await requesting.make(made_on=asked.made_on, caller=caller, key=key)

    @router.get("/payment-batches", response_model=page_of(BatchRow))
    async def list_payment_batches(_: Anybody, cursor: Cursor = None, limit: Limit = 50) -> Response:
        """Batches, the newest first. The list follows the log within moments."""
        place = BATCHES.after(cursor)
        rows_found = await list_batches(pool, before=int(place[0]) if place else None, limit=limit + 1)
        following = BATCHES.cursor(rows_found[limit - 1].made_position) if len(rows_found) > limit else None
        return JsonResponse({"items": rows_found[:limit], "next": following})

    @router.get("/payment-batches/{batch_id}")
    async def show_payment_batch(batch_id: Id, _: Anybody) -> Response:
        """The batch with each payment's answer; what is paid, refused and unanswered adds up to the control total."""
        shown = show_batch(await requesting.batch(batch_id))
        return JsonResponse(shown | {"lines": await CaseNumbers(pool).numbered(shown["lines"])})

    @router.get("/payment-batches/{batch_id}/file")
    async def read_payment_file(batch_id: Id, _: Controller) -> Response:
        """The exact bytes whose SHA-256 the batch records. They hold account numbers."""
        made = (await requesting.batch(batch_id)).made
        assert made is not None, "a batch begins with its making"
        headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"', "Cache-Control": "no-store"}
        return Response(await rows.read_file(made.sha256), media_type="application/jsonl", headers=headers)

    @router.post("/payment-batches/{batch_id}/receipts")
    async def take_payment_receipts(batch_id: Id, asked: Receipts, caller: Controller, key: Idempotency) -> Response:
        """Takes accounting's answers, all or none. The same answer again is nothing; what cannot be so is listed."""
        receipts = [_receipt(each) for each in asked.receipts]
        return await requesting.take(batch_id, receipts, caller=caller, key=key)

    @router.get("/payments/reconciliation")
    async def reconcile_payments(year: Annotated[int, Digits(1900, 2199)], _: Anybody) -> Response:
        """Each post of a budget year: attested, unanswered, refused, paid and repaid, beside the ledger's disbursed as
        it was known when the list last moved. The difference is never anything but nothing."""
        return JsonResponse({"items": await reconcile(pool, year), "next": None})

    return router


def _receipt(asked: PaidAsked | RefusedAsked) -> Receipt:
    if isinstance(asked, PaidAsked):
        return Paid(
            payment_id=asked.payment_id,
            amount_ore=asked.amount_ore,
            voucher=asked.voucher,
            answered_on=asked.answered_on,
        )
    return NotPaid(
        payment_id=asked.payment_id,
        amount_ore=asked.amount_ore,
        code=asked.code,
        reason=asked.reason,
        answered_on=asked.answered_on,
    )
