"""Rounds over HTTP: opened, filled with lines, held against the funds, returned or approved, closed, and read."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import Response

from services.eventlog.events import Event
from services.grants.award.approval import approve, return_proposal
from services.grants.balance.view import Balances
from services.grants.case.command_handler import stream_of
from services.grants.case.events.award import AwardApproved
from services.grants.case_number.view import CaseNumbers
from services.grants.round.bounds import check_foreseen, stay_within_bounds
from services.grants.round.command_handler import RoundCommands
from services.grants.round.each_case import Cases, Decided, decide_each
from services.grants.round.proposing import open_on, post_of
from services.grants.round.requests import Closing, LinesReturn, Opening, RoundApproval, WhatIf
from services.grants.round.responses import RoundLineShown, RoundListed, RoundShown
from services.grants.round.rules import (
    LineState,
    Round,
    approve_lines,
    close_round,
    list_waiting,
    open_round,
    return_lines,
)
from services.grants.round.view import list_lines, list_rounds, shown
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion, etag, not_modified
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import Cursor, Limit, Listing, Page
from services.httpapi.route import Router
from services.httpapi.strict.fields import Day, Digits, Id

ROUNDS = Listing("rounds", int)
LINES = Listing("round-lines", int)

Anybody = Annotated[Caller, allow(*STAFF)]
Caseworker = Annotated[Caller, allow(Role.caseworker)]
Approver = Annotated[Caller, allow(Role.approver)]
CaseworkerOrApprover = Annotated[Caller, allow(Role.caseworker, Role.approver)]


def round_router(rounds: RoundCommands, balances: Balances, pool: AsyncConnectionPool) -> Router:
    router = Router(prefix="/v1/rounds", tags=["rounds"])

    @router.post("", status_code=201, response_model=RoundShown)
    async def open_new(opening: Opening, caller: Caseworker, key: Idempotency) -> Response:
        """Opens a round of a scheme, or of one of its calls."""
        scheme, call = await rounds.scheme(opening.scheme_id, opening.call_id)
        open_on(scheme, call)

        def decision(round_: Round, _: Cases) -> tuple[Sequence[Event], Decided]:
            opened = open_round(
                round_,
                year=scheme.year,
                scheme_id=opening.scheme_id,
                call_id=opening.call_id,
                name=opening.name,
                opened_on=opening.opened_on,
                opened_by=caller.subject,
            )
            return opened, {}

        return await rounds.act(uuid4(), (), decision, caller=caller, key=key, expected=0)

    @router.post("/{round_id}/returns", response_model=RoundShown)
    async def return_some(
        round_id: Id, returned: LinesReturn, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Returns the chosen lines, or all that wait, with a reason. Their preparer may also take them back."""
        case_ids = list_waiting(await rounds.round_(round_id), returned.case_ids)
        reason, by = returned.reason, caller.subject

        def decision(round_: Round, cases: Cases) -> tuple[Sequence[Event], Decided]:
            events = return_lines(round_, case_ids=case_ids, reason=reason, returned_by=by)
            return events, decide_each(
                cases,
                case_ids,
                lambda _, award: return_proposal(award, reason=reason, returned_by=by, round_id=round_id),
            )

        return await rounds.act(round_id, case_ids, decision, caller=caller, key=key, expected=expected)

    @router.put("/{round_id}/approval", response_model=RoundShown)
    async def approve_some(
        round_id: Id, approval: RoundApproval, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Approves the chosen lines, or all that wait, as a second person with budget disposal authority: all of them
        in one transaction, or none. Every fund they reach is bound, or refuses."""
        round_ = await rounds.round_(round_id)
        case_ids = list_waiting(round_, approval.case_ids)
        setting = await rounds.setting(round_id, round_)
        promised = [(line.fund_id, line.amount_ore, line.last_due_on) for line in round_.choose(case_ids)]
        reaching = await rounds.list_reaching_on(setting.year, promised, on=approval.approved_on)

        def decision(round_: Round, cases: Cases) -> tuple[Sequence[Event], Decided]:
            by, day, authority = caller.subject, approval.approved_on, approval.disposal_authority
            events = approve_lines(
                round_, case_ids=case_ids, approved_by=by, approved_on=day, disposal_authority=authority
            )
            funds = {line.case_id: line.fund_id for line in round_.choose(case_ids)}
            return events, decide_each(
                cases,
                funds,
                lambda case_id, award: approve(
                    award,
                    approved_by=by,
                    approved_on=day,
                    disposal_authority=authority,
                    cover_valid_until=approval.cover_valid_until,
                    scheme=setting.terms,
                    commitment_authority=post_of(funds[case_id]) in reaching,
                    round_id=round_id,
                ),
            )

        return await rounds.act(round_id, case_ids, decision, caller=caller, key=key, expected=expected)

    @router.put("/{round_id}/closing", response_model=RoundShown)
    async def close(
        round_id: Id, closing: Closing, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Closes the round once nothing waits in it."""

        def decision(round_: Round, _: Cases) -> tuple[Sequence[Event], Decided]:
            return close_round(round_, closed_on=closing.closed_on, closed_by=caller.subject), {}

        return await rounds.act(round_id, (), decision, caller=caller, key=key, expected=expected)

    @router.get("", response_model=Page[RoundListed])
    async def list_all(
        year: Annotated[int, Digits(1900, 2199)], _: Anybody, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """The rounds of a budget year, newest first."""
        place = ROUNDS.after(cursor)
        rows = await list_rounds(pool, year=year, before=int(place[0]) if place else None, limit=limit + 1)
        following = ROUNDS.cursor(rows[limit - 1].position) if len(rows) > limit else None
        return JsonResponse({"items": rows[:limit], "next": following})

    @router.get("/{round_id}", response_model=RoundShown)
    async def show(round_id: Id, request: Request, _: Anybody) -> Response:
        """The round as it stands. Its ETag is the version an act must name in If-Match."""
        history = await rounds.history(round_id)
        tag = etag(history.version)
        unchanged = not_modified(request, tag)
        body = shown(round_id, history.events)
        return unchanged or JsonResponse(body, headers={"ETag": tag})

    @router.get("/{round_id}/lines", response_model=Page[RoundLineShown])
    async def list_its_lines(
        round_id: Id, _: Anybody, state: LineState | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """The round's lines in the order they first came, those in one state where it is named."""
        place = LINES.after(cursor)
        after = int(place[0]) if place else 0
        rows = list_lines(await rounds.round_(round_id), state=state, after=after, limit=limit + 1)
        following = LINES.cursor(rows[limit - 1].place) if len(rows) > limit else None
        items = await CaseNumbers(pool).numbered(rows[:limit])
        return JsonResponse({"items": items, "next": following})

    @router.get("/{round_id}/funds")
    async def foresee_all(round_id: Id, approved_on: Day, _: Anybody) -> Response:
        """All that waits in the round, held against every fund it would reach if approved on that day. Writes
        nothing."""
        return await foreseen(round_id, approved_on, None)

    @router.post("/{round_id}/funds")
    async def foresee_some(round_id: Id, what_if: WhatIf, _: CaseworkerOrApprover) -> Response:
        """The same for the chosen lines. Writes nothing, so it takes no Idempotency-Key."""
        return await foreseen(round_id, what_if.approved_on, what_if.case_ids)

    async def foreseen(round_id: UUID, approved_on: date, chosen: tuple[UUID, ...] | None) -> Response:
        round_ = await rounds.round_(round_id)
        assert round_.opened is not None, "a round that is found was opened"
        check_foreseen(round_.opened.opened_on, approved_on)
        lines = round_.choose(list_waiting(round_, chosen))
        stay_within_bounds(lines)
        plan = [
            (
                stream_of(line.case_id),
                AwardApproved(
                    fund_id=line.fund_id,
                    amount_ore=line.amount_ore,
                    approved_on=approved_on,
                    approved_by="",
                    disposal_authority="",
                    across_years=False,
                ),
            )
            for line in lines
        ]
        funds = await balances.foresee(plan, since=approved_on)
        answer: dict[str, object] = {
            "round_id": round_id,
            "approved_on": approved_on,
            "lines": len(lines),
            "planned_ore": sum(line.amount_ore for line in lines),
            "fits": all(fund["short_by_ore"] == 0 for fund in funds),
            "funds": funds,
        }
        return JsonResponse(answer)

    return router
