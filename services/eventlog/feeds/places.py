"""Where a reader outside stands: a number, and the hash that stands there. And, for the day the log has gone on
otherwise, a few numbers before it with theirs, at a distance that doubles: 412, 411, 410, 408, 404, 396 ... So whoever
keeps one short text can be told the last place from which they can go on, and need keep nothing else.

It is written `412-<hash>.<hash>...`, sixteen hex digits of each; a number alone is a place of which no hash is known.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from services.eventlog.refusal import Refusal

DIGITS = 16
LONGEST = 1_000
PATTERN = rf"^[0-9]{{1,15}}(-[0-9a-f]{{{DIGITS}}}(\.[0-9a-f]{{{DIGITS}}}){{0,50}})?$"

HashesAt = Callable[[Sequence[int]], Awaitable[Mapping[int, bytes]]]
"""The hashes that stand at these numbers; of one at which nothing stands, none."""
Confirm = Callable[[], Awaitable[None]]
"""Returns when what answers is the log's own server, and raises where it is not."""


class LogDiverged(Refusal):
    """What stands at the reader's place is not what it read there: this log went on otherwise from some point before
    it, as after a failover that lost what was told. Somebody must look; the reader holds facts that were never here.
    `last_common` is the last of the places it named that stand here too, and `place` the text to go on from it with."""

    code = "log-diverged"
    title = "Leseren har lest en annen logg enn denne"


@dataclass(frozen=True, slots=True)
class Place:
    """A number, and what a reader knows of the hashes (their first hex digits) at it and before it, the nearest
    first."""

    number: int
    hashes: tuple[tuple[int, str], ...] = ()


def earlier(number: int) -> list[int]:
    """The numbers that a place names, the nearest first: its own, and those 1, 2, 4, 8 ... before it."""
    steps = (0, *(1 << nth for nth in range(number.bit_length())))
    return list(takewhile(lambda each: each > 0, (number - step for step in steps)))


def written(number: int, stands: Mapping[int, bytes]) -> str:
    """The place as text, of the hashes that stand."""
    known = takewhile(lambda each: each is not None, (stands.get(each) for each in earlier(number)))
    hashes = ".".join(each.hex()[:DIGITS] for each in known if each is not None)
    return f"{number}-{hashes}" if hashes else str(number)


def read(text: str) -> Place:
    """The place that a text of this PATTERN names."""
    number, _, hashes = text.partition("-")
    told = hashes.split(".") if hashes else []
    return Place(int(number), tuple(zip(earlier(int(number)), told, strict=False)))


def last_common(place: Place, stands: Mapping[int, bytes]) -> int:
    """The last of the numbers it names at which the same stands here; 0 where none does."""
    return next((number for number, its in place.hashes if _same(stands.get(number), its)), 0)


async def check_place(place: Place, hashes_at: HashesAt, confirm: Confirm) -> None:
    """Refuses LogDiverged where what stands here at the reader's number is not what they read there. A number of which
    no hash is known is taken at its word. Nobody is told so by a server that is not the log's own (`confirm`)."""
    if not place.hashes:
        return
    named = [number for number, _ in place.hashes]
    if last_common(place, await hashes_at(named[:1])) == place.number:
        return
    await confirm()
    common = last_common(place, await hashes_at(named))
    if common == place.number:
        return
    raise LogDiverged(
        f"What stands at {place.number} is not what you read there. What was told up to {common} is the same.",
        after=place.number,
        last_common=common,
        place=written(common, await hashes_at(earlier(common))),
    )


def _same(stands: bytes | None, its: str) -> bool:
    return stands is not None and stands.hex().startswith(its)
