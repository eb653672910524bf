"""Reclaims and repayments over HTTP: warn, decide, reduce; what the recipient pays back, or is paid less."""

from collections.abc import Sequence
from typing import Annotated

from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.grants.case.command_handler import CaseCommands
from services.grants.case.events.award_change import Reduction
from services.grants.case.hearing import Exemption, ExemptionCode
from services.grants.case.responses import CaseShown
from services.grants.withholding.claims import Claims, evolve
from services.grants.withholding.reclaim import decide_reclaim, reduce_reclaim, warn_of_reclaim
from services.grants.withholding.repayment import net_reclaim, receive_repayment
from services.grants.withholding.routes import Approver, Caseworker, Number, ReasonAsked, read_reasons
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Body, DatedBody, Day, Id, Line, Many, Ordinal, Ore, Prose


class ExemptionAsked(Body):
    """Forvaltningsloven § 16 third paragraph a, b or c, and the facts for it."""

    code: ExemptionCode
    ground: Prose

    def fact(self) -> Exemption:
        return Exemption(code=self.code, ground=self.ground)


class ReclaimWarning(DatedBody):
    """What may be claimed back (whole øre) and why; the recipient may answer to the end of `reply_by`. Or, instead of
    `reply_by`, why no warning is owed."""

    amount_ore: Ore
    reasons: Many[ReasonAsked]
    reply_by: Day | None = None
    exemption: ExemptionAsked | None = None
    warned_on: Day


class Reclaim(DatedBody):
    """What is claimed back of an instalment (whole øre), why, the last day to pay it, and the day of the decision."""

    instalment: Ordinal
    amount_ore: Ore
    reasons: Many[ReasonAsked]
    pay_by: Day
    decided_on: Day


class ReclaimReduction(DatedBody):
    """How much less is claimed (whole øre), why, and from which day."""

    amount_ore: Ore
    reason: Prose
    reduced_on: Day


class NettedAgainst(Body):
    """What of an instalment (whole øre) is not paid but settles the claim."""

    instalment: Ordinal
    amount_ore: Ore


class Netting(DatedBody):
    """What the claim is settled against, and the day."""

    against: Many[NettedAgainst]
    netted_on: Day


class Repayment(Body):
    """What came back (whole øre), its voucher and the day it came; of which reclaim or, unasked, instalment."""

    reclaim: Ordinal | None = None
    instalment: Ordinal | None = None
    amount_ore: Ore
    voucher: Line
    received_on: Day


Bookkeeper = Annotated[Caller, allow(Role.controller, Role.caseworker)]


def fold(events: Sequence[Event]) -> Claims:
    """The case as reclaiming knows it."""
    return fold_once(evolve, events, Claims)


def reclaim_router(cases: CaseCommands) -> Router:
    router = Router(prefix="/v1/cases", tags=["reclaims"])

    @router.put("/{case_id}/instalments/{number}/reclaim-warning", response_model=CaseShown)
    async def give_reclaim_warning(
        case_id: Id,
        number: Number,
        warning: ReclaimWarning,
        caller: Caseworker,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Warns the recipient of a reclaim, with time to answer, or records the exemption from it."""
        exemption = warning.exemption.fact() if warning.exemption else None
        return await cases.act(
            case_id,
            fold,
            lambda case: warn_of_reclaim(
                case,
                instalment=number,
                amount_ore=warning.amount_ore,
                reasons=read_reasons(warning.reasons),
                reply_by=warning.reply_by,
                exemption=exemption,
                warned_on=warning.warned_on,
                warned_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/{case_id}/reclaims", response_model=CaseShown)
    async def decide_a_reclaim(
        case_id: Id, reclaim: Reclaim, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Claims paid money back, once the recipient has been heard. Not by whoever warned of it."""
        return await cases.act(
            case_id,
            fold,
            lambda case: decide_reclaim(
                case,
                instalment=reclaim.instalment,
                amount_ore=reclaim.amount_ore,
                reasons=read_reasons(reclaim.reasons),
                pay_by=reclaim.pay_by,
                decided_on=reclaim.decided_on,
                decided_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/{case_id}/reclaims/{number}/reductions", response_model=CaseShown)
    async def reduce_a_reclaim(
        case_id: Id,
        number: Number,
        reduction: ReclaimReduction,
        caller: Approver,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Claims less than was decided, down to nothing."""
        return await cases.act(
            case_id,
            fold,
            lambda case: reduce_reclaim(
                case,
                number=number,
                amount_ore=reduction.amount_ore,
                reason=reduction.reason,
                reduced_on=reduction.reduced_on,
                reduced_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/{case_id}/reclaims/{number}/netting", response_model=CaseShown)
    async def net_a_reclaim(
        case_id: Id, number: Number, netting: Netting, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Settles a reclaim against money the recipient is still owed in the case. Not by whoever warned of it."""
        against = tuple(Reduction(instalment=each.instalment, amount_ore=each.amount_ore) for each in netting.against)
        return await cases.act(
            case_id,
            fold,
            lambda case: net_reclaim(
                case, number=number, reductions=against, netted_on=netting.netted_on, netted_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/{case_id}/repayments", response_model=CaseShown)
    async def record_repayment(
        case_id: Id, repayment: Repayment, caller: Bookkeeper, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Records that the recipient paid money back. Not by whoever decided the reclaim it answers."""
        return await cases.act(
            case_id,
            fold,
            lambda case: receive_repayment(
                case,
                reclaim=repayment.reclaim,
                instalment=repayment.instalment,
                amount_ore=repayment.amount_ore,
                voucher=repayment.voucher,
                received_on=repayment.received_on,
                recorded_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    return router
