"""What waits of an award's letter: to be frozen, and whom it lets approve."""

from collections.abc import Sequence
from datetime import date

from services.eventlog.events import Event
from services.grants import awarding
from services.grants.award import letter_freezing
from services.grants.award.events import LetterFrozen, PerCapita
from services.grants.waiting.story import Story
from services.grants.waiting.task import Task, offered


def to_freeze(story: Story) -> list[Task]:
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


def named_in_letter(case: awarding.Award) -> str | None:
    """Whom the letter of this very proposal names as the one who approves."""
    letter = case.letter
    return letter.approver if letter and letter.proposal_version == case.proposal_version else None
