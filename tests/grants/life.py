"""One case as every room sees it at once, and its money counted again without looking at any of them.

Two counts that share nothing with the code they check: `moves_of` reads the facts of a case one by one, and `Funds`
spreads what `balance/movements.py` says they do up a tree of funds, and stops where money runs out. Whole øre.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.eventlog.events import Event
from services.grants.application import rules as application
from services.grants.award import rules as award
from services.grants.award import state as proposal_state
from services.grants.case.commitment import Commitment
from services.grants.case.events.award import AwardMade, AwardProposed, Instalment
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardDeclined,
    AwardReduced,
    Reduction,
    SupplementaryAwardApproved,
)
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.case.events.recipient_report import AwardSettled
from services.grants.case.events.withholding import (
    ReclaimNetted,
    RepaymentReceived,
    WithholdingDecided,
    WithholdingReleased,
)
from services.grants.case.events.year_end import CommitmentLapsed
from services.grants.complaint import rules as complaint
from services.grants.disbursement import rules as disbursement
from services.grants.grant_letter import freezing as letter_freezing
from services.grants.recipient_report import rules as recipient_report
from services.grants.withholding import claims
from services.grants.withholding import rules as withholding

ROOMS: Mapping[str, tuple[Callable[[Any, Event], Any], Any]] = {
    "application": (application.evolve, application.Application()),
    "awarding": (proposal_state.evolve, proposal_state.Award()),
    "award": (award.evolve, award.Granted()),
    "letter": (letter_freezing.evolve, letter_freezing.GrantLetter()),
    "disbursement": (disbursement.evolve, disbursement.Disbursement()),
    "withholding": (withholding.evolve, withholding.Withholding()),
    "claims": (claims.evolve, claims.Claims()),
    "complaint": (complaint.evolve, complaint.ComplaintCase()),
    "recipient_report": (recipient_report.evolve, recipient_report.Reporting()),
}
"""Every room that folds a case: how, and from what. None of them may refuse a fact."""


@dataclass(eq=False)
class Life:
    """A case from its first fact on, folded by every room."""

    number: int
    fund_id: str
    events: list[Event] = field(default_factory=list)
    rooms: dict[str, Any] = field(default_factory=lambda: {name: state for name, (_, state) in ROOMS.items()})

    @property
    def case_id(self) -> UUID:
        return UUID(int=self.number)

    @property
    def stream(self) -> str:
        return f"case-{self.case_id}"

    @property
    def commitment(self) -> Commitment:
        found: Commitment = self.rooms["withholding"].commitment
        return found

    def list_commitments(self) -> list[Commitment]:
        """The sum as each room that keeps it has it."""
        return [state.commitment for state in self.rooms.values() if hasattr(state, "commitment")]

    def take(self, events: Iterable[Event]) -> None:
        for event in events:
            self.events.append(event)
            for name, (evolve, _) in ROOMS.items():
                self.rooms[name] = evolve(self.rooms[name], event)


class Moved(NamedTuple):
    """What a fact does to an instalment: promised, paid and held back, each up or down, from a day on."""

    instalment: int
    day: date
    promised_ore: int = 0
    paid_ore: int = 0
    held_ore: int = 0


def moves_of(events: Sequence[Event]) -> Iterator[Moved]:
    """Every movement of a case, read off its facts."""
    plan: tuple[Instalment, ...] = ()
    for event in events:
        match event:
            case AwardProposed():
                plan = event.instalments
            case AwardMade():
                yield from (Moved(part.number, event.approved_on, part.amount_ore) for part in plan)
            case SupplementaryAwardApproved():
                yield from (Moved(part.number, event.approved_on, part.amount_ore) for part in event.added)
            case InstalmentPaid():
                yield Moved(event.instalment, event.paid_on, paid_ore=event.amount_ore)
            case WithholdingDecided():
                yield Moved(event.instalment, event.decided_on, held_ore=event.amount_ore)
            case WithholdingReleased():
                yield Moved(event.instalment, event.released_on, held_ore=-event.amount_ore)
            case RepaymentReceived(credited=True):
                back_ore = -event.amount_ore
                yield Moved(event.instalment, event.received_on, promised_ore=back_ore, paid_ore=back_ore)
            case AwardReduced():
                yield from fallen(event.reductions, event.reduced_on)
            case AwardAnnulled():
                yield from fallen(event.reductions, event.annulled_on)
            case AwardDeclined():
                yield from fallen(event.reductions, event.declined_on)
            case CommitmentLapsed():
                yield from fallen(event.reductions, event.lapsed_on)
            case ReclaimNetted():
                yield from fallen(event.reductions, event.netted_on)
            case AwardSettled():
                yield from fallen(event.reductions, event.settled_on)


def fallen(reductions: Iterable[Reduction], day: date) -> Iterator[Moved]:
    """What of a promise is no longer one, and was perhaps held back until then."""
    for each in reductions:
        yield Moved(each.instalment, day, -each.amount_ore, held_ore=-each.amount_ore if each.withholding else 0)


RISING = ("committed", "disbursed", "withheld")
ACCOUNTS = ("available", "earmarked", *RISING)


@dataclass
class Fund:
    """A fund: the one above it, whether it stops, and its movements in the order they came. `direct` is what is
    promised on it and not through a fund below."""

    parent: str | None
    stops: bool
    moves: list[tuple[date, dict[str, int]]] = field(default_factory=list)

    def stood(self, account: str, day: date = date.max) -> int:
        return sum(amounts.get(account, 0) for on, amounts in self.moves if on <= day)

    def least_left_ore(self, since: date) -> int:
        """The least that was left on a day and on every day since."""
        days = {since, *(on for on, _ in self.moves if on > since)}
        return min(self.stood("available", day) - self.stood("committed", day) for day in days)


class Funds:
    """The tree of funds, moved by effects alone."""

    def __init__(self) -> None:
        self.funds: dict[str, Fund] = {}

    def take(self, effect: Mapping[str, Any] | None) -> bool:
        """Move by this effect if the funds bear it; otherwise nothing moves."""
        if effect is None:
            return True
        opened = [fund["id"] for fund in effect.get("funds", ())]
        for fund in effect.get("funds", ()):
            self.funds[fund["id"]] = Fund(fund["parent_id"], fund["hard_stop"])
        moved: list[tuple[Fund, date, dict[str, int]]] = []
        for movement in effect.get("movements", ()):
            moved += self._move(movement)
        if self._bears(moved):
            return True
        for reached, _, _ in moved:
            reached.moves.pop()
        for fund_id in opened:
            del self.funds[fund_id]
        return False

    def _move(self, movement: Mapping[str, Any]) -> Iterator[tuple[Fund, date, dict[str, int]]]:
        day = date.fromisoformat(movement["day"])
        stated = {name: movement.get(name, 0) for name in ACCOUNTS}
        for level, fund in enumerate(self.path(movement["fund"])):
            amounts = stated if level == 0 else {name: stated[name] for name in RISING}
            direct_ore = stated["committed"] if level == 1 else 0
            fund.moves.append((day, amounts | {"direct": direct_ore}))
            yield fund, day, fund.moves[-1][1]

    def path(self, fund_id: str) -> Iterator[Fund]:
        """The fund and each above it."""
        above: str | None = fund_id
        while above is not None:
            fund = self.funds[above]
            yield fund
            above = fund.parent

    @staticmethod
    def _bears(moved: Sequence[tuple[Fund, date, dict[str, int]]]) -> bool:
        for fund, day, amounts in moved:
            if fund.stood("disbursed") + fund.stood("withheld") > fund.stood("committed"):
                return False
            if fund.stops and amounts["committed"] > 0:
                if fund.least_left_ore(day) < 0:
                    return False
                if fund.stood("direct") + fund.stood("earmarked") > fund.stood("available"):
                    return False
        return True
