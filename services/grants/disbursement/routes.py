"""The instalments of a case over HTTP: what stands in their way, conditions met, attested, taken back, and history."""

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import uuid4

from starlette.responses import Response

from services.eventlog.folding import fold_once
from services.grants.allocation.later_years import LaterYears
from services.grants.back_dating.beginning import Beginning
from services.grants.case.command_handler import CaseCommands, stream_of
from services.grants.case.responses import CaseShown
from services.grants.disbursement.attestation import attest, take_back
from services.grants.disbursement.history import pay
from services.grants.disbursement.lost.rules import STREAM as LOST
from services.grants.disbursement.lost.rules import LostBatches, evolve_lost
from services.grants.disbursement.rules import confirm_condition
from services.grants.disbursement.view import fold, list_instalments
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion, etag
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Body, DatedBody, Day, Digits, Id, Line, Ore, Prose


class HistoricPayment(Body):
    """What was paid of an instalment (whole øre) before this system, or by a payment that a restored log has lost; on
    which day, and the voucher in the accounts."""

    amount_ore: Ore
    paid_on: Day
    reference: Line


class ConditionMet(Body):
    """How we know that what the instalment waited for has happened, and since when."""

    ground: Prose
    met_on: Day


class Attestation(DatedBody):
    """What is to be paid of an instalment (whole øre), on which day, and the day it was found right."""

    amount_ore: Ore
    pay_on: Day
    attested_on: Day


class TakenBack(DatedBody):
    """Why an attestation is taken back, and when."""

    reason: Prose
    taken_back_on: Day


Number = Annotated[int, Digits(1, 1000)]
Attestor = Annotated[Caller, allow(Role.attestor)]


def disbursement_router(
    cases: CaseCommands, later_years: LaterYears, *, beginning: Beginning, today: Callable[[], date]
) -> Router:
    """No payment from the first day this system pays is ever imported; the `beginning` knows which it is."""
    router = Router(prefix="/v1/cases", tags=["disbursements"])

    @router.get("/{case_id}/instalments")
    async def show_instalments(case_id: Id, _: Annotated[Caller, allow(*STAFF)], on: Day | None = None) -> Response:
        """Each instalment with everything that stands in the way of paying it on a day (today, where none is named)."""
        history = await cases.history(case_id)
        covered = await later_years.covered(stream_of(case_id), on or today())
        items = list_instalments(history.events, on=on or today(), open_years=covered)
        content = {"items": items, "next": None}
        return JsonResponse(content, headers={"ETag": etag(history.version)})

    @router.put("/{case_id}/instalments/{number}/condition", response_model=CaseShown)
    async def record_condition_met(
        case_id: Id,
        number: Number,
        met: ConditionMet,
        caller: Annotated[Caller, allow(Role.caseworker)],
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Records that the instalment's condition is met."""
        return await cases.act(
            case_id,
            fold,
            lambda case: confirm_condition(
                case, instalment=number, ground=met.ground, met_on=met.met_on, confirmed_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/{case_id}/instalments/{number}/attestations", response_model=CaseShown)
    async def attest_payment(
        case_id: Id,
        number: Number,
        attestation: Attestation,
        caller: Attestor,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Finds an instalment, or a part of it, right to pay. It goes to accounting with the next batch."""
        payment_id = uuid4()
        open_years = await later_years.covered(stream_of(case_id), attestation.pay_on)
        return await cases.act(
            case_id,
            fold,
            lambda case: attest(
                case,
                payment_id=payment_id,
                instalment=number,
                amount_ore=attestation.amount_ore,
                pay_on=attestation.pay_on,
                attested_on=attestation.attested_on,
                attested_by=caller.subject,
                open_years=open_years,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/{case_id}/payments/{payment_id}/taken-back", response_model=CaseShown)
    async def take_attestation_back(
        case_id: Id,
        payment_id: Id,
        taken_back: TakenBack,
        caller: Attestor,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Takes an attestation back while accounting has not been asked. Its money is free again."""
        return await cases.act(
            case_id,
            fold,
            lambda case: take_back(
                case,
                payment_id=payment_id,
                reason=taken_back.reason,
                taken_back_on=taken_back.taken_back_on,
                taken_back_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/{case_id}/instalments/{number}/payments", response_model=CaseShown)
    async def import_payment(
        case_id: Id,
        number: Number,
        payment: HistoricPayment,
        caller: Attestor,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Records what was paid of an instalment before this system, from the accounts; or since, by a payment of a
        lost batch. Not by whoever approved it."""
        approved = fold((await cases.history(case_id)).events).commitment.approved
        charged = await later_years.post_in(approved.fund_id, payment.paid_on.year) if approved else None
        open_years = await later_years.covered(stream_of(case_id), payment.paid_on)
        began = await beginning.day()
        said_of_lost = await cases.desk.log.load(LOST)
        lost = fold_once(evolve_lost, said_of_lost.events, LostBatches)
        return await cases.act(
            case_id,
            fold,
            lambda case: pay(
                case,
                instalment=number,
                amount_ore=payment.amount_ore,
                paid_on=payment.paid_on,
                reference=payment.reference,
                attested_by=caller.subject,
                system_began_on=began,
                open_years=open_years,
                charged_post_id=charged,
                lost=lost,
                case_id=case_id,
            ),
            caller=caller,
            key=key,
            expected=expected,
            rests_on={LOST: said_of_lost.version} if lost.batches else None,
        )

    return router
