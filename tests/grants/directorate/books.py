"""What a directorate keeps: its cases, its money and its day, and how a rule of a case is asked."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.balance.movements import effects
from services.grants.budget_year.events.allocation import LetterRegistered
from services.grants.case.events.award import AwardProposed
from services.grants.case.until_informed import keep_until_informed
from services.grants.disbursement.batch.rules import Batch, PayeeAccount
from tests.eventlog.played import NEW_YEAR, fund, letter
from tests.grants.fodt_fri import proposed
from tests.grants.life import Funds, Life

Rule = Callable[..., Sequence[Event]]
LATER_POST = "2021/291/71"
AT_DISPOSAL_ORE = (1_000, 500, 300)
LATER = date(2099, 1, 1)
RECIPIENT = replace(proposed.recipient, organisation_number="974760673")


def funds_of(turn: int) -> tuple[str, str, str]:
    """A post and its two earmarks, of a directorate's own."""
    post = f"2020/291/{71 + turn}"
    return post, f"{post}/nord", f"{post}/sor"


def year_letter(turn: int) -> LetterRegistered:
    """The letter that opens them."""
    post, north, south = funds_of(turn)
    opened = (fund(post, "post", "Tilskudd"), fund(north, "earmark", "Nord"), fund(south, "earmark", "Sør"))
    told = letter(turn, NEW_YEAR, *zip(funds_of(turn), AT_DISPOSAL_ORE, strict=True), funds=opened)
    return replace(told, statements=())


class Books(RuleBasedStateMachine):
    """The cases of a directorate. Kept mutants replace a rule by its name."""

    mutants: ClassVar[Mapping[str, Rule]] = {}
    proposal: ClassVar[AwardProposed] = proposed
    reached: ClassVar[Counter[str]] = Counter()

    def __init__(self, turn: int = 0) -> None:
        super().__init__()
        self.turn = turn
        self.places = funds_of(turn)
        self.lives: list[Life] = []
        self.batches: list[Batch] = []
        self.accounts: dict[UUID, PayeeAccount] = {}
        self.funds = Funds()
        self.today = date(2020, 2, 1)
        self.ids = 0
        self.written = 0
        self.seen: dict[str, Hashable] = {}

    def news_of(self, asking: str) -> Iterator[Life]:
        """The cases that something has happened to since this was asked before: the others stand as they stood."""
        for life in self.lives:
            place = f"{asking} {life.number}"
            if self.seen.get(place) != len(life.events):
                self.seen[place] = len(life.events)
                yield life

    def is_as_before(self, asking: str) -> bool:
        """Whether nothing was tried on the log since this was asked before, and no case was opened."""
        stands = self.written, sum(len(life.events) for life in self.lives)
        before, self.seen[asking] = self.seen.get(asking), stands
        return before == stands

    def record(self, *writes: tuple[str, Sequence[Event]]) -> bool:
        """Record these facts if the funds bear them."""
        pairs = [(stream, event) for stream, events in writes for event in events]
        self.written += bool(pairs)
        borne = self.funds.take(effects(pairs))
        self.reached.update(type(event).__name__ for _, event in pairs if borne)
        self.reached["PostExhausted"] += not borne
        return borne

    def record_all(self, by_case: Mapping[UUID, Sequence[Event]]) -> bool:
        """Several cases' facts in one transaction."""
        mine = [(life, by_case[life.case_id]) for life in self.lives if life.case_id in by_case]
        if not self.record(*((life.stream, events) for life, events in mine)):
            return False
        for life, events in mine:
            life.take(events)
        return True

    def ask(self, life: Life, room: str, decision: Rule, **asked: Any) -> bool:
        """Ask a rule of a case, and at its door; whether it went through. Asked again at once, it is a harmless
        repeat."""
        mutant = self.mutants.get(decision.__name__)
        try:
            events = (mutant or decision)(life.rooms[room], **asked)
            self.stand_at_the_door(life, events)
        except Refusal as refusal:
            self.reached[type(refusal).__name__] += 1
            return False
        if not self.record((life.stream, events)):
            return False
        life.take(events)
        if mutant is None:
            assert list(decision(life.rooms[room], **asked)) == []
        return True

    def stand_at_the_door(self, life: Life, events: Sequence[Event]) -> None:
        """What a case refuses whatever its rules say."""
        keep_until_informed(life.events, events)

    def new_id(self) -> UUID:
        self.ids += 1
        return UUID(int=self.ids)

    def day(self, back: int) -> date:
        return self.today - timedelta(days=back)

    def pick(self, which: int) -> Life:
        """A case with an award, mostly; now and then any."""
        granted = [life for life in self.lives if life.commitment.approved]
        among = granted if granted and which else self.lives
        return among[which % len(among)]

    @staticmethod
    def instalment(life: Life, which: int) -> int:
        """One with something left to pay, mostly; now and then one that is paid, or that the plan has not."""
        numbers = [part.number for part in life.commitment.open_instalments]
        if which == 5 or not numbers:
            return 1 + which % (len(life.commitment.instalments) + 1)
        return numbers[which % len(numbers)]
