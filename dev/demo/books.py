"""The demonstration's own books: what each fund should show, kept without asking the service."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Figures:
    """Whole øre on one fund, what stands below it included."""

    committed_ore: int = 0
    disbursed_ore: int = 0
    withheld_ore: int = 0


@dataclass
class Books:
    """Each act is entered as it is done, by the sum the story says, on the fund and on each above it."""

    funds: dict[str, Figures] = field(default_factory=lambda: defaultdict(Figures))
    days: list[tuple[str, str, dict[str, int]]] = field(default_factory=list)
    """What a post should show on a day of the new year: post, day, figures (whole øre)."""

    def promise(self, fund_id: str, amount_ore: int) -> None:
        for figures in self._up(fund_id):
            figures.committed_ore += amount_ore

    def pay(self, fund_id: str, amount_ore: int) -> None:
        for figures in self._up(fund_id):
            figures.disbursed_ore += amount_ore

    def withhold(self, fund_id: str, amount_ore: int) -> None:
        for figures in self._up(fund_id):
            figures.withheld_ore += amount_ore

    def expect(self, post: str, day: str, **figures_ore: int) -> None:
        """What stands on a post by the end of a day, by the sums of the story."""
        self.days.append((post, day, {f"{name}_ore": ore for name, ore in figures_ore.items()}))

    def _up(self, fund_id: str) -> list[Figures]:
        """The fund and those above it, down to the post: the first three steps of the path."""
        steps = fund_id.split("/")
        return [self.funds["/".join(steps[:length])] for length in range(3, len(steps) + 1)]
