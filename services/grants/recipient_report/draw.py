"""Drawing cases for control at random, so that anybody can draw them again and get the same.

Each case's lot is SHA-256 of the seed, a colon and the case's id; the smallest lots are drawn. Nobody can steer it who
does not choose the seed after seeing the cases, so the seed is something public that was not known beforehand (a
lottery draw, a share index), and it stands in the fact with the size and a digest of the population. An auditor takes
the cases of the year from the export of the log up to the position named, and needs nothing else of this program.
"""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.recipient_report import ControlDrawn


class NothingToDrawFrom(Refusal):
    """No case of the year, or of the scheme in it, has an award."""

    code = "nothing-to-draw-from"
    title = "Det er ingen saker å trekke fra"


def draw(
    population: Iterable[UUID],
    *,
    draw_id: UUID,
    seed: str,
    size: int,
    year: int,
    scheme_id: str | None,
    position: int,
    drawn_on: date,
    drawn_by: str,
) -> list[Event]:
    """Draw `size` of the cases, or all of them where there are fewer. Refuses `NothingToDrawFrom`."""
    cases = sorted(set(population))
    if not cases:
        raise NothingToDrawFrom("No case with an award stands in that year and scheme.")
    drawn = ControlDrawn(
        draw_id=draw_id,
        seed=seed,
        size=size,
        year=year,
        scheme_id=scheme_id,
        position=position,
        population=len(cases),
        population_sha256=digest(cases),
        drawn=lots(cases, seed)[:size],
        drawn_on=drawn_on,
        drawn_by=drawn_by,
    )
    return [drawn]


def lots(cases: Iterable[UUID], seed: str) -> tuple[UUID, ...]:
    """The cases in the order of their lots."""
    return tuple(sorted(cases, key=lambda case: sha256(f"{seed}:{case}".encode()).digest()))


def digest(cases: Iterable[UUID]) -> str:
    """SHA-256 of the case ids, sorted, one a line."""
    return sha256("".join(f"{case}\n" for case in sorted(cases)).encode()).hexdigest()
