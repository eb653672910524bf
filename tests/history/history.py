"""What the tests of history build, for other tests to use as well."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from dev.modules import load_facts
from services.eventlog.events import Event

EXAMPLES = Path(__file__).parent


def list_rooms() -> list[ModuleType]:
    """Every module of events outside the ground floor: importing them registers their topics."""
    found = load_facts()
    telling = {kind.__module__ for kind in list_kinds()}
    return [each for each in found if each.__name__ in telling]


def list_kinds(kind: type[Event] = Event) -> Iterator[type[Event]]:
    for child in kind.__subclasses__():
        if "TOPIC" in vars(child) and child.__module__.startswith("services."):
            yield child
        yield from list_kinds(child)


ROOMS = list_rooms()
KINDS = {kind.TOPIC: kind for kind in list_kinds()}
OF_NOTIFICATIONS = {topic for topic, kind in KINDS.items() if kind.__module__.startswith("services.notifications.")}
STORED = {path.stem: path.read_bytes() for path in sorted(EXAMPLES.glob("*.json"))}
