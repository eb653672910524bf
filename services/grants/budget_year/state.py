"""A budget year's allocation as the recorded facts leave it. Folding never refuses; no rule stands here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.grants.budget_year.events.allocation import (
    AuthorityUsed,
    CarryOverApplied,
    CommitmentAuthorityRegistered,
    ContradictionSettled,
    DeviationKind,
    DeviationSettled,
    DifferenceSettled,
    FundOpened,
    FundsRenamed,
    LetterCorrected,
    LetterRegistered,
    LetterWithdrawn,
    Posting,
    PostSucceeded,
    PostSucceededAmongSeveral,
    Sort,
    Statement,
    SuccessionWithdrawn,
)
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.reckoning import Reckoning, reckon
from services.grants.budget_year.tree import parent_of


@dataclass(frozen=True)
class Registered:
    """A letter as it stands: its content (corrected, if it was), its transcription's hash, and who registered it."""

    letter: Letter
    source_sha256: str
    registered_by: str


@dataclass(frozen=True)
class BudgetYear:
    """The state of one stream `allocation-<year>`."""

    letters: Mapping[int, Registered] = field(default_factory=dict)
    funds: Mapping[str, FundOpened] = field(default_factory=dict)
    settled: Mapping[tuple[int, str, Sort], DifferenceSettled] = field(default_factory=dict)
    explained: Mapping[tuple[int, str], ContradictionSettled] = field(default_factory=dict)
    deviations: Mapping[tuple[int, str, DeviationKind], DeviationSettled] = field(default_factory=dict)
    uses: tuple[AuthorityUsed, ...] = ()
    applications: tuple[CarryOverApplied, ...] = ()
    successions: tuple[PostSucceeded | PostSucceededAmongSeveral, ...] = ()
    commitment_authorities: tuple[CommitmentAuthorityRegistered, ...] = ()
    postings: tuple[Posting, ...] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def in_order(self) -> list[Registered]:
        """The letters in the order they count."""
        return sorted(self.letters.values(), key=lambda each: each.letter.order)

    @cached_property
    def reckoning(self) -> Reckoning:
        """What its letters add up to. They are what they are, and are added up once."""
        return reckon(each.letter for each in self.letters.values())

    @cached_property
    def postings_by_fund(self) -> Mapping[str, Sequence[Posting]]:
        """What moved each fund, in the order it is recorded."""
        found: dict[str, list[Posting]] = {}
        for each in self.postings:
            found.setdefault(each.fund_id, []).append(each)
        return found

    @cached_property
    def moved_parts(self) -> Mapping[str, Sequence[str]]:
        """The funds right below each that have moved."""
        found: dict[str, list[str]] = {}
        for fund_id in self.postings_by_fund:
            if above := parent_of(fund_id):
                found.setdefault(above, []).append(fund_id)
        return found

    def at_disposal_ore(self, fund_id: str, on: date) -> int:
        """What is at the fund's disposal at the end of that day, in øre, used authorities included."""
        return sum(each.at_disposal_ore for each in self.postings_by_fund.get(fund_id, ()) if each.effective_on <= on)

    def find_said(self, fund_id: str, name: str, on: date) -> int | None:
        """What letters say of a post by the end of that day; none before the first statement."""
        said = [
            each.amount
            for each in self.statements
            if each.fund_id == fund_id and each.name == name and each.effective_on <= on
        ]
        return sum(said) if said else None


def evolve(year: BudgetYear, event: Event) -> BudgetYear:
    """The year after this fact. Facts of other rooms leave it as it is."""
    match event:
        case LetterRegistered():
            return _with_letter(year, event, registered_by=event.registered_by)
        case LetterCorrected():
            corrected = year.letters.get(event.letter.number)
            return _with_letter(year, event, registered_by=corrected.registered_by if corrected else event.corrected_by)
        case LetterWithdrawn():
            return _without_letter(year, event)
        case FundsRenamed():
            return replace(year, funds={**year.funds, **{fund.fund_id: fund for fund in event.funds}})
        case DifferenceSettled():
            settled = {**year.settled, (event.letter_number, event.fund_id, event.sort): event}
            return replace(year, settled=settled, statements=year.statements + event.statements)
        case DeviationSettled():
            key = (event.letter_number, event.fund_id, event.kind)
            return replace(year, deviations={**year.deviations, key: event})
        case ContradictionSettled():
            return replace(year, explained={**year.explained, (event.letter_number, event.contradiction_id): event})
        case AuthorityUsed():
            return replace(year, uses=(*year.uses, event), postings=year.postings + event.postings)
        case CarryOverApplied():
            return replace(year, applications=(*year.applications, event))
        case PostSucceeded() | PostSucceededAmongSeveral():
            return replace(year, successions=(*_other_successions(year, event), event))
        case SuccessionWithdrawn():
            return replace(year, successions=_other_successions(year, event))
        case CommitmentAuthorityRegistered():
            return replace(year, commitment_authorities=(*year.commitment_authorities, event))
        case _:
            return year


def counts_from(event: Event) -> date | None:
    """The day a fact of this room counts from (Europe/Oslo); none for facts that hold for every day, and for letters: a
    transcription that is put right or taken out was wrong on every day. A year as of a day is the fold of the facts
    that count from that day or before, with the letters of that day or before (`letters_by`)."""
    match event:
        case DifferenceSettled() | ContradictionSettled() | DeviationSettled():
            return event.settled_on
        case AuthorityUsed():
            return event.used_on
        case CarryOverApplied():
            return event.accounts_on
        case CommitmentAuthorityRegistered():
            return event.effective_on
        case _:
            return None


def _other_successions(
    year: BudgetYear, told: PostSucceeded | PostSucceededAmongSeveral | SuccessionWithdrawn
) -> tuple[PostSucceeded | PostSucceededAmongSeveral, ...]:
    """What is recorded of other pairs of posts than these two."""
    pair = (told.fund_id, told.predecessor_id)
    return tuple(each for each in year.successions if (each.fund_id, each.predecessor_id) != pair)


def letters_by(year: BudgetYear, day: date) -> BudgetYear:
    """The year with those of its letters that count from that day or before."""
    counting = {number: each for number, each in year.letters.items() if each.letter.dated.on <= day}
    return replace(year, letters=counting)


def _without_letter(year: BudgetYear, event: LetterWithdrawn) -> BudgetYear:
    """What was said of the letter's differences was said of that letter, and not of the next under its number; and what
    it let be promised beyond the year falls with it."""
    number = event.letter_number
    return replace(
        year,
        letters={other: each for other, each in year.letters.items() if other != number},
        settled={key: each for key, each in year.settled.items() if key[0] != number},
        explained={key: each for key, each in year.explained.items() if key[0] != number},
        deviations={key: each for key, each in year.deviations.items() if key[0] != number},
        commitment_authorities=tuple(each for each in year.commitment_authorities if each.letter_number != number),
        postings=year.postings + event.postings,
        statements=year.statements + event.statements,
    )


def _with_letter(year: BudgetYear, event: LetterRegistered | LetterCorrected, *, registered_by: str) -> BudgetYear:
    registered = Registered(event.letter, event.source_sha256, registered_by)
    return replace(
        year,
        letters={**year.letters, event.letter.number: registered},
        funds={**year.funds, **{fund.fund_id: fund for fund in event.funds}},
        postings=year.postings + event.postings,
        statements=year.statements + event.statements,
    )
