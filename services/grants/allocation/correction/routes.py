"""Letters corrected and withdrawn over HTTP: tried out, confirmed, done."""

from typing import Annotated, Literal

from starlette.requests import Request
from starlette.responses import Response

from services.grants.allocation.command_handler import YearCommands
from services.grants.allocation.correction.rules import correct_letter, withdraw_letter
from services.grants.allocation.correction.view import CorrectionPreview, preview_correction, preview_withdrawal
from services.grants.allocation.deviation.view import Surroundings
from services.grants.allocation.requests import Number, Year
from services.grants.allocation.responses import LetterAsItStands, Withdrawn
from services.grants.allocation.routes import YAML, asked_letter, shower
from services.grants.budget_year.reconciliation import LetterUnknown
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router
from services.httpapi.strict.document import takes
from services.httpapi.strict.fields import Line, Sha256
from services.sandbox import Sandbox

Controller = Annotated[Caller, allow(Role.controller)]
DryRun = Literal["true", "false"]


def corrections_router(years: YearCommands, surroundings: Surroundings, sandbox: Sandbox) -> Router:
    """Both acts take `dry_run=true`, which records nothing and answers with what would be done."""
    router = Router(prefix="/v1/letters/{year}/{number}", tags=["letters"])
    letters = surroundings.letters

    @router.post("/corrections", response_model=LetterAsItStands | CorrectionPreview, openapi_extra=takes(*YAML))
    async def correct(
        year: Year,
        number: Number,
        reason: Line,
        request: Request,
        caller: Controller,
        key: Idempotency,
        confirmed: Sha256 | None = None,
        dry_run: DryRun = "false",
    ) -> Response:
        """Corrects a transcription: the first stays, what it moved wrongly is countered by a new fact, names follow.
        What it takes away is confirmed with the digest that a dry run gives. Another letter is refused."""
        letter, source_sha256 = await asked_letter(request, sandbox)
        if (letter.year, letter.number) != (year, number):
            raise LetterUnknown(f"The transcription is of letter {letter.number} of {letter.year}.")
        stands = await letters.year(year)
        wrong = [stands.letters[number].letter] if number in stands.letters else []
        around = await surroundings.around(year, [letter, *wrong])
        if dry_run == "true":
            shown = preview_correction(stands, letter=letter, source_sha256=source_sha256, reason=reason, around=around)
            return JsonResponse(shown)
        return await years.act(
            year,
            lambda it: correct_letter(
                it,
                letter=letter,
                source_sha256=source_sha256,
                reason=reason,
                corrected_by=caller.subject,
                confirmed=confirmed,
            ),
            show=shower(letter, around),
            caller=caller,
            key=key,
        )

    @router.post("/withdrawal", response_model=Withdrawn | CorrectionPreview)
    async def withdraw(
        year: Year,
        number: Number,
        reason: Line,
        caller: Controller,
        key: Idempotency,
        confirmed: Sha256 | None = None,
        dry_run: DryRun = "false",
    ) -> Response:
        """Takes out a letter that should never have stood here (another agency's, or one that was not sent); its number
        is free again. What it takes away is confirmed with the digest that a dry run gives."""
        if dry_run == "true":
            stands = await letters.year(year)
            gone = [stands.letters[number].letter] if number in stands.letters else []
            around = await surroundings.around(year, gone)
            shown = preview_withdrawal(stands, of_year=year, number=number, reason=reason, around=around)
            return JsonResponse(shown)
        return await years.act(
            year,
            lambda it: withdraw_letter(
                it, number=number, reason=reason, withdrawn_by=caller.subject, confirmed=confirmed
            ),
            show=lambda _: {"year": year, "number": number, "withdrawn": True},
            caller=caller,
            key=key,
        )

    return router
