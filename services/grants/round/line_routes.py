"""Lines into a round over HTTP: named in a request, or a whole file of per-capita awards at once.

A file is taken whole or not at all. Every line of it that is bad is told of, and `dry_run=true` tells the same and
records nothing.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import Query
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import Response

from services.eventlog.background.aside import aside
from services.eventlog.events import Event
from services.grants.balance.view import Balances
from services.grants.case.events.round import ImportedFile
from services.grants.case.recipient_remarks import find_remarks
from services.grants.round.batch import Importing
from services.grants.round.batch_file.apart import SHEET
from services.grants.round.batch_file.table import Kind, Sheet
from services.grants.round.command_handler import RoundCommands
from services.grants.round.each_case import Cases, Decided, decide_each
from services.grants.round.per_capita import OPTIONAL, REQUIRED, Batch, PerCapitaLine, read_batch
from services.grants.round.proposing import LineToPropose, Setting, lines_of, propose_line
from services.grants.round.recorded_before import find_taken, find_used
from services.grants.round.remarks import confirmation, list_remarks, told
from services.grants.round.requests import Lines
from services.grants.round.responses import RoundShown
from services.grants.round.rules import Round, propose_lines
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.document import expect_media_type, takes
from services.httpapi.strict.fields import Id, Line, Sha256
from services.sandbox import Sandbox

KINDS: Mapping[str, Kind] = {
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}

Caseworker = Annotated[Caller, allow(Role.caseworker)]


def round_lines_router(
    rounds: RoundCommands, balances: Balances, pool: AsyncConnectionPool, sandbox: Sandbox
) -> Router:
    router = Router(prefix="/v1/rounds", tags=["rounds"])

    @router.post("/{round_id}/lines", response_model=RoundShown)
    async def propose_some(
        round_id: Id, asked: Lines, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Proposes awards together, each in its case: one that was applied for, or one that begins here. Nothing is
        bound yet. `remarks` tells what stands out in the names and numbers of the lines, counted from 1."""
        given = [(line.case_id or uuid4(), line.asked()) for line in asked.lines]
        setting = await set_for(round_id, [line.fund_id for _, line in given])
        setting = await with_authority(setting, [line for _, line in given])

        def decision(round_: Round, cases: Cases) -> tuple[Sequence[Event], Decided]:
            asked_of = dict(given)
            decided = decide_each(
                cases,
                asked_of,
                lambda case_id, award: propose_line(
                    award, asked=asked_of[case_id], setting=setting, proposed_by=caller.subject
                ),
            )
            lines = lines_of(cases, decided, given)
            return propose_lines(round_, lines=lines, file=None, proposed_by=caller.subject), decided

        case_ids = dict.fromkeys(case_id for case_id, _ in given)
        named = {nth: line.recipient for nth, line in enumerate(asked.lines, 1) if line.recipient}
        found = await find_remarks(pool, list(named.values())) if named else []
        stands_out = [
            {"line": nth, **remark.model_dump()} for nth, its in zip(named, found, strict=True) for remark in its
        ]
        return await rounds.act(
            round_id, case_ids, decision, caller=caller, key=key, expected=expected,
            tell=lambda _: {"remarks": stands_out},
        )  # fmt: skip

    @router.post("/{round_id}/batches", openapi_extra=takes(*KINDS), response_model=RoundShown)
    async def import_batch(
        round_id: Id,
        request: Request,
        caller: Caseworker,
        expected: ExpectedVersion,
        key: Idempotency,
        name: Annotated[Line, Query(description="The file's name, to know it by.")] = "batch",
        dry_run: Literal["true", "false"] = "false",
        confirm: Annotated[Sha256 | None, Query(description="What the remarks are confirmed by, as told.")] = None,
    ) -> Response:
        """Proposes a per-capita award for each line of a file (CSV or XLSX; docs/per-capita-files.md), all or none.
        With `dry_run=true` nothing is recorded: the answer is what the import would answer, and what of its names and
        numbers stands out (`remarks`). Such a file is taken once that is confirmed (`confirm`). `lines_again` are those
        that wait just so already."""
        kind, content = await _file(request)
        importing = await read_importing(round_id, name, kind, content, caller)
        remarks, sha256 = importing.remarks, importing.file.sha256
        if dry_run == "true":
            trying = replace(importing, confirm=confirmation(remarks, sha256))
            shown = await rounds.try_out(
                round_id, trying.lines, trying.decide, caller=caller, expected=expected, tell=trying.tell_again
            )
            return JsonResponse(shown | told(remarks, sha256))
        importing = replace(importing, confirm=confirm)
        return await rounds.act(
            round_id,
            importing.lines,
            importing.decide,
            caller=caller,
            key=key,
            expected=expected,
            tell=importing.tell_again,
        )

    async def read_importing(round_id: UUID, name: str, kind: Kind, content: bytes, caller: Caller) -> Importing:
        """The file with all that its lines are held against."""
        sheet = await sandbox.read(SHEET, content, kind=kind, required=REQUIRED, optional=OPTIONAL)
        round_ = await rounds.round_(round_id)
        setting = await set_for(round_id, {fund for row in sheet.rows if isinstance(fund := row.cells["fund"], str)})
        funds = {fund for fund in setting.open_funds if setting.pays_from(fund)}
        batch, paid_for = await aside(partial(_read, sheet, funds, setting.scheme_id), on=len(sheet.rows))
        used = (await find_used(pool, batch.lines)).beside(round_.list_in("proposed", "approved"))
        remarks = await aside(partial(list_remarks, batch.lines, used), on=len(batch.lines))
        return Importing(
            batch=batch,
            taken=await find_taken(pool, paid_for),
            file=ImportedFile(name=name, kind=kind, sha256=hashlib.sha256(content).hexdigest(), lines=len(batch.lines)),
            setting=await with_authority(setting, batch.lines),
            proposed_by=caller.subject,
            remarks=remarks,
        )

    async def set_for(round_id: UUID, fund_ids: Collection[str]) -> Setting:
        setting = await rounds.setting(round_id, await rounds.round_(round_id))
        return replace(setting, open_funds=await balances.list_taking_awards(fund_ids))

    async def with_authority(setting: Setting, asked: Collection[LineToPropose | PerCapitaLine]) -> Setting:
        """While nobody has decided, what leaves the year is held against an authority from the year's first day on."""
        promised = [(line.fund_id, line.amount_ore, line.last_due_on) for line in asked]
        reaching = await rounds.list_reaching_on(setting.year, promised, on=date(setting.year, 1, 1))
        return replace(setting, reaching=reaching)

    return router


def _read(sheet: Sheet, funds: Collection[str], scheme_id: str) -> tuple[Batch, set[str]]:
    """What the sheet says, and what its months are paid for."""
    batch = read_batch(sheet, funds)
    return batch, {line.paid_for(scheme_id) for line in batch.lines}


async def _file(request: Request) -> tuple[Kind, bytes]:
    """What the body is, by its media type, and its bytes."""
    expect_media_type(request, *KINDS)
    media_type, _, _ = request.headers["content-type"].partition(";")
    return KINDS[media_type.strip().lower()], await request.body()
