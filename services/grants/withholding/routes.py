"""Withholding over HTTP: warn, or say why not; decide; let go. `reclaim_routes.py` has what is claimed back."""

from collections.abc import Sequence
from typing import Annotated

from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.grants.case.command_handler import CaseCommands
from services.grants.case.events.withholding import Reason, ReasonCode
from services.grants.case.hearing import Exemption, ExemptionCode
from services.grants.case.responses import CaseShown
from services.grants.withholding.rules import Withholding, decide, evolve, release
from services.grants.withholding.warning import omit_warning, warn
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.fields import Body, DatedBody, Day, Digits, Id, Many, Ordinal, Ore, Prose


class ReasonAsked(Body):
    """Why, as a code to count by and in the words the recipient gets."""

    code: ReasonCode
    text: Prose


class Warning(DatedBody):
    """What may be withheld (whole øre) and why; the recipient may answer to the end of `reply_by`."""

    amount_ore: Ore
    reasons: Many[ReasonAsked]
    reply_by: Day
    warned_on: Day


class Omission(DatedBody):
    """Why no warning is owed: forvaltningsloven § 16 third paragraph a, b or c, and the facts for it."""

    amount_ore: Ore
    reasons: Many[ReasonAsked]
    exemption: ExemptionCode
    ground: Prose
    omitted_on: Day


class Decision(DatedBody):
    """What is withheld of an instalment (whole øre), why, and the day of the decision."""

    instalment: Ordinal
    amount_ore: Ore
    reasons: Many[ReasonAsked]
    decided_on: Day


class Release(DatedBody):
    """What is let go of a withholding (whole øre), why, and from which day."""

    amount_ore: Ore
    reason: Prose
    released_on: Day


Number = Annotated[int, Digits(1, 1000)]
Caseworker = Annotated[Caller, allow(Role.caseworker)]
Approver = Annotated[Caller, allow(Role.approver)]


def fold(events: Sequence[Event]) -> Withholding:
    """The case as this room knows it."""
    return fold_once(evolve, events, Withholding)


def withholding_router(cases: CaseCommands) -> Router:
    router = Router(prefix="/v1/cases", tags=["withholdings"])

    @router.put("/{case_id}/instalments/{number}/warning", response_model=CaseShown)
    async def give_prior_warning(
        case_id: Id, number: Number, warning: Warning, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Warns the recipient of a withholding, with time to answer."""
        return await cases.act(
            case_id,
            fold,
            lambda case: warn(
                case,
                instalment=number,
                amount_ore=warning.amount_ore,
                reasons=read_reasons(warning.reasons),
                reply_by=warning.reply_by,
                warned_on=warning.warned_on,
                warned_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/{case_id}/instalments/{number}/warning/omission", response_model=CaseShown)
    async def omit_prior_warning(
        case_id: Id, number: Number, omission: Omission, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Prepares a withholding without warning, on a coded exemption."""
        return await cases.act(
            case_id,
            fold,
            lambda case: omit_warning(
                case,
                instalment=number,
                amount_ore=omission.amount_ore,
                reasons=read_reasons(omission.reasons),
                exemption=Exemption(code=omission.exemption, ground=omission.ground),
                omitted_on=omission.omitted_on,
                omitted_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/{case_id}/withholdings", response_model=CaseShown)
    async def decide_withholding(
        case_id: Id, decision: Decision, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Withholds, once the recipient has been heard. The money stays bound on the fund."""
        return await cases.act(
            case_id,
            fold,
            lambda case: decide(
                case,
                instalment=decision.instalment,
                amount_ore=decision.amount_ore,
                reasons=read_reasons(decision.reasons),
                decided_on=decision.decided_on,
                decided_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.post("/{case_id}/withholdings/{number}/releases", response_model=CaseShown)
    async def release_withholding(
        case_id: Id, number: Number, released: Release, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Lets go of all or part of a withholding. Holding back anew needs a new warning."""
        return await cases.act(
            case_id,
            fold,
            lambda case: release(
                case,
                number=number,
                amount_ore=released.amount_ore,
                reason=released.reason,
                released_on=released.released_on,
                released_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    return router


def read_reasons(asked: tuple[ReasonAsked, ...]) -> tuple[Reason, ...]:
    """The reasons as an event keeps them."""
    return tuple(Reason(code=reason.code, text=reason.text) for reason in asked)
