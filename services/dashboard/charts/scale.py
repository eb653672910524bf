"""A scale of money: round steps, in the unit people read them in. Whole øre in, words out; nothing is rounded that is
drawn."""

from dataclasses import dataclass

from services.dashboard.words.spoken import N_, gettext, kroner

UNITS = (
    (100, N_("Kroner")),
    (100_000, N_("Tusen kroner")),
    (100_000_000, N_("Millioner kroner")),
    (100_000_000_000, N_("Milliarder kroner")),
)
"""Øre in one of each, and what it is called."""
_READABLE = 10_000
"""So many of a unit are read as they are; of more, the next unit is used."""
_STEPS = (1, 2, 5)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """From the lowest to the highest round amount, with a mark at each step. Always from zero, or through it."""

    lowest_ore: int
    highest_ore: int
    step_ore: int
    unit_ore: int
    unit: str

    @property
    def marks(self) -> tuple[int, ...]:
        """The round amounts, lowest first."""
        return tuple(range(self.lowest_ore, self.highest_ore + 1, self.step_ore))

    def share(self, amount_ore: int) -> float:
        """How far up the scale an amount stands: 0 at the lowest, 1 at the highest."""
        return (amount_ore - self.lowest_ore) / (self.highest_ore - self.lowest_ore)

    def words(self, amount_ore: int) -> str:
        """An amount in the scale's unit, to one decimal where it has any."""
        return in_unit(amount_ore, self.unit_ore)


def scale_of(lowest_ore: int, highest_ore: int) -> Scale:
    """A scale with at most six marks that holds both amounts and zero."""
    lowest_ore, highest_ore = min(0, lowest_ore), max(0, highest_ore)
    unit_ore, unit = unit_of(max(highest_ore, -lowest_ore))
    step_ore = _step(highest_ore - lowest_ore)
    low = lowest_ore // step_ore
    high = max(-(-highest_ore // step_ore), low + 1)
    return Scale(
        lowest_ore=low * step_ore, highest_ore=high * step_ore, step_ore=step_ore, unit_ore=unit_ore, unit=unit
    )


def unit_of(largest_ore: int) -> tuple[int, str]:
    """The smallest unit that the amount is readable in, and what it is called."""
    for unit_ore, name in UNITS:
        if largest_ore < _READABLE * unit_ore:
            return unit_ore, gettext(name)
    return UNITS[-1][0], gettext(UNITS[-1][1])


def in_unit(amount_ore: int, unit_ore: int) -> str:
    """An amount in a unit: to one decimal, half away from zero, and none where it is whole."""
    tenths, rest = divmod(abs(amount_ore) * 10, unit_ore)
    tenths += 2 * rest >= unit_ore
    text = kroner(-tenths * 10 if amount_ore < 0 else tenths * 10)
    return text[:-1] if tenths % 10 else text


def _step(span_ore: int) -> int:
    """The smallest round step that takes at most five to cover the span: 1, 2 or 5 times a power of ten, whole
    kroner."""
    power = 100
    while True:
        for times in _STEPS:
            if power * times * 5 >= span_ore:
                return power * times
        power *= 10
