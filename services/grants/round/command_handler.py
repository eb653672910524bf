"""A round over HTTP: its stream, its acts, and the cases they reach. Every act of the room goes through this door.

An act names the version of the round it builds on. The round and each case it decides are recorded in one transaction:
all of it stands afterwards, or none of it does.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from starlette.responses import Response

from services.eventlog.after import After
from services.eventlog.background.aside import aside
from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.eventlog.log import History
from services.grants.allocation.later_years import LaterYears
from services.grants.case.command_handler import keep_tied_out, stream_of
from services.grants.case.events.round import RoundOpened
from services.grants.round.each_case import Cases, fold
from services.grants.round.each_case import Decided as DecidedCases
from services.grants.round.proposing import Setting, post_of, terms_of
from services.grants.round.rules import Round, evolve
from services.grants.round.view import shown, stream_of_round
from services.grants.scheme.view import CallNow, SchemeNow, Schemes
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler, StaleVersion
from services.httpapi.commands.guards import Decided
from services.httpapi.commands.idempotency import IdempotencyKey
from services.httpapi.problem import NotFound

Decision = Callable[[Round, Cases], tuple[Sequence[Event], DecidedCases]]
"""What follows in the round and in each of its cases."""
Tell = Callable[[Sequence[UUID]], Mapping[str, Any]]
"""What is told of an act beside the round: asked with the cases in which nothing followed from it."""


def tell_nothing(_: Sequence[UUID]) -> Mapping[str, Any]:
    """For acts of which the round says all."""
    return {}


@dataclass(frozen=True, slots=True)
class RoundCommands:
    """Where the acts of a round are carried out."""

    desk: CommandHandler
    schemes: Schemes
    later_years: LaterYears

    async def history(self, round_id: UUID) -> History:
        """Everything that has happened to the round, or NotFound."""
        history = await self.desk.log.load(stream_of_round(round_id))
        if not history.version:
            raise NotFound(f"There is no round {round_id}.")
        return history

    async def round_(self, round_id: UUID) -> Round:
        """The round as it stands, or NotFound."""
        return fold_once(evolve, (await self.history(round_id)).events, Round)

    async def setting(self, round_id: UUID, round_: Round) -> Setting:
        """What the round's lines share, as its scheme and call say now."""
        assert round_.opened is not None
        scheme, call = await self.scheme(round_.opened.scheme_id, round_.opened.call_id)
        return Setting(round_id=round_id, scheme_id=scheme.scheme_id, year=scheme.year, terms=terms_of(scheme, call))

    async def scheme(self, scheme_id: str, call_id: str | None) -> tuple[SchemeNow, CallNow | None]:
        """The scheme, and its call where one is named, or NotFound."""
        scheme = await self.schemes.find_scheme(scheme_id)
        if scheme is None:
            raise NotFound("No scheme is registered under that id.")
        call = next((each for each in scheme.calls if each.call.call_id == call_id), None)
        if call is None and call_id is not None:
            raise NotFound("The scheme has no call of that id.")
        return scheme, call

    async def list_reaching_on(
        self, year: int, promised: Iterable[tuple[str, int, date | None]], *, on: date
    ) -> frozenset[str]:
        """The posts whose commitment authority reaches as far as what is promised `on` a day: (fund, øre, last day due)
        of each award. Those of one post that leave the budget year are held against its authority together."""
        beyond: dict[str, list[tuple[int, date]]] = {}
        for fund_id, amount_ore, due_on in promised:
            until = max(on, due_on or on)
            if {on.year, until.year} != {year}:
                beyond.setdefault(post_of(fund_id), []).append((amount_ore, until))
        reaching = set()
        for post, awards in beyond.items():
            amount_ore, until = sum(each[0] for each in awards), max(each[1] for each in awards)
            if await self.later_years.has_commitment_authority(post, on=on, until=until, amount_ore=amount_ore):
                reaching.add(post)
        return frozenset(reaching)

    async def act(
        self,
        round_id: UUID,
        case_ids: Collection[UUID],
        decision: Decision,
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
        tell: Tell = tell_nothing,
    ) -> Response:
        """Asks the decision on the round and these cases as they stand, records all that follows, and answers with the
        round as it then is. A round expected at 0 begins here.

        Refuses whoever is tied to the organisation of any of the cases (`TiedToOrganisation`).
        """
        location = None if expected else f"/v1/rounds/{round_id}"
        asking = RoundDecision(round_id, tuple(case_ids), decision, tell)
        return await self.desk.carry_out_all(
            asking.streams,
            caller=caller,
            key=key,
            decide=asking.decide,
            answer=lambda after: Answer(body=asking.shown(after), status=200 if expected else 201, location=location),
            expected={asking.streams[0]: expected},
            admit=keep_tied_out(self.desk.log, caller),
        )

    async def try_out(
        self,
        round_id: UUID,
        case_ids: Collection[UUID],
        decision: Decision,
        *,
        caller: Caller,
        expected: int,
        tell: Tell = tell_nothing,
    ) -> dict[str, Any]:
        """What `act` would answer, with nothing recorded: the same decision, the same refusals."""
        asking = RoundDecision(round_id, tuple(case_ids), decision, tell)
        histories = await self.desk.log.load_all(asking.streams)
        if (version := histories[asking.streams[0]].version) != expected:
            raise StaleVersion(f"It now stands at version {version}. Read it again before you decide.", version=version)
        decided = await aside(lambda: asking.decide(histories), on=len(histories))
        await keep_tied_out(self.desk.log, caller)(histories, decided)
        now = self.desk.log.now
        return asking.shown({its: After(history, decided.get(its, ()), now) for its, history in histories.items()})


@dataclass(frozen=True)
class RoundDecision:
    """A decision on a round and some cases, between streams and states."""

    round_id: UUID
    case_ids: tuple[UUID, ...]
    decision: Decision
    tell: Tell

    @cached_property
    def stream_of(self) -> Mapping[UUID, str]:
        """Each case's stream."""
        return {case_id: stream_of(case_id) for case_id in self.case_ids}

    @property
    def streams(self) -> tuple[str, ...]:
        """The round's stream, and each case's."""
        return (stream_of_round(self.round_id), *self.stream_of.values())

    def decide(self, histories: Mapping[str, History]) -> Decided:
        """The facts that follow, by stream. Refuses (`NotFound`) what does not begin a round that is not begun."""
        stream = stream_of_round(self.round_id)
        cases = {case_id: fold(histories[its].events) for case_id, its in self.stream_of.items()}
        events, each = self.decision(fold_once(evolve, histories[stream].events, Round), cases)
        if not isinstance(next(iter((*histories[stream].events, *events)), None), RoundOpened):
            raise NotFound("There is no such round.")
        return {stream: tuple(events)} | {self.stream_of[case_id]: tuple(its) for case_id, its in each.items() if its}

    def shown(self, after: Mapping[str, After]) -> dict[str, Any]:
        """The round as it then is, and what else there is to tell of the act."""
        unmoved = [case_id for case_id, its in self.stream_of.items() if not after[its].new]
        return shown(self.round_id, after[stream_of_round(self.round_id)].events) | dict(self.tell(unmoved))
