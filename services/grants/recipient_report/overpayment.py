"""What has been sent back or is claimed back of what was paid, as far as settling needs it. Whole øre."""

from dataclasses import dataclass

from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.grants.case.events.withholding import ReclaimDecided, ReclaimNetted, ReclaimReduced, RepaymentReceived
from services.grants.case.reductions import total_ore


@dataclass(frozen=True, kw_only=True)
class Recovered:
    """Money back. What was repaid in the budget year is credited and lowers what is disbursed, so it is not in
    `kept_out_ore`; `claims` holds what each reclaim still asks for, by its number."""

    kept_out_ore: int = 0
    claims: tuple[tuple[int, int], ...] = ()

    @property
    def standing_ore(self) -> int:
        """What decided reclaims still ask for, all together."""
        return sum(ore for _, ore in self.claims)

    @property
    def standing_numbers(self) -> tuple[int, ...]:
        return tuple(number for number, ore in self.claims if ore > 0)

    def fold(self, event: Event) -> "Recovered":
        """What stands after this fact; facts that concern none of it change nothing. Never refuses."""
        match event:
            case ReclaimDecided(number=number, amount_ore=amount_ore):
                return replace(self, claims=(*self.claims, (number, amount_ore)))
            case ReclaimReduced(number=number, amount_ore=amount_ore):
                return self._lower(number, amount_ore)
            case ReclaimNetted(number=number, reductions=reductions):
                return self._lower(number, total_ore(reductions))
            case RepaymentReceived(amount_ore=amount_ore, credited=credited, reclaim=reclaim):
                lowered = self._lower(reclaim, amount_ore)
                return lowered if credited else replace(lowered, kept_out_ore=self.kept_out_ore + amount_ore)
        return self

    def _lower(self, number: int | None, amount_ore: int) -> "Recovered":
        lowered = ((each, ore - amount_ore if each == number else ore) for each, ore in self.claims)
        return replace(self, claims=tuple(lowered))
