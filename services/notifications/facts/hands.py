"""Who had a hand in what is held, as grants tells of it, or as it was planned or let out here. None of them speaks for
the ministry of a notice that lists it, and whoever spoke for it lets nothing out.

Everybody who ever put a proposal forward counts, also one that was returned: nobody in the ministry proposes awards, so
it need not be told who wrote which part of one. What grants told before it told who, has nobody's name.
"""

from collections.abc import Iterable, Mapping

from services.duties.of_notices import FOR_THE_MINISTRY, IN_WHAT_IT_TELLS_OF
from services.eventlog.events import Event
from services.notifications.facts.channel import LetterSentAgain
from services.notifications.facts.notice_state import Notice
from services.notifications.facts.publication import PublicationPlanned, PublicationPlannedAsTold, PublicationReleased
from services.notifications.facts.release import (
    AwardHeard,
    LetterFileHeard,
    LetterReleased,
    LetterReleaseOrdered,
    WaiverConfirmed,
)
from services.notifications.facts.scheme_policy import ChangeHeard, DecisionHeard

Hands = Mapping[str, frozenset[str]]
"""Who did each of these acts."""
NONE: Hands = {act: frozenset() for act in IN_WHAT_IT_TELLS_OF}
_CHANGES = {
    "supplementary": "approve supplement",
    "reduced": "approve reduction",
    "annulled": "approve annulment",
}


def hand_in(event: Event) -> tuple[str, str] | None:
    """The act, as the table of duties names it, and who did it; None where the fact tells of none."""
    match event:
        case AwardHeard(proposed_by=str() as person):
            return "propose award", person
        case LetterFileHeard(frozen_by=str() as person):
            return "freeze letter", person
        case DecisionHeard(decided_by=str() as person, change=None):
            return "approve award", person
        case DecisionHeard(decided_by=str() as person, change="supplementary" | "reduced" | "annulled" as change):
            return _CHANGES[change], person
        case ChangeHeard(proposed_by=person):
            return "propose change", person
        case PublicationPlanned(planned_by=person) | PublicationPlannedAsTold(planned_by=person):
            return "plan publication", person
    return _let_out(event)


def _let_out(event: Event) -> tuple[str, str] | None:
    match event:
        case LetterReleaseOrdered(ordered_by=person):
            return "order release", person
        case LetterReleased(released_by=person):
            return "release letter", person
        case WaiverConfirmed(confirmed_by=person):
            return "confirm waiver", person
        case LetterSentAgain(asked_by=person):
            return "send letter again", person
        case PublicationReleased(released_by=person):
            return "publish", person
    return None


def hands_in(events: Iterable[Event]) -> Hands:
    """Who did each of these acts, among these facts."""
    hands = dict(NONE)
    for event in events:
        if found := hand_in(event):
            act, person = found
            hands[act] |= {person}
    return hands


def words_in(notices: Iterable[Notice]) -> Hands:
    """Who spoke for the ministry on any of these notices, by what they said."""
    words: dict[str, frozenset[str]] = {act: frozenset() for act in FOR_THE_MINISTRY}
    for notice in notices:
        for act in FOR_THE_MINISTRY:
            words[act] |= notice.done[act]
    return words
