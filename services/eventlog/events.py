"""What has happened: frozen facts with a fixed stored name.

The stored name (the topic) is chosen once and never follows the code about: a file can move, a class can be renamed,
and ten years of history still fold. A new meaning gets a new topic (`...v2`); a mistake is corrected by a new fact.
"""

from dataclasses import dataclass
from typing import ClassVar

TOPICS: dict[str, "type[Event]"] = {}
"""Every stored name this process knows. A name from the database is looked up here and nowhere else: the library's own
registry, which imports a module of the name it is given, is not asked."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One fact. Subclasses say what happened as noun + past participle and name their topic:

    class AwardApproved(Event, topic="award.approved.v1")
    """

    TOPIC: ClassVar[str]

    def __init_subclass__(cls, *, topic: str | None = None) -> None:
        super().__init_subclass__()
        if topic is None:
            return
        assert "TOPIC" not in cls.__dict__, f"{cls.__qualname__} already has a topic"
        assert topic not in TOPICS, f"{topic} is the topic of {TOPICS[topic].__qualname__}"
        cls.TOPIC = topic
        TOPICS[topic] = cls


class Kinds(dict[type[Event], bool]):
    """Whether a fact is of one of some kinds, by its own class: `KINDS[type(event)]`. For whoever goes through many
    facts of which few matter: each class is asked about once."""

    def __init__(self, *kinds: type[Event]) -> None:
        super().__init__()
        self._kinds = kinds

    def __missing__(self, kind: type[Event]) -> bool:
        self[kind] = is_one = issubclass(kind, self._kinds)
        return is_one
