"""A case over HTTP: its stream, its acts, and what anybody may read of it. The rooms of a case share this door.

Every act names the version it builds on (If-Match) and carries an Idempotency-Key; what it may do stands in the rooms'
rules. What has happened is read back from the case's own stream, so an answer is never older than the last act.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from starlette.responses import Response

from services.eventlog.after import After
from services.eventlog.events import Event
from services.eventlog.log import History, Log
from services.grants.case.events.application import ApplicationReceived, ImpartialityStated
from services.grants.case.events.award import AwardProposed
from services.grants.case.events.complaint import ComplaintReceived, PartyChanged
from services.grants.case.recipient_remarks import Named, find_remarks
from services.grants.case.state import keep_closed
from services.grants.case.ties import TiedToOrganisation, stream_of_organisation, tied
from services.grants.case.until_informed import keep_until_informed
from services.grants.case_number.view import CaseNumbers
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.guards import Admit, Decided
from services.httpapi.commands.idempotency import IdempotencyKey
from services.httpapi.problem import NotFound
from services.text.people import is_among

State = TypeVar("State")


def stream_of(case_id: UUID) -> str:
    """The case's stream, which is also the id of its commitment in the tree of funds."""
    return f"case-{case_id}"


def case_of(stream: str) -> UUID:
    """The case a stream `case-<uuid>` holds."""
    return UUID(stream.removeprefix("case-"))


class Shows(Protocol):
    """How a case stands, in one answer. It is made of every stage's part, so it is handed in from above."""

    def __call__(self, case_id: UUID, events: Sequence[Event], *, number: str | None) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class CaseCommands:
    """Where the rooms' acts on a case are carried out."""

    desk: CommandHandler
    numbers: CaseNumbers
    show: Shows

    async def history(self, case_id: UUID) -> History:
        """Everything that has happened in the case, or NotFound."""
        history = await self.desk.log.load(stream_of(case_id))
        if not history.version:
            raise NotFound(f"There is no case {case_id}.")
        return history

    async def act(
        self,
        case_id: UUID,
        fold: Callable[[Sequence[Event]], State],
        rule: Callable[[State], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
        opening: bool = False,
        named: Named | None = None,
        rests_on: Mapping[str, int] | None = None,
    ) -> Response:
        """Asks the rule on the case as it stands (as `fold` tells it), records what follows, and answers with the case
        as it then is; of whom the act names (`named`) also with what stands out in the name and numbers (`remarks`).
        Nothing is recorded (`StaleVersion`) where a stream that the rule `rests_on` besides has moved from its version.

        Refuses, whatever the act: whoever is recorded as tied to the case's organisation (`TiedToOrganisation`), new
        facts in a closed case (`CaseClosedAlready`), and what presupposes that the recipient knows of an award it has
        not been told of (`LetterNotOut`).
        """
        beside: dict[str, object] = {}
        if named:
            [remarks] = await find_remarks(self.numbers.pool, [named], in_case=case_id)
            beside["remarks"] = remarks
        # A case that is opened here gets its number as it is recorded, and the answer with it.
        number = None if opening else await self.numbers.find(case_id)

        def answer(after: After) -> Answer:
            shown = self.show(case_id, after.events, number=number) | beside
            return Answer(body=shown, status=201, location=f"/v1/cases/{case_id}") if opening else Answer(body=shown)

        return await self.desk.carry_out(
            stream_of(case_id),
            caller=caller,
            key=key,
            decide=_in_case(case_id, fold, rule, opening=opening),
            answer=answer,
            expected=expected,
            admit=_resting_on(rests_on or {}, keep_tied_out(self.desk.log, caller)),
        )

    async def ask(
        self,
        case_id: UUID,
        fold: Callable[[Sequence[Event]], State],
        rule: Callable[[State], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
        opening: bool = False,
    ) -> None:
        """Refuses what `act` would, and records nothing: asked before a row of somebody is stored that a fact is to
        refer to, so that nothing is stored of whom a refused command names."""
        stream, decide = stream_of(case_id), _in_case(case_id, fold, rule, opening=opening)
        await self.desk.ask(
            [stream],
            caller=caller,
            key=key,
            decide=lambda histories: {stream: decide(histories[stream])},
            expected={stream: expected},
            admit=keep_tied_out(self.desk.log, caller),
        )


def _in_case(
    case_id: UUID,
    fold: Callable[[Sequence[Event]], State],
    rule: Callable[[State], Sequence[Event]],
    *,
    opening: bool,
) -> Callable[[History], Sequence[Event]]:
    """The rule, asked on a case where anything may be decided; and what every act on a case must keep."""

    def decide(history: History) -> Sequence[Event]:
        if not opening and not history.version:
            raise NotFound(f"There is no case {case_id}.")
        events = rule(fold(history.events))
        keep_closed(history.events, events)
        keep_until_informed(history.events, events)
        return events

    return decide


def keep_tied_out(log: Log, caller: Caller) -> Admit:
    """Nobody decides for an organisation they are recorded as tied to (domain rule 3), nor in the moment the tie is
    recorded. Stating that one is not impartial is no decision."""

    async def admit(histories: Mapping[str, History], decided: Decided) -> Mapping[str, int]:
        numbers = {
            number
            for stream, events in decided.items()
            if not all(isinstance(event, ImpartialityStated) and not event.impartial for event in events)
            for number in organisations_of((*histories[stream].events, *events))
        }
        ties = await log.load_all([stream_of_organisation(number) for number in numbers]) if numbers else {}
        for number, history in ties.items():
            if is_among(caller.subject, tied(history.events)):
                raise TiedToOrganisation(
                    f"{caller.subject} is recorded as tied to {number.removeprefix('organisation-')} and decides "
                    "nothing in its cases. Ask a colleague."
                )
        return {stream: history.version for stream, history in ties.items()}

    return admit


def _resting_on(versions: Mapping[str, int], admit: Admit) -> Admit:
    """The same, of what was also decided on these streams as they stood."""

    async def admitting(histories: Mapping[str, History], decided: Decided) -> Mapping[str, int]:
        return {**versions, **(await admit(histories, decided) or {})}

    return admitting if versions else admit


def organisations_of(events: Iterable[Event]) -> set[str]:
    """The organisation numbers a case is about: who applied, whom an award is proposed for, who complains, and who has
    come in the party's place."""
    numbers: set[str] = set()
    for event in events:
        match event:
            case (
                ApplicationReceived(applicant=body)
                | AwardProposed(recipient=body)
                | ComplaintReceived(party=body)
                | PartyChanged(party=body)
            ) if body.organisation_number:
                numbers.add(body.organisation_number)
    return numbers
