"""The bar that shows a fund at a glance: paid, promised, withheld and left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.dashboard.pages.source import Row
from services.dashboard.words.spoken import N_, gettext, kroner, share


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One stretch of a bar, in thousandths of its length."""

    kind: str
    start: int
    length: int


@dataclass(frozen=True, kw_only=True)
class Bar:
    """What has been paid, promised, withheld and is left of a fund, as one line. Colour never stands alone:
    `description` says the same in words, and the table beside it in numbers."""

    segments: tuple[Segment, ...]
    description: str
    committed_share: str


def bar(row: Row) -> Bar:
    """Paid, promised but unpaid, withheld and left, out of what is at disposal. An overdrawn fund fills the whole bar
    with what has been promised."""
    disposal, committed = row["at_disposal_ore"], row["committed_ore"]
    paid, withheld, left = row["disbursed_ore"], row["withheld_ore"], row["remaining_ore"]
    promised = committed - paid - withheld
    stretches = (("paid", paid), ("promised", promised), ("withheld", withheld), ("left", left))
    said = N_(
        "%(disposal)s kroner stilt til disposisjon: %(paid)s utbetalt, %(promised)s gitt som tilsagn og ikke utbetalt, "
        "%(withheld)s holdt tilbake, %(left)s gjenstår."
    )
    told = {"disposal": disposal, "paid": paid, "promised": promised, "withheld": withheld, "left": left}
    description = gettext(said, **{name: kroner(amount) for name, amount in told.items()})
    return Bar(
        segments=tuple(_segments(stretches, whole=max(disposal, committed))),
        description=description,
        committed_share=share(committed, disposal),
    )


def _segments(stretches: Sequence[tuple[str, int]], *, whole: int) -> Iterable[Segment]:
    """Rounded at the ends, not at the lengths, so that the stretches always meet."""
    reached = 0
    for kind, amount_ore in stretches:
        if amount_ore <= 0 or whole <= 0:
            continue
        start, reached = reached, reached + amount_ore
        first, last = start * 1000 // whole, reached * 1000 // whole
        if last > first:
            yield Segment(kind=kind, start=first, length=last - first)
