"""Entries made of the refusals themselves and of what is written about them.

Code, status and bokmål title stand in the class (or, where a status alone is refused, in `STATUS_WORDS`); when it
happens and what to do stand beside the code it belongs to, in a `problems.toml` of each service and one of the ground
they share.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.eventlog.refusal import Refusal
from services.httpapi.problem import STATUS_WORDS

WORDS = "problems.toml"
GROUND = Path(__file__).parent / WORDS
SERVICES = ("services.grants", "services.notifications", "services.dashboard")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is written of one code: when it happens and what to do, in bokmål and in English."""

    title_en: str
    when_nb: str
    when_en: str
    do_nb: str
    do_en: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One code: the HTTP status it comes with, its title in bokmål, and what is written of it."""

    code: str
    status: int
    title: str
    words: Words


Entries = Mapping[str, Entry]


def read_words(file: Path) -> dict[str, Words]:
    """What the file says, by code. A row that says too little or too much fails."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))
    return {code: Words(**row) for code, row in rows.items()}


def list_refusals(service: str | None) -> Iterator[type[Refusal]]:
    """The refusals of a service that are loaded in this process; without one, those of the ground they share."""
    for refusal in _below(Refusal):
        module = refusal.__module__
        of = next((each for each in SERVICES if module.startswith(f"{each}.")), None)
        if module.startswith("services.") and of == service and hasattr(refusal, "code"):
            yield refusal


def entries_of(service: str, words: Path) -> Entries:
    """Every entry of a service, its own and those of the ground, by code in alphabetical order."""
    told = {refusal.code: (refusal.status, refusal.title) for refusal in list_refusals(service)}
    ground = {refusal.code: (refusal.status, refusal.title) for refusal in list_refusals(None)}
    ground |= {code: (status, title) for status, (code, title, _) in STATUS_WORDS.items()}
    written = {**read_words(GROUND), **read_words(words)}
    found = {
        code: Entry(code=code, status=status, title=title, words=written[code])
        for code, (status, title) in {**ground, **told}.items()
        if code in written
    }
    return dict(sorted(found.items()))


def _below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
