"""The permit to send a case's letter over HTTP: asked by the notifications service at each try, seen by people, and
written off by two of them when no answer will come."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from psycopg_pool import AsyncConnectionPool
from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.log import History
from services.eventlog.refusal import Refusal
from services.grants.case.command_handler import CaseCommands, keep_tied_out, stream_of
from services.grants.grant_letter import freezing
from services.grants.grant_letter.delivery import write_off_try
from services.grants.grant_letter.freezing import GrantLetter
from services.grants.grant_letter.permit import rules, sendable
from services.grants.grant_letter.permit.events import PermitGranted
from services.grants.grant_letter.permit.requests import PermitAsked, WriteOff
from services.grants.grant_letter.permit.responses import PermitGiven, PermitShown, given, shown
from services.grants.grant_letter.permit.view import Permits
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion, etag
from services.httpapi.commands.guards import Admit, Decided
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.problem import NotFound
from services.httpapi.route import Router
from services.httpapi.strict.fields import Id

Machine = Annotated[Caller, allow(Role.service)]
Anybody = Annotated[Caller, allow(*STAFF)]
CaseworkerOrApprover = Annotated[Caller, allow(Role.caseworker, Role.approver)]
Approver = Annotated[Caller, allow(Role.approver)]


class PermitSpent(Refusal):
    """Somebody has told what came of the try in the very moment it was permitted."""

    code = "permit-spent"
    title = "Tillatelsen er brukt"


def permit_stream(case_id: UUID) -> str:
    """Where the permits of a case's letter stand."""
    return f"permit-{case_id}"


def permit_router(cases: CaseCommands, pool: AsyncConnectionPool) -> Router:
    router = Router(prefix="/v1/cases", tags=["grant letters"])
    permits = Permits(pool)
    the_permit = "/{case_id}/letter/permit"

    @router.put(the_permit, response_model=PermitGiven)
    async def grant_permit(case_id: Id, asked: PermitAsked, caller: Machine, key: Idempotency) -> Response:
        """Lets the letter be sent in this try, if the award stands as it tells: recorded, and for a short life. While
        it runs the case takes nothing that would make the letter wrong. The answer is the permit that runs now."""
        now = (await permits.find(case_id))[0]
        case, permit = stream_of(case_id), permit_stream(case_id)

        def decide(histories: Mapping[str, History]) -> dict[str, Sequence[Event]]:
            if not histories[case].version:
                raise NotFound(f"There is no case {case_id}.")
            events = rules.grant(
                rules.fold(histories[permit].facts),
                sendable.fold(histories[case].events),
                attempt=asked.attempt,
                letter_sha256=asked.letter_sha256,
                manifest_sha256=asked.manifest_sha256,
                decision_version=asked.decision_version,
                case_version=histories[case].version,
                now=now,
            )
            return {permit: events}

        await cases.desk.carry_out_all(
            (permit, case), caller=caller, key=key, decide=decide, answer=lambda _: Answer(body={})
        )
        _, row = await permits.find(case_id)
        if row is None or row.outcome is not None:
            raise PermitSpent("What came of this try is told already. Read what is known of it before the next.")
        return JsonResponse(given(row))

    @router.get(the_permit, response_model=PermitShown)
    async def show_permit(case_id: Id, _: Anybody) -> Response:
        """The last permit of the case's letter: whether its outcome is known, and from when it can be written off."""
        history = await cases.desk.log.load(permit_stream(case_id))
        if not history.version:
            raise NotFound("No permit to send has been asked for in this case.")
        body = shown(rules.fold(history.facts))
        return JsonResponse(body, headers={"ETag": etag(history.version)})

    async def act(
        case_id: UUID,
        rule: Callable[[rules.Permit, datetime], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
        follows: Callable[[GrantLetter, PermitGranted], Sequence[Event]] = lambda _, __: (),
    ) -> Response:
        """A rule asked on the permit, at the database's time, and what of it `follows` in the case."""
        now = (await permits.find(case_id))[0]
        case, permit = stream_of(case_id), permit_stream(case_id)

        def decide(histories: Mapping[str, History]) -> dict[str, Sequence[Event]]:
            if not histories[permit].version:
                raise NotFound("No permit to send has been asked for in this case.")
            known = rules.fold(histories[permit].facts)
            events = rule(known, now)
            if not events or known.granted is None:
                return {permit: events}
            return {permit: events, case: follows(freezing.fold(histories[case].events), known.granted)}

        return await cases.desk.carry_out_all(
            (permit, case),
            caller=caller,
            key=key,
            decide=decide,
            answer=lambda after: Answer(body=shown(rules.fold(after[permit].facts))),
            expected={permit: expected},
            admit=as_on_the_case(cases, case_id, caller),
        )

    @router.post(the_permit + "/write-off", response_model=PermitShown)
    async def propose_write_off(
        case_id: Id, asked: WriteOff, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Says why no answer will come to a permit that has run out. A second person must confirm."""
        return await act(
            case_id,
            lambda permit, now: rules.propose_write_off(
                permit, reason=asked.reason, proposed_by=caller.subject, now=now
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put(the_permit + "/write-off/confirmation", response_model=PermitShown)
    async def confirm_write_off(case_id: Id, caller: Approver, expected: ExpectedVersion, key: Idempotency) -> Response:
        """A second person finds that no answer will come: the letter counts as left, and the case goes on. Its
        recipient may know of the award, and is heard before anything is taken from it."""
        return await act(
            case_id,
            lambda permit, now: rules.write_off(permit, confirmed_by=caller.subject, now=now),
            caller=caller,
            key=key,
            expected=expected,
            follows=lambda letter, granted: write_off_try(
                letter, attempt=granted.attempt, sha256=granted.letter_sha256
            ),
        )

    return router


def as_on_the_case(cases: CaseCommands, case_id: UUID, caller: Caller) -> Admit:
    """Who is tied to the case's organisation decides nothing of its letter either."""
    admit = keep_tied_out(cases.desk.log, caller)

    async def of_the_case(_: Mapping[str, History], decided: Decided) -> None:
        case = stream_of(case_id)
        facts = tuple(event for events in decided.values() for event in events)
        await admit({case: await cases.history(case_id)}, {case: facts})

    return of_the_case
