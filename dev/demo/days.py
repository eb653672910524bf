"""The year's days in order: each story tells on which day it goes on, and the earliest goes first."""

from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

from dev.demo import told

Value = TypeVar("Value")
Days = Generator[str, None, Value]
"""A story: it yields the day (YYYY-MM-DD) it goes on, and in the end what others need of it."""


def in_order(stories: Sequence[tuple[str, Days[Value]]], go_to: Callable[[str], None]) -> dict[str, Value]:
    """Play the stories day by day. What each ended with, by its name."""
    waiting: dict[str, tuple[str, Days[Value]]] = {}
    ended: dict[str, Value] = {}

    def go_on(name: str, story: Days[Value]) -> None:
        try:
            waiting[name] = next(story), story
        except StopIteration as end:
            waiting.pop(name, None)
            ended[name] = end.value

    for name, story in stories:
        go_on(name, story)
    while waiting:
        name = min(waiting, key=lambda each: waiting[each][0])
        day, story = waiting[name]
        go_to(day)
        told.heading(f"{day}: {name}")
        go_on(name, story)
    return ended
