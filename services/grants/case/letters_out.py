"""Which letters of an award are out, and which of its instalments they tell of.

A letter tells of the award as it was frozen. Money promised after it went out is told of by a letter of the change, and
no instalment of it is paid before that letter is out (Instruks 5.4: the ministry is told of what is promised). Money
promised so by an earlier release, which asked for no such letter, keeps what it had.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterFrozen,
    LetterLeft,
    LetterMayLeave,
    LetterNotArrived,
    LetterPerhapsLeft,
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseImported,
    LetterTryWrittenOff,
)

OF_LETTERS = (
    LetterFrozen,
    LetterMayLeave,
    LetterLeft,
    LetterPerhapsLeft,
    LetterTryWrittenOff,
    LetterNotArrived,
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseImported,
    LetterDelivered,
    SupplementaryAwardApproved,
)
"""The kinds of facts that say something of an award's letters."""


@dataclass(frozen=True, kw_only=True)
class LettersOut:
    """`out` are the letters that are out, by their SHA-256 (hex), each with its day, the first first: those that have
    left, or arrived, and those let out when that counted as out. `leaving` may leave at any moment, each since its day,
    and `perhaps` says in which tries a letter left of which nobody knows whether it did. `arrived` is the day the
    recipient had it, where that is told. `untold` are the instalments that none of them tells of, `told_on` since when
    the others that were added are told of. `tells` says what each frozen letter would tell of that was untold when it
    was frozen, `asks` the day it asks to be accepted by.
    """

    out: tuple[tuple[str, date], ...] = ()
    leaving: Mapping[str, date] = field(default_factory=dict)
    perhaps: Mapping[str, frozenset[int]] = field(default_factory=dict)
    arrived: Mapping[str, date] = field(default_factory=dict)
    untold: frozenset[int] = frozenset()
    told_on: Mapping[int, date] = field(default_factory=dict)
    tells: Mapping[str, frozenset[int]] = field(default_factory=dict)
    asks: Mapping[str, date] = field(default_factory=dict)

    @property
    def since(self) -> date | None:
        """The day the first of them went out."""
        return self.out[0][1] if self.out else None

    @property
    def arrived_on(self) -> date | None:
        """The day the recipient had the first of them; the day it went out, where that is not told or was later."""
        return max(self.arrived.get(self.out[0][0], self.out[0][1]), self.out[0][1]) if self.out else None

    @property
    def perhaps_told(self) -> frozenset[int]:
        """The instalments, of those untold, that a letter tells of which perhaps left."""
        return frozenset[int]().union(*(self.tells.get(sha256, frozenset()) for sha256 in self.perhaps))

    @property
    def accept_by(self) -> date | None:
        """The last day to accept the terms by, as the last letter that is out and says one has it."""
        return next((self.asks[sha256] for sha256, _ in reversed(self.out) if sha256 in self.asks), None)

    def fold(self, event: Event, *, informed: bool) -> "LettersOut":
        """The letters after this fact; `informed`: the recipient knew of the award before it. Never refuses."""
        match event:
            case LetterFrozen(sha256=sha256, accept_by=day):
                asks = {**self.asks, sha256: day} if day else self.asks
                return replace(self, tells={**self.tells, sha256: self.untold}, asks=asks)
            case LetterReleased(sha256=sha256, released_on=day):
                return self._since(sha256, day)
            case LetterLeft(sha256=sha256, left_on=day, attempt=attempt):
                return replace(self._since(sha256, day), perhaps=self._but(sha256, attempt))
            case LetterDelivered(sha256=sha256, delivered_on=day):
                known = self if self._is_out(sha256) else self._since(sha256, day)
                return replace(known, arrived={**known.arrived, sha256: day}, perhaps=self._without(sha256))
            case (
                LetterPerhapsLeft(sha256=sha256, attempt=attempt) | LetterTryWrittenOff(sha256=sha256, attempt=attempt)
            ):
                tries = self.perhaps.get(sha256, frozenset()) | {attempt}
                return replace(self, perhaps={**self.perhaps, sha256: tries})
            case LetterNotArrived(sha256=sha256, attempt=attempt):
                return self._not_by(sha256, attempt)
            case LetterMayLeave(sha256=sha256, released_on=day) if not self._is_out(sha256):
                return replace(self, leaving={**self.leaving, sha256: day})
            case LetterReleaseEnded(sha256=sha256):
                return replace(self._not_out(sha256), leaving=self._stays(sha256), perhaps=self._without(sha256))
            case SupplementaryAwardApproved(letter_owed=True, added=added) if informed or self.leaving or self.perhaps:
                return replace(self, untold=self.untold | {part.number for part in added})
        return self

    def _is_out(self, sha256: str) -> bool:
        return any(each == sha256 for each, _ in self.out)

    def _since(self, sha256: str, day: date) -> "LettersOut":
        """This letter is out since that day, and what it tells is told."""
        told = self.tells.get(sha256, frozenset())
        told_on = {**self.told_on, **dict.fromkeys(told, day)}
        out = (*(each for each in self.out if each[0] != sha256), (sha256, day))
        return replace(self, leaving=self._stays(sha256), out=out, untold=self.untold - told, told_on=told_on)

    def _not_out(self, sha256: str) -> "LettersOut":
        """This letter is not out, and nothing is told by it."""
        told = self.tells.get(sha256, frozenset())
        still = tuple(each for each in self.out if each[0] != sha256)
        told_on = {number: day for number, day in self.told_on.items() if number not in told}
        return replace(self, out=still, untold=self.untold | told, told_on=told_on)

    def _not_by(self, sha256: str, attempt: int) -> "LettersOut":
        """This letter is not out by that try. Of one that was, it is the last; one that perhaps left in another try
        perhaps did."""
        known = replace(self, perhaps=self._but(sha256, attempt))
        left_on = next((day for each, day in self.out if each == sha256), None)
        return replace(known._not_out(sha256), leaving={**self.leaving, sha256: left_on}) if left_on else known

    def _stays(self, sha256: str) -> Mapping[str, date]:
        """The letters that may leave, but for this."""
        return {each: day for each, day in self.leaving.items() if each != sha256}

    def _but(self, sha256: str, attempt: int | None) -> Mapping[str, frozenset[int]]:
        """The tries of which nobody knows, but for this one of this letter."""
        tries = self.perhaps.get(sha256, frozenset()) - {attempt}
        return {**self._without(sha256), sha256: tries} if tries else self._without(sha256)

    def _without(self, sha256: str) -> Mapping[str, frozenset[int]]:
        """The letters that perhaps left, but for this."""
        return {each: tries for each, tries in self.perhaps.items() if each != sha256}
