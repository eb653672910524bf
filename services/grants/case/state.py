"""Where a case stands in its life, in one word: the last fact that moved it on."""

from collections.abc import Mapping, Sequence
from typing import Literal

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.eventlog.refusal import Refusal
from services.grants.case.events.application import (
    ApplicationDismissed,
    ApplicationReceived,
    ApplicationRejected,
    ApplicationWithdrawn,
)
from services.grants.case.events.award import AwardApproved, AwardImported, AwardProposed, AwardReturned
from services.grants.case.events.award_change import AwardAnnulled, AwardDeclined, SupplementaryAwardApproved
from services.grants.case.events.complaint import ComplaintDecided, ComplaintReceived, DecisionReversed, Disputed
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterLeft,
    LetterNotArrived,
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseImported,
)
from services.grants.case.events.recipient_report import AwardSettled, CaseClosed
from services.grants.case.events.year_end import CommitmentCarriedOver

State = Literal[
    "new",
    "received",
    "withdrawn",
    "dismissed",
    "rejected",
    "proposed",
    "returned",
    "approved",
    "released",
    "declined",
    "annulled",
    "settled",
    "closed",
]

MOVES: Mapping[type[Event], State] = {
    ApplicationReceived: "received",
    ApplicationWithdrawn: "withdrawn",
    ApplicationDismissed: "dismissed",
    ApplicationRejected: "rejected",
    AwardProposed: "proposed",
    AwardReturned: "returned",
    AwardApproved: "approved",
    AwardImported: "approved",
    LetterReleased: "released",
    LetterLeft: "released",
    LetterDelivered: "released",
    LetterReleaseImported: "released",
    AwardDeclined: "declined",
    AwardAnnulled: "annulled",
    AwardSettled: "settled",
    CaseClosed: "closed",
}
"""`released` is approved, with the letter out. What is promised still, paid, withheld or in dispute is for the money to
tell: an award that was reduced to nothing is `approved`, and one that was annulled may have been paid in part."""

TURNS: tuple[type[Event], ...] = (
    *MOVES, SupplementaryAwardApproved, LetterReleaseEnded, LetterNotArrived, ComplaintReceived, DecisionReversed,
    ComplaintDecided,
)  # fmt: skip
"""Every fact that may change it: those that move it by themselves, and those that depend on where it stood."""


REOPENED: Mapping[Disputed, State] = {"rejection": "rejected", "dismissal": "dismissed", "annulment": "annulled"}
"""Where a closed case stands once one of these decisions is complained of; of any other, its award is settled."""

ENDED: frozenset[State] = frozenset(("declined", "annulled", "settled"))
"""An award that is over, until more is promised in its case: then that is approved, and a letter may tell of it."""


def state_after(state: State, event: Event) -> State:
    """The state after one more fact; most facts leave it as it is, and so does a later version of an application.
    A complaint opens a closed case again, where the disputed decision left it, and one that succeeds wholly brings a
    refused application back to be decided. What is promised anew, after an award was over, is approved."""
    if isinstance(event, ApplicationReceived) and event.version > 1:
        return state
    if isinstance(event, ComplaintReceived) and state == "closed":
        return REOPENED.get(event.disputed, "settled")
    if isinstance(event, SupplementaryAwardApproved) and state in ENDED:
        return "approved"
    if isinstance(
        event, LetterReleased | LetterLeft | LetterDelivered
    ):  # heard late: what became of the award meanwhile stands
        return "released" if state == "approved" else state
    if isinstance(event, LetterReleaseEnded | LetterNotArrived):
        return "approved" if state == "released" and not event.another_is_out else state
    if state in ("rejected", "dismissed") and sets_aside(event):
        return "received"
    return MOVES.get(type(event), state)


def sets_aside(event: Event) -> bool:
    """Whether a disputed decision stands no more: the directorate reversed all of it, or the ministry did not
    uphold it. Reversed in part, the rest still stands."""
    match event:
        case DecisionReversed(wholly=wholly):
            return wholly
        case ComplaintDecided(outcome=outcome):
            return outcome in ("changed", "annulled", "returned")
    return False


class CaseClosedAlready(Refusal):
    """The case is closed. Only a complaint of what was decided in it opens it again."""

    code = "case-closed"
    title = "Saken er avsluttet"


def keep_closed(past: Sequence[Event], new: Sequence[Event]) -> None:
    """Refuse (`CaseClosedAlready`) new facts in a closed case, save the complaint that opens it and what puts its
    years' books right."""
    opens_or_corrects = (ComplaintReceived, CommitmentCarriedOver)
    if state_of(past) == "closed" and not all(isinstance(event, opens_or_corrects) for event in new):
        raise CaseClosedAlready("The case is closed. A complaint opens it again; anything else is a new case.")


def state_of(events: Sequence[Event]) -> State:
    """Where these facts have brought the case."""
    return fold_once(state_after, events, _new)


def _new() -> State:
    return "new"
