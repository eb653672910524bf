"""Whose turn it is to have a page made. As many are made at once as there are connections to the facts; others wait a
few seconds at most, and are told so in words when that is not enough.

Turns go to the session that has the fewest, and one session never has all of them: whoever asks for hundreds of pages
waits for themselves, and the pages of others go on.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request

from services.calendar.patience import at_most
from services.dashboard.sign_in.reader import found_reader
from services.dashboard.sign_in.refusals import PageRefusal
from services.dashboard.words.spoken import N_

AT_ONCE, OF_ONE = 8, 4
WAITING_OF_ONE = 24
SECONDS = at_most(5)


class NotYourTurn(PageRefusal):
    """More pages are asked for than can be made in good time."""

    code = "page-busy"
    status = 503
    title = "Tjenesten er opptatt akkurat nå"
    headers = (("Retry-After", "5"),)


WAIT = N_("Det leses mange sider samtidig. Vent noen sekunder og prøv igjen; ingenting er gått tapt.")


class Turns:
    """`at_once` turns, `of_one` of them at most to one session, of which no more than `waiting_of_one` wait, each for
    `seconds` at most."""

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        of_one: int = OF_ONE,
        waiting_of_one: int = WAITING_OF_ONE,
        seconds: float = SECONDS,
    ) -> None:
        self.at_once, self.of_one, self.waiting_of_one, self.seconds = at_once, of_one, waiting_of_one, seconds
        self._having: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def taken(self, of: str) -> AsyncIterator[None]:
        """A turn, for as long as this lasts. Refuses `NotYourTurn`."""
        await self._take(of)
        try:
            yield
        finally:
            self._give_back(of)

    async def _take(self, of: str) -> None:
        waiting = self._waiting.setdefault(of, deque())
        if len(waiting) >= self.waiting_of_one:
            raise NotYourTurn(WAIT)
        turn = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        self._hand_out()
        if turn.done():
            return
        try:
            async with asyncio.timeout(self.seconds):
                await turn
        except BaseException as ended:
            self._leave(of, turn)
            if isinstance(ended, TimeoutError):
                raise NotYourTurn(WAIT) from None
            raise

    def _leave(self, of: str, turn: "asyncio.Future[None]") -> None:
        """Whoever waited goes; was the turn given in that very moment, another has it."""
        if turn.done() and not turn.cancelled():
            self._give_back(of)
        elif waiting := self._waiting.get(of):
            waiting.remove(turn)
            if not waiting:
                del self._waiting[of]

    def _give_back(self, of: str) -> None:
        self._having[of] -= 1
        if not self._having[of]:
            del self._having[of]
        self._hand_out()

    def _hand_out(self) -> None:
        """To the session that has the fewest turns; among those that have as many, to the one that was served longest
        ago."""
        while self._having.total() < self.at_once:
            having = self._having
            ready = [each for each in self._waiting if having[each] < self.of_one]
            if not ready:
                return
            of = min(ready, key=having.__getitem__)
            waiting = self._waiting.pop(of)
            waiting.popleft().set_result(None)
            self._having[of] += 1
            if waiting:
                self._waiting[of] = waiting


async def in_turn(request: Request) -> AsyncIterator[None]:
    """While a page is made: the reader's turn. What is made is sent without it, so that nobody holds it by reading
    slowly."""
    turns: Turns | None = getattr(request.app.state, "turns", None)
    reader = found_reader(request)
    if turns is None or reader is None:
        yield
        return
    async with turns.taken(reader.proof):
        yield
