"""The end of a case over HTTP: control by lot or on risk, settlement by two people, closing."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID, uuid4

from psycopg_pool import AsyncConnectionPool
from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.log import History
from services.grants.case.command_handler import CaseCommands, stream_of
from services.grants.case.events.recipient_report import ControlDrawn
from services.grants.case.responses import CaseShown
from services.grants.case.state import keep_closed
from services.grants.recipient_report.closing import close
from services.grants.recipient_report.control import conclude, select_by_risk, select_drawn
from services.grants.recipient_report.draw import draw
from services.grants.recipient_report.requests import (
    Approval,
    Closing,
    Conclusion,
    Draw,
    Returned,
    RiskChoice,
    Settlement,
)
from services.grants.recipient_report.rules import fold
from services.grants.recipient_report.settlement import approve, propose, return_proposed_settlement
from services.grants.recipient_report.view import find_population
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.problem import NotFound
from services.httpapi.route import Router
from services.httpapi.strict.fields import Digits, Id

Number = Annotated[int, Digits(1, 1000)]
Caseworker = Annotated[Caller, allow(Role.caseworker)]
Approver = Annotated[Caller, allow(Role.approver)]
Controller = Annotated[Caller, allow(Role.controller)]
CaseworkerOrController = Annotated[Caller, allow(Role.caseworker, Role.controller)]


def draw_stream(draw_id: UUID) -> str:
    """The stream of one draw."""
    return f"control-draw-{draw_id}"


def settlement_router(cases: CaseCommands, pool: AsyncConnectionPool) -> Router:
    router = Router(prefix="/v1", tags=["settlement"])

    @router.post("/controls/draws")
    async def draw_for_control(said: Draw, caller: Controller, key: Idempotency) -> Response:
        """Draws cases for control by lot; the draw and every case's control are recorded together. Anybody can draw
        them again from what it answers. The lot decides, not the caller: a tie to an organisation stops nobody."""
        position, population = await find_population(pool, year=said.year, scheme_id=said.scheme_id)
        draw_id = uuid4()
        drawn = draw(
            population,
            draw_id=draw_id,
            seed=said.seed,
            size=said.size,
            year=said.year,
            scheme_id=said.scheme_id,
            position=position,
            drawn_on=said.drawn_on,
            drawn_by=caller.subject,
        )
        fact = drawn[0]
        assert isinstance(fact, ControlDrawn)
        basis = f"Trekning {draw_id}: frø «{said.seed}», {len(fact.drawn)} av {fact.population} saker"

        def decide(histories: Mapping[str, History]) -> Mapping[str, Sequence[Event]]:
            decided: dict[str, Sequence[Event]] = {draw_stream(draw_id): drawn}
            for stream in map(stream_of, fact.drawn):
                past = histories[stream].events
                decided[stream] = select_drawn(
                    fold(past), draw=draw_id, basis=basis, selected_on=said.drawn_on, selected_by=caller.subject
                )
                keep_closed(past, decided[stream])
            return decided

        return await cases.desk.carry_out_all(
            (draw_stream(draw_id), *map(stream_of, fact.drawn)),
            caller=caller,
            key=key,
            decide=decide,
            answer=lambda _: Answer(body=fact, status=201, location=f"/v1/controls/draws/{draw_id}"),
            expected={draw_stream(draw_id): 0},
        )

    @router.get("/controls/draws/{draw_id}")
    async def show_draw(draw_id: Id, _: Annotated[Caller, allow(*STAFF)]) -> Response:
        """One draw: its seed, its population's digest and log position, and the cases it took."""
        found = await cases.desk.log.find_latest(draw_stream(draw_id))
        if found is None:
            raise NotFound(f"There is no draw {draw_id}.")
        return JsonResponse(found.event)

    @router.post("/cases/{case_id}/controls", response_model=CaseShown)
    async def choose_for_control(
        case_id: Id, said: RiskChoice, caller: CaseworkerOrController, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Chooses the case for control on risk."""
        return await cases.act(
            case_id,
            fold,
            lambda case: select_by_risk(
                case, risks=said.risks, basis=said.basis, selected_on=said.selected_on, selected_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/cases/{case_id}/controls/{number}/conclusion", response_model=CaseShown)
    async def conclude_control(
        case_id: Id,
        number: Number,
        said: Conclusion,
        caller: CaseworkerOrController,
        expected: ExpectedVersion,
        key: Idempotency,
    ) -> Response:
        """Says what the control found."""
        return await cases.act(
            case_id,
            fold,
            lambda case: conclude(
                case,
                number=number,
                found=said.found,
                in_order=said.in_order,
                concluded_on=said.concluded_on,
                concluded_by=caller.subject,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/cases/{case_id}/settlement", response_model=CaseShown)
    async def propose_settlement(
        case_id: Id, said: Settlement, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Prepares the settlement: what was used, and what therefore falls away."""
        return await cases.act(
            case_id,
            fold,
            lambda case: propose(
                case, used_ore=said.used_ore, proposed_on=said.proposed_on, proposed_by=caller.subject
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/cases/{case_id}/settlement/return", response_model=CaseShown)
    async def return_settlement(
        case_id: Id, said: Returned, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Returns the proposed settlement with a reason."""
        return await cases.act(
            case_id,
            fold,
            lambda case: return_proposed_settlement(case, reason=said.reason, returned_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/cases/{case_id}/settlement/approval", response_model=CaseShown)
    async def approve_settlement(
        case_id: Id, said: Approval, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Settles the award. What is not used is free on the fund from that day."""
        return await cases.act(
            case_id,
            fold,
            lambda case: approve(case, settled_on=said.settled_on, approved_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/cases/{case_id}/closing", response_model=CaseShown)
    async def close_case(
        case_id: Id, said: Closing, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Closes the case: nothing is left to do in it."""
        return await cases.act(
            case_id,
            fold,
            lambda case: close(case, closed_on=said.closed_on, closed_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    return router
