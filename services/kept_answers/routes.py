"""How long answers to commands are kept, over HTTP: read by all, proposed by one, confirmed by another."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated

from starlette.responses import Response

from services.eventlog.after import After
from services.eventlog.events import Event
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller, Role
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.etag import ExpectedVersion, etag
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey
from services.httpapi.route import Router
from services.kept_answers.events import TERM_STREAM
from services.kept_answers.requests import TermAsked
from services.kept_answers.responses import KeptAnswersRule, Term
from services.kept_answers.rules import Terms, confirm_term, fold, propose_term

Either = Annotated[Caller, allow(Role.controller, Role.administrator)]
Anybody = Annotated[Caller, allow(*STAFF)]


def kept_answer_router(desk: CommandHandler, today: Callable[[], date]) -> Router:
    """The addresses of the term in one service; `today` is its day in Europe/Oslo."""
    router = Router(prefix="/v1/rules/kept-answers", tags=["log"])

    async def act(
        rule: Callable[[Terms], Sequence[Event]], *, caller: Caller, key: IdempotencyKey, expected: int
    ) -> Response:
        def answer(after: After) -> Answer:
            stands = shown(fold(after.events), version=after.version, day=today())
            return Answer(body=stands.model_dump(mode="json"))

        return await desk.carry_out(
            TERM_STREAM,
            caller=caller,
            key=key,
            decide=lambda history: rule(fold(history.events)),
            answer=answer,
            expected=expected,
        )

    @router.get("", response_model=KeptAnswersRule)
    async def read_kept_answers(_: Anybody, response: Response) -> KeptAnswersRule:
        """How long this service keeps its answers to commands: for good, until two people have set a term."""
        history = await desk.log.load(TERM_STREAM)
        response.headers["ETag"] = etag(history.version)
        return shown(fold(history.events), version=history.version, day=today())

    @router.put("", response_model=KeptAnswersRule)
    async def propose_kept_answers(
        asked: TermAsked, caller: Either, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Proposes another term, from today on at the earliest. Nothing changes before a second person confirms it."""
        return await act(
            lambda terms: propose_term(
                terms,
                days=asked.days,
                valid_from=asked.valid_from,
                reason=asked.reason,
                proposed_by=caller.subject,
                today=today(),
            ),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/confirmation", response_model=KeptAnswersRule)
    async def confirm_kept_answers(caller: Either, expected: ExpectedVersion, key: Idempotency) -> Response:
        """Confirms the term that waits, as a second person. What is cleared under it does not come back, also where
        a longer term is set later."""
        return await act(
            lambda terms: confirm_term(terms, confirmed_by=caller.subject), caller=caller, key=key, expected=expected
        )

    return router


def shown(terms: Terms, *, version: int, day: date) -> KeptAnswersRule:
    """The terms as they are answered."""
    waiting = terms.waiting
    return KeptAnswersRule(
        version=version,
        today=day,
        days_today=terms.on(day),
        confirmed=[
            Term(days=each.days, valid_from=each.valid_from, reason=each.reason, by=each.confirmed_by)
            for each in terms.confirmed
        ],
        proposed=Term(days=waiting.days, valid_from=waiting.valid_from, reason=waiting.reason, by=waiting.proposed_by)
        if waiting
        else None,
    )
