"""Grant letters over HTTP: seen before they are frozen, frozen one by one or a round's together, and read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.log import History
from services.grants.case.command_handler import CaseCommands, keep_tied_out, stream_of
from services.grants.case.events.round import RoundLinesProposed, RoundLinesReturned
from services.grants.case.responses import CaseShown
from services.grants.grant_letter.content import list_left_out
from services.grants.grant_letter.freezing import GrantLetter, fold, freeze
from services.grants.grant_letter.press import LetterAsked, LetterPress
from services.grants.grant_letter.requests import Freezing
from services.grants.grant_letter.signatories import keep_approver
from services.grants.grant_letter.signatory_responses import SignatoriesShown, shown_signatories
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.etag import ExpectedVersion, not_modified
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.problem import NotFound
from services.httpapi.route import Router
from services.httpapi.strict.fields import Day, Id, Line

TOGETHER = 200
PDF = "application/pdf"
AS_PDF: dict[int | str, dict[str, Any]] = {
    200: {"description": "The letter, PDF/A-2a and PDF/UA-1", "content": {PDF: {"schema": {"type": "string"}}}}
}
AS_DRAFT: dict[int | str, dict[str, Any]] = {
    200: AS_PDF[200]
    | {
        "headers": {
            "Letter-Unnamed": {
                "description": "Whom it cannot name: `caseworker`, `approver`, or `none`. They are not in the register"
                " of staff on its day, or nobody is said to approve; `signatories` tells more.",
                "schema": {"type": "string"},
            },
        }
    }
}

Caseworker = Annotated[Caller, allow(Role.caseworker)]
CaseworkerOrApprover = Annotated[Caller, allow(Role.caseworker, Role.approver)]


def letter_router(cases: CaseCommands, press: LetterPress, today: Callable[[], date]) -> Router:
    router = Router(prefix="/v1", tags=["grant letters"])

    @router.get("/cases/{case_id}/letter/preview", response_class=Response, responses=AS_DRAFT)
    async def preview_letter(
        case_id: Id,
        _: CaseworkerOrApprover,
        dated_on: Day | None = None,
        approver: Line | None = None,
        accept_by: Day | None = None,
    ) -> Response:
        """The letter of the proposal that waits, as it will be, with UTKAST across each page. Kept nowhere. Dated today
        unless another day is given; it names `approver` as the one who is to approve, and gives until `accept_by` to
        accept its terms. Two headers tell what it goes without."""
        asked = LetterAsked(dated_on=dated_on or today(), approver=approver, accept_by=accept_by)
        events = (await cases.history(case_id)).events
        keep_approver(events, approver)
        signed = await press.signatories(letter := fold(events), asked)
        draft, content = await press.draft(case_id, letter, asked, signed)
        told = {"Cache-Control": "no-store", "Letter-Unnamed": ", ".join(signed.unnamed) or "none"}
        told["Letter-Without"] = ", ".join(list_left_out(content)) or "none"
        return _pdf(draft.content, f"utkast-{case_id}.pdf", told)

    @router.get("/cases/{case_id}/letter/signatories", response_model=SignatoriesShown)
    async def show_signatories(
        case_id: Id, _: CaseworkerOrApprover, dated_on: Day | None = None, approver: Line | None = None
    ) -> Response:
        """Whom a letter of the case dated that day (today, if not given) would name, and whom it cannot: a subject id
        is not printed to recipients, so who is not in the register of staff is left out of the letter. Nothing is
        refused for it."""
        events = (await cases.history(case_id)).events
        keep_approver(events, approver)
        signed = await press.signatories(fold(events), LetterAsked(dated_on=dated_on or today(), approver=approver))
        return JsonResponse(shown_signatories(signed), headers={"Cache-Control": "no-store"})

    @router.put("/cases/{case_id}/letter", response_model=CaseShown)
    async def freeze_letter(
        case_id: Id, freezing: Freezing, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Sets the letter of the proposal that waits and freezes it: these bytes are what is approved and sent. What a
        grant letter must hold and this one lacks is named in the refusal."""
        history = await cases.history(case_id)
        seen = history.version == expected
        letter, asked = fold(history.events), freezing.asked()
        if seen:
            keep_approver(history.events, asked.approver, by=caller.subject)
        printed = await press.print(case_id, letter, asked) if seen else None
        return await cases.act(
            case_id,
            fold,
            lambda letter: freeze(
                letter,
                dated_on=asked.dated_on,
                printed=printed,
                frozen_by=caller.subject,
                approver=asked.approver,
                accept_by=asked.accept_by,
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.get("/cases/{case_id}/letter", response_class=Response, responses=AS_PDF)
    async def read_letter(case_id: Id, request: Request, _: Annotated[Caller, allow(*STAFF, Role.service)]) -> Response:
        """The frozen letter, byte for byte. Its ETag is the SHA-256 of the file, which the notice and the release
        name."""
        letter = fold((await cases.history(case_id)).events)
        frozen = letter.next_frozen or letter.frozen  # what the gate asks for is the one that has not left
        if frozen is None:
            raise NotFound("No letter is frozen for the proposal of this case.")
        tag = f'"{frozen.sha256}"'
        if unchanged := not_modified(request, tag):
            return unchanged
        content = await press.files.find(frozen.sha256)
        assert content is not None, "a frozen letter is kept before it is frozen, and never removed"
        return _pdf(content, f"tilskuddsbrev-{case_id}.pdf", {"ETag": tag})

    @router.put("/rounds/{round_id}/letters")
    async def freeze_letters_of_round(
        round_id: Id, freezing: Freezing, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Freezes the letters of a round's proposals that have none yet, at most 200 at a time and all of those or
        none. The answer tells how many remain: ask again, with a new key, until none do."""
        log, stream = cases.desk.log, f"round-{round_id}"
        without: dict[UUID, GrantLetter] = {}
        if await log.find_earlier(caller.subject, key.key) is None:  # a repeat is answered as before; nothing is set
            without = await letters_to_make(cases, stream, approver=freezing.approver, by=caller.subject)
        prints = await press.print_all(dict(islice(without.items(), TOGETHER)), freezing.asked())

        def decide(histories: Mapping[str, History]) -> dict[str, list[Event]]:
            return {
                stream_of(case_id): freeze(
                    fold(histories[stream_of(case_id)].events),
                    dated_on=freezing.dated_on,
                    printed=printed,
                    frozen_by=caller.subject,
                    approver=freezing.approver,
                    accept_by=freezing.accept_by,
                )
                for case_id, printed in prints.items()
            }

        frozen = [{"case_id": str(case_id), "sha256": made.sha256} for case_id, made in prints.items() if made]
        body = {"round_id": str(round_id), "frozen": frozen, "remaining": len(without) - len(frozen)}
        return await cases.desk.carry_out_all(
            (stream, *map(stream_of, prints)),
            caller=caller,
            key=key,
            decide=decide,
            answer=lambda _: Answer(body=body),
            expected={stream: expected},
            admit=keep_tied_out(log, caller),
        )

    return router


async def letters_to_make(
    cases: CaseCommands, round_stream: str, *, approver: str | None, by: str
) -> dict[UUID, GrantLetter]:
    """The cases of the round whose proposal waits and has no frozen letter, or NotFound. Refuses (`keep_approver`) an
    approver who may not approve one of them."""
    history = await cases.desk.log.load(round_stream)
    if not history.version:
        raise NotFound("There is no such round.")
    standing = standing_in(history.events)
    histories = await cases.desk.log.load_all([stream_of(case_id) for case_id in standing])
    letters = {case_id: fold(histories[stream_of(case_id)].events) for case_id in standing}
    to_make = {case_id: letter for case_id, letter in letters.items() if letter.waiting and not letter.made}
    for case_id in to_make:
        keep_approver(histories[stream_of(case_id)].events, approver, by=by)
    return to_make


def standing_in(events: Sequence[Event]) -> list[UUID]:
    """The cases that stand in a round: proposed there and not returned since, in the order they came."""
    standing: dict[UUID, None] = {}
    for event in events:
        match event:
            case RoundLinesProposed(lines=lines):
                standing |= {line.case_id: None for line in lines}
            case RoundLinesReturned(case_ids=case_ids):
                standing = {case_id: None for case_id in standing if case_id not in case_ids}
    return list(standing)


def _pdf(content: bytes, name: str, headers: Mapping[str, str]) -> Response:
    shown = {"Content-Disposition": f'inline; filename="{name}"', **headers}
    return Response(content, media_type=PDF, headers=shown)
