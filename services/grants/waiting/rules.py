"""What waits in a case, and for whom: every next step that somebody can take, and who may not be the one to take it.

This tells; it decides nothing. Each act's own room refuses what may not be done, whatever stands in an inbox.
"""

from collections.abc import Iterator, Sequence

from services.eventlog.events import Event
from services.grants.application.events import (
    ApplicationAssessed,
    ApplicationReceived,
    DismissalProposed,
    DismissalReturned,
    RejectionProposed,
    RejectionReturned,
    SupplementRequested,
)
from services.grants.award.events import (
    AwardAnnulled,
    AwardChangeProposed,
    AwardChangeReturned,
    AwardDeclined,
    AwardImported,
    AwardImportProposed,
    AwardReduced,
    ChangeAnswered,
    ChangeRequested,
    LetterFrozen,
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseImported,
    LetterReleaseImportProposed,
    SupplementaryAwardApproved,
    TermsAccepted,
)
from services.grants.waiting.later import after_award
from services.grants.waiting.story import Story
from services.grants.waiting.task import Task, once, task

ONCE_INFORMED = frozenset(
    {
        "record-acceptance", "answer-change-request", "attest-payment", "request-payment",
        "decide-withholding", "decide-reclaim", "follow-up-reclaim", "check-report-content", "check-report-money",
        "remind-of-report", "conclude-control", "propose-settlement", "approve-settlement",
    }
)  # fmt: skip
"""Tasks that end in a fact which presupposes that the recipient knows of its award (`informed.py`), or in a demand."""


def list_tasks(events: Sequence[Event]) -> list[Task]:
    """Everything that waits in the case, in the order of a case's life, each task once for what it is about. A case at
    its end has nothing waiting. What presupposes that the recipient knows of its award is not offered before it has
    been told."""
    story = Story.of(events)
    tasks = once([*before_award(story), *award(story), *after_award(story)])
    if not story.informed.waits:
        return tasks
    ends = {"conclude-control"} if story.informed.annulled else set()
    return [each for each in tasks if each.task not in ONCE_INFORMED or each.task in ends]


def before_award(story: Story) -> Iterator[Task]:
    """The application: to be assessed, completed, or answered."""
    if story.state != "received":
        return
    if asked := story.find_standing(SupplementRequested, ApplicationReceived):
        yield task(story, "follow-up-supplement", "caseworker", part=asked.number, due_on=asked.reply_by)
        return
    if rejection := story.find_standing(RejectionProposed, RejectionReturned):
        yield task(story, "decide-rejection", "approver", not_by={rejection.proposed_by})
        return
    if dismissal := story.find_standing(DismissalProposed, DismissalReturned):
        yield task(story, "decide-dismissal", "approver", not_by={dismissal.proposed_by})
        return
    version = len(story.list_all(ApplicationReceived))
    assessed = story.list_all(ApplicationAssessed, version=version)
    yield task(story, "propose-award" if assessed else "assess-application", "caseworker")


def award(story: Story) -> Iterator[Task]:
    """The proposal and what is asked to be changed of an award: to be prepared, put in a letter, and decided."""
    proposed = story.commitment.proposed
    if story.state == "returned":
        yield task(story, "propose-award", "caseworker")
    if story.state == "proposed" and proposed:
        frozen = story.find_standing(LetterFrozen, type(proposed))
        outside = story.find_standing(AwardImportProposed, type(proposed))
        if proposed.scheme_id and not outside and frozen is None:
            yield task(story, "freeze-letter", "caseworker")
        decides = "confirm-award-import" if outside else "approve-award"
        yield task(story, decides, "approver", not_by={proposed.proposed_by})
    decided = (AwardChangeReturned, SupplementaryAwardApproved, AwardReduced, AwardAnnulled, AwardDeclined)
    if change := story.find_standing(AwardChangeProposed, *decided):
        yield task(story, "approve-change", "approver", not_by={change.proposed_by})
    answered = {answer.number for answer in story.list_all(ChangeAnswered)}
    for request in story.list_all(ChangeRequested):
        if request.number not in answered:
            yield task(story, "answer-change-request", "approver", part=request.number, not_by={request.registered_by})
    claimed = story.find_standing(LetterReleaseImportProposed, LetterReleaseImported)
    if claimed and isinstance(story.commitment.approved, AwardImported):
        yield task(story, "confirm-letter-release", "approver", not_by={claimed.proposed_by})
    out = story.state == "released" and story.find_standing(LetterReleased, LetterReleaseEnded)
    if out and proposed and proposed.acceptance_required and story.find_last(TermsAccepted) is None:
        cover_ends_on = story.commitment.approved.cover_valid_until if story.commitment.approved else None
        last_day = cover_ends_on and story.informed.not_overdue_before(cover_ends_on)
        yield task(story, "record-acceptance", "caseworker", due_on=last_day)
