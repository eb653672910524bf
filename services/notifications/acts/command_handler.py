"""Acts on notices and on what is held: loaded, decided, recorded, and answered with how it then stands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from starlette.responses import Response

from services.eventlog.after import After
from services.eventlog.events import Event
from services.eventlog.log import History
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.idempotency import IdempotencyKey
from services.httpapi.problem import NotFound
from services.notifications.acts.answers import show_held, show_notice
from services.notifications.facts import held_state as holding
from services.notifications.facts import notice_state as telling
from services.notifications.facts.channel import Channel
from services.notifications.facts.hands import Hands, hands_in, words_in
from services.notifications.facts.held_state import Held
from services.notifications.facts.notice_state import Notice
from services.notifications.gate.decision import Clocks
from services.notifications.gate.reading import GateReading, standing_of
from services.notifications.held.file_store import KeptFiles


class NotificationCommands:
    """Where acts are carried out, each in one transaction."""

    def __init__(
        self,
        desk: CommandHandler,
        reading: GateReading,
        files: KeptFiles,
        now: Callable[[], datetime],
        *,
        channels: frozenset[Channel],
    ) -> None:
        """`channels` are those by which a notice can be sent here."""
        self.desk, self.reading, self.files, self.now, self.channels = desk, reading, files, now, channels

    async def on_notice(
        self,
        notice_id: UUID,
        rule: Callable[[Notice], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
    ) -> Response:
        """A rule asked on a notice. One expected at 0 begins here; else NotFound if there is none."""
        return await self._on_notice(notice_id, lambda it, _: rule(it), (), caller=caller, key=key, expected=expected)

    async def by_the_ministry(
        self,
        notice_id: UUID,
        rule: Callable[[Notice, Hands], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
    ) -> Response:
        """A rule asked on a notice, and on whoever had a hand in what it lists, as all of it stands when the answer is
        recorded."""
        notice = telling.fold((await self.desk.log.load(telling.stream_of(notice_id))).facts)
        items = tuple(sorted(notice.items))
        return await self._on_notice(notice_id, rule, items, caller=caller, key=key, expected=expected)

    async def _on_notice(
        self,
        notice_id: UUID,
        rule: Callable[[Notice, Hands], Sequence[Event]],
        items: Sequence[str],
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
    ) -> Response:
        stream = telling.stream_of(notice_id)

        def decide(histories: Mapping[str, History]) -> dict[str, Sequence[Event]]:
            history = histories[stream]
            hands = hands_in(event for item in items for event in histories[item].events)
            events = rule(telling.fold(history.facts), hands)
            if not history.version and (expected or not any(event.TOPIC == "notice.prepared.v1" for event in events)):
                raise NotFound("There is no such notice.")
            return {stream: events, **dict.fromkeys(items, ())}

        def answer(after: Mapping[str, After]) -> Answer:
            shown = show_notice(notice_id, telling.fold(after[stream].facts))
            return (
                Answer(body=shown) if expected else Answer(body=shown, status=201, location=f"/v1/notices/{notice_id}")
            )

        return await self.desk.carry_out_all(
            (stream, *items),
            caller=caller,
            key=key,
            decide=decide,
            answer=answer,
            expected={stream: expected},
        )

    async def on_held(
        self,
        item: str,
        rule: Callable[[Held], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
        at: str | None = None,
    ) -> Response:
        """A rule asked on what is held. One expected at 0 begins here, below the address `at`; else NotFound if nothing
        is held."""
        clocks = await self.reading.clocks(self.now())

        def decide(histories: Mapping[str, History]) -> Sequence[Event]:
            return rule(holding.fold(histories[item].facts))

        return await self.on_item(item, decide, clocks, caller=caller, key=key, expected=expected, at=at)

    async def towards_its_way_out(
        self,
        item: str,
        rule: Callable[[Held, Hands], Sequence[Event]],
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
    ) -> Response:
        """A rule asked on what is held, and on whoever spoke for the ministry of it. NotFound if nothing is held."""
        clocks = await self.reading.clocks(self.now())

        def decide(histories: Mapping[str, History]) -> Sequence[Event]:
            standing = standing_of(item, histories)
            return rule(standing.held, words_in(each.notice for each in standing.told))

        return await self.on_item(item, decide, clocks, caller=caller, key=key, expected=expected)

    async def on_item(
        self,
        item: str,
        decide: Callable[[Mapping[str, History]], Sequence[Event]],
        clocks: Clocks,
        *,
        caller: Caller,
        key: IdempotencyKey,
        expected: int,
        at: str | None = None,
    ) -> Response:
        """What `decide` makes of an item and of the notices that list it, as they all stand when it is recorded."""

        def decided(histories: Mapping[str, History]) -> dict[str, Sequence[Event]]:
            if not histories[item].version and at is None:
                raise NotFound("Nothing is held under that id.")
            return {**dict.fromkeys(histories, ()), item: decide(histories)}

        def answer(after: Mapping[str, After]) -> Answer:
            told = standing_of(item, {stream: each.before for stream, each in after.items()}).told
            shown = show_held(item, holding.fold(after[item].facts), told, clocks)
            if at is None:
                return Answer(body=shown)
            return Answer(body=shown, status=201, location=f"{at}/{item.partition('-')[2]}")

        return await self.desk.carry_out_all(
            await self.reading.streams(item),
            caller=caller,
            key=key,
            decide=decided,
            answer=answer,
            expected={item: expected},
        )
