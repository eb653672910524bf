"""Letters over HTTP: register, try out, read, reconcile, settle. Amounts in answers are whole øre."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from starlette.requests import Request
from starlette.responses import Response

from services.grants.allocation.command_handler import YearCommands
from services.grants.allocation.deviation.found import Around
from services.grants.allocation.deviation.rules import deviations_of
from services.grants.allocation.deviation.view import Surroundings
from services.grants.allocation.letter_file.apart import LETTER
from services.grants.allocation.preview import Preview, preview
from services.grants.allocation.requests import Number, Year
from services.grants.allocation.responses import LetterAsItStands
from services.grants.allocation.rules import register_letter
from services.grants.allocation.settlement import settle_contradiction, settle_difference
from services.grants.allocation.view import (
    list_letters,
    show_letter,
    show_reconciliation,
    show_whole,
)
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.reconciliation import LetterUnknown, reconcile
from services.grants.budget_year.state import BudgetYear
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.paging import Page
from services.httpapi.route import Router
from services.httpapi.strict.document import expect_media_type, takes
from services.httpapi.strict.fields import Body, DatedBody, Day, Instant, Line, Prose
from services.sandbox import Sandbox

YAML = ("application/yaml", "application/x-yaml", "text/yaml", "application/json")

Controller = Annotated[Caller, allow(Role.controller)]
Anybody = Annotated[Caller, allow(*STAFF)]


class Settlement(DatedBody):
    """Why a difference is as it is. `fund_id` is the post, or the fund that was divided; the balance does not move.
    It counts as settled from `settled_on` (a day in Europe/Oslo; today when left out)."""

    fund_id: Line
    sort: Literal["total", "earmark"] = "total"
    reason: Prose
    settled_on: Day | None = None


class Explanation(Body):
    """What a controller made of a place where the letter disagrees with itself."""

    reason: Prose


def letters_router(
    years: YearCommands, surroundings: Surroundings, sandbox: Sandbox, today: Callable[[], date]
) -> Router:
    """`today` gives the day in Europe/Oslo that a settlement is dated."""
    router = Router(tags=["letters"])
    letters = surroundings.letters

    @router.post("/v1/letters", response_model=LetterAsItStands | Preview, openapi_extra=takes(*YAML))
    async def register(
        request: Request, caller: Controller, key: Idempotency, dry_run: Literal["true", "false"] = "false"
    ) -> Response:
        """Registers a letter from its transcription (YAML, the format of contracts/letter.schema.json). The same letter
        again changes nothing. With `dry_run=true` nothing is recorded: the answer is what the letter would do."""
        letter, source_sha256 = await asked_letter(request, sandbox)
        around = await surroundings.around(letter.year, [letter])
        if dry_run == "true":
            return _json(preview(await letters.year(letter.year), letter, around))
        return await years.act(
            letter.year,
            lambda it: register_letter(it, letter=letter, source_sha256=source_sha256, registered_by=caller.subject),
            show=shower(letter, around),
            caller=caller,
            key=key,
        )

    @router.get("/v1/letters", response_model=Page[LetterAsItStands])
    async def list_registered(
        year: Year, _: Anybody, valid_at: Day | None = None, known_at: Instant | None = None
    ) -> Response:
        """The letters of a budget year that counted by then, in order, with their differences and contradictions."""
        as_of = await letters.year(year, valid_at=valid_at, known_at=known_at)
        around = await surroundings.around(year, [each.letter for each in as_of.in_order], known_at=known_at)
        shown = [{**each, "deviations": deviations_of(as_of, each["number"], around)} for each in list_letters(as_of)]
        return _json({"items": shown, "next": None})

    @router.get("/v1/letters/{year}/{number}")
    async def show(year: Year, number: Number, _: Anybody, known_at: Instant | None = None) -> Response:
        """One letter with everything it says."""
        as_of = await letters.year(year, known_at=known_at)
        if number not in as_of.letters:
            raise LetterUnknown(f"Letter {number} of {year} is not registered.")
        around = await surroundings.around(year, [as_of.letters[number].letter], known_at=known_at)
        shown = show_whole(as_of, as_of.letters[number])
        return _json({**shown, "deviations": deviations_of(as_of, number, around)})

    @router.get("/v1/letters/{year}/{number}/reconciliation")
    async def show_reconciled(year: Year, number: Number, _: Anybody, known_at: Instant | None = None) -> Response:
        """What the letter states beside what it adds up to, for each post whose total it states."""
        as_of = await letters.year(year, known_at=known_at)
        shown = show_reconciliation(reconcile(as_of, number))
        around = await surroundings.around(year, [as_of.letters[number].letter], known_at=known_at)
        return _json({**shown, "deviations": deviations_of(as_of, number, around)})

    @router.put("/v1/letters/{year}/{number}/settlements")
    async def settle(
        year: Year, number: Number, settlement: Settlement, caller: Controller, key: Idempotency
    ) -> Response:
        """Settles a difference with a reason. The balance does not move; the status does."""
        return await years.act(
            year,
            lambda it: settle_difference(
                it,
                letter_number=number,
                fund_id=settlement.fund_id,
                sort=settlement.sort,
                reason=settlement.reason,
                settled_by=caller.subject,
                settled_on=settlement.settled_on or today(),
            ),
            show=_reconciled(number),
            caller=caller,
            key=key,
        )

    @router.put("/v1/letters/{year}/{number}/contradictions/{contradiction_id}/settlement")
    async def explain(
        year: Year,
        number: Number,
        contradiction_id: Line,
        explanation: Explanation,
        caller: Controller,
        key: Idempotency,
    ) -> Response:
        """Settles a contradiction inside a letter with a reason. Nothing moves."""
        return await years.act(
            year,
            lambda it: settle_contradiction(
                it,
                letter_number=number,
                contradiction_id=contradiction_id,
                reason=explanation.reason,
                settled_by=caller.subject,
                settled_on=today(),
            ),
            show=_reconciled(number),
            caller=caller,
            key=key,
        )

    return router


async def asked_letter(request: Request, sandbox: Sandbox) -> tuple[Letter, str]:
    """The letter that a request's body transcribes, and the SHA-256 of its bytes."""
    expect_media_type(request, *YAML)
    source = await request.body()
    return await sandbox.read(LETTER, source), hashlib.sha256(source).hexdigest()


def shower(letter: Letter, around: Around) -> Callable[[BudgetYear], dict[str, Any]]:
    """Shows the letter as it stands after an act, with what cannot be as it is meant."""
    return lambda after: {
        **show_letter(after, after.letters[letter.number]),
        "deviations": deviations_of(after, letter.number, around),
    }


def _reconciled(number: int) -> Callable[[BudgetYear], dict[str, Any]]:
    return lambda after: show_reconciliation(reconcile(after, number))


def _json(content: object) -> Response:
    return JsonResponse(content)
