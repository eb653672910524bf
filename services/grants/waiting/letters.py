"""What waits of an award's letter: to be frozen, and whom it lets approve."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.eventlog.events import Event
from services.grants.award import approval as awarding
from services.grants.award import state as proposal_state
from services.grants.case.events.award import PerCapita
from services.grants.case.events.grant_letter import LetterFrozen
from services.grants.grant_letter import freezing as letter_freezing
from services.grants.waiting.case_facts import CaseFacts
from services.grants.waiting.task import Task, next_day, offered


def to_freeze(story: CaseFacts) -> list[Task]:
    """The letter of the proposal that waits, or of the award as it was changed, where one is made here; and of
    an award on no scheme that was approved without one."""
    proposed = story.commitment.proposed
    if proposed is None or isinstance(proposed.basis, PerCapita):
        return []
    letter = letter_freezing.fold(story.events)
    of_scheme = proposed.scheme_id and (story.terms is None or story.terms.letter_template is not None)
    if letter.waiting is None or letter.made or not (letter.late or of_scheme):
        return []
    set_ = LetterFrozen(
        proposal_version=letter.proposal_version, template="-", form="nb", sha256="", size_bytes=0,
        dated_on=story.today, frozen_by="",
    )  # fmt: skip

    def freeze(person: str, __: date) -> Sequence[Event]:
        letter_freezing.waiting_for(letter, by=person)
        return [set_]

    return offered(story, "freeze-letter", "caseworker", freeze)


def to_renew(story: CaseFacts, case: proposal_state.Award, round_id: UUID | None) -> list[Task]:
    """A letter that was not approved by the day it is dated: the proposal is returned, and both are made anew."""
    letter = letter_of(case)
    if letter is None:
        return []
    return offered(story, "renew-letter", "caseworker", lambda person, _: awarding.return_proposal(
        case, reason="-", returned_by=person, round_id=round_id), from_on=next_day(letter.dated_on))  # fmt: skip


def letter_of(case: proposal_state.Award) -> LetterFrozen | None:
    """The letter of this very proposal: whom it names approves it, by the day it is dated."""
    letter = case.letter
    return letter if letter and letter.proposal_version == case.proposal_version else None
