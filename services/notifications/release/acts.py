"""A letter let out: ordered, and released at once if the gate is open."""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.log import History
from services.eventlog.refusal import Refusal
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.idempotency import IdempotencyKey
from services.notifications.acts.command_handler import NotificationCommands
from services.notifications.facts.hands import Hands, words_in
from services.notifications.gate.decision import Clocks, check
from services.notifications.gate.reading import HeldWithNotices, standing_of
from services.notifications.gate.refusals import LetterNotFetched
from services.notifications.release.rules import order_release, release

WAITS = frozenset({"notice-missing", "notice-too-young", "notice-objected", "letter-not-fetched", "clocks-disagree"})
"""What an order waits out. What was changed or went stale needs somebody to act first."""


async def let_out(
    acting: NotificationCommands, item: str, *, when_open: bool, caller: Caller, key: IdempotencyKey, expected: int
) -> Response:
    """Order the letter out, and let it out at once if the gate is open. `when_open` keeps an order that must wait;
    without it the gate's refusal is the answer, and nothing is recorded."""
    standing = await acting.reading.standing(item)
    fetched = standing.held.letter and await acting.files.find(standing.held.letter.letter_sha256)
    clocks = await acting.reading.clocks(acting.now())

    def decide(histories: Mapping[str, History]) -> Sequence[Event]:
        standing = standing_of(item, histories)
        words = words_in(each.notice for each in standing.told)
        ordered = order_release(standing.held, words=words, ordered_by=caller.subject)
        try:
            return [*ordered, *_released(standing, clocks, bool(fetched), words, caller.subject)]
        except Refusal as refusal:
            if when_open and refusal.code in WAITS:
                return ordered
            raise

    return await acting.on_item(item, decide, clocks, caller=caller, key=key, expected=expected)


def _released(standing: HeldWithNotices, clocks: Clocks, fetched: bool, words: Hands, by: str) -> Sequence[Event]:
    ground = check(standing.item, standing.held, standing.told, clocks)
    if not fetched:
        raise LetterNotFetched("The letter's bytes are on their way from grants. Try again in a moment.")
    return release(standing.held, ground=ground, said_at=clocks.said_at, words=words, released_by=by)
