"""What receivers are told of the ministry's notices as the year goes by: the alerts, each on its day.

The clock stops on every day on which one falls, the worker tells it, and it is read from the message stream, as a page
of a front-end does.
"""

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import httpx

from dev.demo import told
from dev.demo.clock import SimulatedClock
from dev.people import Unexpected
from services.bokmal import day_in_words
from services.calendar.patience import at_most

TYPES = ("notice.due_soon", "notice.overdue", "notice.opens_soon", "notice.opened", "notice.stale_soon")
PATIENCE_SECONDS = at_most(30)
_SETTLED = """
    SELECT NOT EXISTS (SELECT FROM notifications_view.deadline_timer WHERE look_at <= notifications.log_clock())
       AND NOT EXISTS (SELECT FROM notifications.message m
                       WHERE NOT EXISTS (SELECT FROM notifications.message_number n WHERE n.id = m.id))
       AND (SELECT position FROM notifications_view.edition WHERE projection = 'deadlines' AND state = 'live')
           >= (SELECT coalesce(max(position), 0) FROM notifications.event)
"""
_NEXT = """
    SELECT ((min(t.look_at) AT TIME ZONE 'Europe/Oslo')::date)::text
    FROM notifications_view.deadline_timer t JOIN notifications_view.deadline d USING (deadline_id)
    WHERE d.notice_id IS NOT NULL AND d.kind = ANY (%s) AND d.state = 'due' AND t.look_at > notifications.log_clock()
      AND d.edition = (SELECT edition FROM notifications_view.edition
                       WHERE projection = 'deadlines' AND state = 'live')
"""
_LAST = """
    SELECT coalesce(max(n.number), 0) FROM notifications.message_number n JOIN notifications.message m USING (id)
    WHERE m.type = ANY (%s)
"""
KINDS = ["notice-must-go", "notice-opens", "notice-stale"]


class Alerts:
    """Listens from when it is made, on behalf of whoever `token` is."""

    def __init__(self, base_url: str, token: str, clock: SimulatedClock) -> None:
        self._clock = clock
        self._arrived: queue.Queue[tuple[int, dict[str, Any]]] = queue.Queue()
        self._client = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(at_most(10), read=at_most(60)),
        )
        self._place, self.counted = 0, dict.fromkeys(TYPES, 0)
        threading.Thread(target=self._listen, daemon=True).start()

    def go_to(self, day: str) -> None:
        """The morning of that day, by way of every day before it on which one falls; tell each."""
        self._settles()
        while (stop := self._clock.reads(_NEXT, KINDS)) and str(stop) < day:
            self._clock.go_to(str(stop))
            self._settles()
        self._clock.go_to(day)
        self._settles()

    def tell_all(self) -> None:
        """How many of each type there were. One that never fell is a fault: the year has all of them."""
        told.say("\nVarsler om orienteringer: " + ", ".join(f"{many} {name}" for name, many in self.counted.items()))
        if missing := [name for name, many in self.counted.items() if not many]:
            raise Unexpected(f"no alert of type {', '.join(missing)} fell in the whole year")

    def _settles(self) -> None:
        """Everything that is to be told by now is, and has arrived here."""
        self._waits_for(lambda: bool(self._clock.reads(_SETTLED)))
        last = int(self._clock.reads(_LAST, list(TYPES)))
        self._waits_for(lambda: self._tells() >= last)

    def _tells(self) -> int:
        """Tell what has arrived. The number of the last."""
        while not self._arrived.empty():
            self._place, message = self._arrived.get()
            self.counted[message["type"]] += 1
            told.line(line_of(message))
        return self._place

    def _waits_for(self, found: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not found():
            if time.monotonic() > until:
                raise Unexpected(f"the alerts did not come within {PATIENCE_SECONDS} seconds")
            time.sleep(0.02)

    def _listen(self) -> None:
        """For as long as the process lives: a stream that ends goes on from the last that was seen."""
        seen = "0"
        while True:
            try:
                headers = {"Last-Event-ID": seen}
                query = {"types": ",".join(TYPES)}
                with self._client.stream("GET", "/v1/message-stream", headers=headers, params=query) as answer:
                    for seen, message in events_in(answer.iter_lines()):
                        self._arrived.put((number_of(seen), message))
            except httpx.HTTPError:
                time.sleep(0.2)


def number_of(place: str) -> int:
    """The number of an event, whose id is its place."""
    return int(place.partition("-")[0])


def events_in(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The id and the message of each event of a stream."""
    id = "0"
    for line in lines:
        if line.startswith("id: "):
            id = line[4:]
        elif line.startswith("data: "):
            yield id, json.loads(line[6:])


def line_of(message: dict[str, Any]) -> str:
    """The day it came, and what it says."""
    said = message["data"]
    day, due_on = date.fromisoformat(said["as_of"][:10]), date.fromisoformat(said["due_on"])
    waiting = f"; {said['waiting']} brev venter" if said["cases"] else ""
    return f"Varsel {day} {message['type']}: {said['what']} ({day_in_words(due_on)}{waiting})"
