"""A command carried out: loaded, decided, appended, answered; and answered the same when it is sent again.

This is the whole way of a write. Routes give the decision and the answer; nothing is caught here, for a refusal is
rendered by the one handler and an outcome of the log that refuses is raised as the refusal it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from starlette.responses import Response

from services.eventlog.after import After
from services.eventlog.background.aside import aside
from services.eventlog.command import Command, Outcome, Write
from services.eventlog.events import Event
from services.eventlog.log import History, Log
from services.eventlog.refusal import Refusal
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.answer import Answer, again
from services.httpapi.commands.guards import Admit, Decide, Decided, Guard, ask_in_turn
from services.httpapi.commands.idempotency import IdempotencyKey
from services.httpapi.correlation import correlation_id
from services.httpapi.problem import NotFound

TRIES = 8


class StaleVersion(Refusal):
    """Somebody else changed it since the caller last read it. Read it again and decide anew."""

    code = "stale-version"
    status = 412
    title = "Saken er endret siden du leste den"


class RecordingRefusedByData(Refusal):
    """The log would not take the facts as they are. Nothing is recorded."""

    code = "recording-refused"
    status = 422
    title = "Opplysningene kan ikke registreres"


@dataclass(frozen=True, slots=True)
class CommandHandler:
    """Where a service's commands are carried out. `exhausted` and `refused` word in the service's terms what the
    database refuses: the hard stop, and any other rule it keeps itself. `guards` are asked in turn before anything is
    recorded."""

    log: Log
    exhausted: Callable[[Outcome], Refusal] = field(default=lambda told: RecordingRefusedByData(str(told.problem)))
    refused: Callable[[Outcome], Refusal] = field(
        default=lambda outcome: RecordingRefusedByData(f"The facts were not recorded: {outcome.problem}")
    )
    guards: Sequence[Guard] = ()

    async def carry_out(
        self,
        stream: str,
        *,
        caller: Caller,
        key: IdempotencyKey,
        decide: Callable[[History], Sequence[Event]],
        answer: Callable[[After], Answer],
        expected: int | None = None,
        admit: Admit | None = None,
    ) -> Response:
        """Decides on the stream as it stands, records, and answers with the new version. `answer` is made from the
        stream as it is once that is recorded.

        With `expected` (If-Match) another version refuses with StaleVersion (412); without it a race is decided anew.
        The same key again gives the first answer, whatever has happened since; the same key with another request is
        refused (422), and one whose answer is no longer kept is refused (410) and not done again. The log finds a
        repeat in the transaction that would have recorded it, so only an act that is refused needs to be looked up
        here.
        """
        return await self.carry_out_all(
            (stream,),
            caller=caller,
            key=key,
            decide=lambda histories: {stream: decide(histories[stream])},
            answer=lambda after: answer(after[stream]),
            expected={} if expected is None else {stream: expected},
            admit=admit,
        )

    async def carry_out_all(
        self,
        streams: Sequence[str],
        *,
        caller: Caller,
        key: IdempotencyKey,
        decide: Decide,
        answer: Callable[[Mapping[str, After]], Answer],
        expected: Mapping[str, int] | None = None,
        admit: Admit | None = None,
    ) -> Response:
        """The same for a decision that stands in several streams: all of it is recorded in one transaction, or none.

        The first stream is the one the caller acts on: its version is the answer's ETag. `expected` names the versions
        the decision builds on; a stream expected at 0 begins here and is not read.
        """
        try:
            return await self._attempt(streams, caller, key, decide, answer, expected or {}, admit)
        except Refusal:
            earlier = await self.log.find_earlier(caller.subject, key.key)
            if earlier is None:
                raise
            return again(earlier.request_hash, earlier.answer, key)

    async def _attempt(
        self,
        streams: Sequence[str],
        caller: Caller,
        key: IdempotencyKey,
        decide: Decide,
        answer: Callable[[Mapping[str, After]], Answer],
        expected: Mapping[str, int],
        admit: Admit | None,
    ) -> Response:
        for _ in range(TRIES):
            histories, decided, rests_on = await self._judge(streams, caller, key, decide, expected, admit)
            after = {
                stream: After(history, decided.get(stream, ()), self.log.now) for stream, history in histories.items()
            }
            told, version = await aside(partial(answer, after), on=len(after)), after[streams[0]].version
            command = Command(
                actor=caller.subject,
                correlation_id=correlation_id(),
                key=key.key,
                request_hash=key.request_hash,
                answer=told.kept(version),
            )
            writes = [Write(stream, histories[stream].version, events) for stream, events in decided.items()]
            writes += [Write(stream, version, ()) for stream, version in rests_on.items()]
            outcome = await self.log.append(command, *writes)
            match outcome.outcome:
                case "recorded":
                    return told.sent(version, kept=command.answer, recorded=outcome.answer)
                case "repeated":
                    return again(outcome.request_hash, outcome.answer, key)
                case "exhausted":
                    raise self.exhausted(outcome)
                case "refused":
                    raise self.refused(outcome)
        raise _stale((await self.log.load(streams[0])).version)

    async def ask(
        self,
        streams: Sequence[str],
        *,
        caller: Caller,
        key: IdempotencyKey,
        decide: Decide,
        expected: Mapping[str, int] | None = None,
        admit: Admit | None = None,
    ) -> None:
        """Refuses what `carry_out_all` would, and records nothing: whoever stores a row beside the log, before the fact
        that refers to it, asks first, and stores none for what is refused. A repeat is not asked again."""
        try:
            await self._judge(streams, caller, key, decide, expected or {}, admit)
        except Refusal:
            if await self.log.find_earlier(caller.subject, key.key) is None:
                raise

    async def _judge(
        self,
        streams: Sequence[str],
        caller: Caller,
        key: IdempotencyKey,
        decide: Decide,
        expected: Mapping[str, int],
        admit: Admit | None,
    ) -> tuple[Mapping[str, History], Decided, Mapping[str, int]]:
        """The streams as they stand, what the rule, the door and the guards make of them, and what that rests on."""
        histories = await self._histories(streams, expected)
        for stream, version in expected.items():
            if histories[stream].version != version:
                if not histories[stream].version:
                    raise NotFound("There is nothing at this address, in any version.")
                raise _stale(histories[stream].version)
        decided = await self._decide(decide, histories, expected)
        rests_on = dict(await admit(histories, decided) or {}) if admit else {}
        decided, beside = await ask_in_turn(self.guards, caller, key, histories, decided)
        return histories, decided, rests_on | dict(beside)

    async def _decide(
        self,
        decide: Decide,
        histories: Mapping[str, History],
        expected: Mapping[str, int],
    ) -> Decided:
        """What was expected not to have begun was not read, and may look as if it were not there. If it has begun, that
        is what is wrong with the request (412)."""
        try:
            return await aside(lambda: {each: tuple(its) for each, its in decide(histories).items()}, on=len(histories))
        except Refusal:
            for stream in (stream for stream, version in expected.items() if version == 0):
                if version := (await self.log.load(stream)).version:
                    raise _stale(version) from None
            raise

    async def _histories(self, streams: Sequence[str], expected: Mapping[str, int]) -> Mapping[str, History]:
        begun = [stream for stream in streams if expected.get(stream) != 0]
        histories = {stream: History(stream, ()) for stream in streams}
        if len(begun) == 1:
            return histories | {begun[0]: await self.log.load(begun[0])}
        return histories | await self.log.load_all(begun) if begun else histories


def _stale(version: int) -> StaleVersion:
    return StaleVersion(f"It now stands at version {version}. Read it again before you decide.", version=version)
