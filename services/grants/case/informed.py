"""When a recipient knows of its award, and what therefore waits for that day.

An award binds the state from its approval, and the recipient is told by the grant letter, which the ministry's fourteen
days may hold back (Instruks 5.4). A letter is out once it has left, not once it may leave: a channel can be down for
days, and until something left the release may be ended. Until the letter is out nobody reminds a recipient of duties it
has not heard of, warns it, holds money back from it or claims any. Where no letter is made (per capita) it counts as
told from approval.
What is withheld from sight for so long may still be undone: an award is annulled, reduced or stopped at any time.
Money promised after the letter left waits likewise, instalment by instalment, for the letter that tells of it.

Where nobody can tell whether the letter left, the recipient may know of its award and may not. It is heard before
anything is taken from it, and so it can be warned of that: the ministry's days are over by then. Everything else
waits until it is known. A letter that came back is not out.

A complaint is recorded when it comes, whoever makes it, for nobody is barred from complaining before the time to do so
has begun, and for whoever was not notified it runs from when they knew (forvaltningsloven § 29 first and third
paragraphs). It can have suspensive effect, be given right or be taken back. But what is written to the recipient itself
of its complaint tells of the award, and nothing it complains of before the letter is out is late or forgone: asking it
to put something right, taking the complaint up late, turning it away and sending it on with a copy to the party
(§§ 31-33) wait. Somebody else's complaint waits for nothing, nor does one of a rejection or a dismissal.

A case is chosen for control in the house, and nobody is told. A control is concluded on what the recipient did, so that
waits. What was annulled before its letter left is told to nobody, so what was open in it is ended as any other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.calendar.days import last_day
from services.eventlog.events import Event
from services.eventlog.folding import first, fold_once, replace, shared
from services.eventlog.refusal import Refusal
from services.grants.case.events.award import AwardMade, AwardProposed, Recipient
from services.grants.case.events.award_change import (
    AwardAnnulled,
    SupplementaryAwardApproved,
)
from services.grants.case.events.complaint import (
    ComplaintReceived,
    Party,
    PartyChanged,
)
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterLeft,
    LetterNotArrived,
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseImported,
)
from services.grants.case.letters_out import OF_LETTERS, LettersOut
from services.grants.case.presupposed import (
    ENDS,
    OF_ITS_COMPLAINT,
    PRESUPPOSE,
    day_of_act,
    instalments_of,
    warns_of_a_change,
)
from services.text.people import folded


class LetterNotOut(Refusal):
    """The recipient does not have the grant letter on that day, and the act presupposes that it does."""

    code = "letter-not-out"
    title = "Tilskuddsbrevet er ikke sendt"


@dataclass(frozen=True, kw_only=True)
class Informed:
    """Whether the recipient knows of the award, and since when. `its_complaints` are those that it made itself, of
    anything but an answer to an application; `outside_on` is the day its letter went out before this system."""

    approved_on: date | None = None
    letter_owed: bool = True
    out_on: date | None = None
    outside_on: date | None = None
    letters: LettersOut = field(default_factory=LettersOut)
    recipient: Recipient | Party | None = None
    its_complaints: frozenset[int] = frozenset()
    annulled: bool = False

    @property
    def since(self) -> date | None:
        """The day the letter went out; the day of approval where none is made; None while the recipient is not told."""
        return self.out_on if self.letter_owed else self.approved_on

    @property
    def notified_on(self) -> date | None:
        """The day from which the time to complain of the award runs (forvaltningsloven § 29): the letter's arrival, or
        its leaving where the arrival is not told; None where no letter is out."""
        return self.out_on if self.outside_on else self.letters.arrived_on

    @property
    def waits(self) -> bool:
        """An award is approved, and its recipient is not told of it."""
        return self.approved_on is not None and self.since is None

    @property
    def unaware(self) -> bool:
        """An award is approved, and nothing can have told its recipient of it: no letter is out, or perhaps left."""
        return self.waits and not self.letters.perhaps

    @property
    def accept_by(self) -> date | None:
        """The last day on which an acceptance of the terms is in time; None where no letter that is out says one."""
        return self.not_overdue_before(day) if (day := self.letters.accept_by) else None

    @shared(AwardMade, AwardProposed, PartyChanged, ComplaintReceived, AwardAnnulled, *OF_LETTERS)
    def fold(self, event: Event) -> "Informed":
        """What the recipient knows after this fact. Never refuses."""
        letters = self.letters.fold(event, informed=self.since is not None)
        if letters is not self.letters:
            self = replace(self, letters=letters)
        match event:
            case AwardMade(approved_on=day, letter_owed=owed):
                return replace(self, approved_on=day, letter_owed=owed)
            case AwardProposed(recipient=recipient):
                return replace(self, recipient=recipient)
            case PartyChanged(party=party):
                return replace(self, recipient=party)
            case ComplaintReceived(number=number, disputed=disputed, party=party):
                own = disputed not in ("rejection", "dismissal") and self._is_recipient(party)
                return replace(self, its_complaints=self.its_complaints | {number}) if own else self
            case AwardAnnulled() | SupplementaryAwardApproved():
                return replace(self, annulled=isinstance(event, AwardAnnulled))
            case LetterReleaseImported(released_on=day):
                return replace(self, out_on=day, outside_on=day)
            case LetterReleased() | LetterLeft() | LetterReleaseEnded() | LetterNotArrived():
                return replace(self, out_on=self.outside_on or self.letters.since)
            case LetterDelivered(delivered_on=day):
                return replace(self, out_on=self.out_on or day)
        return self

    def _is_recipient(self, party: Party) -> bool:
        """By its number, or by its name where one of them has none."""
        if self.recipient is None:
            return False
        numbers = self.recipient.organisation_number, party.organisation_number
        return numbers[0] == numbers[1] if all(numbers) else folded(self.recipient.name) == folded(party.name)

    def presupposes(self, event: Event) -> str | None:
        """Why the fact cannot be before the recipient knows of the award; None where it can."""
        if warns_of_a_change(event):
            return "the warning tells of the award, and none is owed (forvaltningsloven § 35 first paragraph b)"
        if self.annulled and type(event) in ENDS:
            return None
        if getattr(event, "number", None) in self.its_complaints and type(event) in OF_ITS_COMPLAINT:
            return OF_ITS_COMPLAINT[type(event)]
        return PRESUPPOSE.get(type(event))

    def too_early(self, event: Event) -> str | None:
        """Why the fact is too early for what the recipient knows: of the award, or of an instalment the fact is about,
        which was promised after the letter that is out and which no letter has told of. None where it is not."""
        about = instalments_of(event)
        if not (self.waits or self.letters.untold & about) or (warns_of_a_change(event) and self.may_know_of(about)):
            return None
        return self.presupposes(event)

    def dated_too_early(self, event: Event) -> date | None:
        """The day the recipient knew of what the fact is about, or may have known, where the fact presupposes that and
        is dated before it: nobody was warned by a letter of the day before. None where it is not."""
        day = day_of_act(event)
        if day is None or self.presupposes(event) is None:
            return None
        known_on = self.may_know_since(instalments_of(event))
        return known_on if known_on and day < known_on else None

    def may_know_since(self, instalments: Collection[int]) -> date | None:
        """The first day it knew of the award and of all of these, or may have: from when the letter was let out, where
        that perhaps left."""
        letters = self.letters
        perhaps = [letters.leaving[sha256] for sha256 in letters.perhaps if sha256 in letters.leaving]
        first = self.since or min(perhaps, default=None)
        days = [letters.told_on[number] for number in instalments if number in letters.told_on]
        return max((*days, first)) if first else None

    def may_know_of(self, instalments: Collection[int]) -> bool:
        """Whether the recipient knows of the award and of all of these, or may: a letter that tells of them is out, or
        perhaps left."""
        return not self.unaware and not (self.letters.untold - self.letters.perhaps_told) & set(instalments)

    def knows_nothing_of(self, instalments: Collection[int]) -> bool:
        """Whether no letter that is out, or perhaps is, tells of any of these: nobody is heard about them
        (forvaltningsloven § 35 first paragraph b)."""
        untold = self.letters.untold - self.letters.perhaps_told
        return self.unaware or (bool(instalments) and untold.issuperset(instalments))

    def not_overdue_before(self, day: date) -> date:
        """A last day the letter sets; or, where that is later, the last day the recipient may complain of the award,
        counted from the day it had the letter (forvaltningsloven § 29). A late letter makes nothing overdue. As the
        letter says while it is not out, or where none is made."""
        return day if self.notified_on is None else max(day, last_day(self.notified_on))


NOT_INFORMED = first(Informed)
"""Where every recipient begins."""


def informed_by(events: Sequence[Event]) -> Informed:
    """What the recipient knows after these facts."""
    return fold_once(Informed.fold, events, Informed)
