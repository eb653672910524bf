"""What an award had come to by its facts: its state, sums, plan and letter, and what has happened to it. Whole øre."""

from collections.abc import Sequence
from typing import Any

from services.eventlog.folding import fold_once
from services.eventlog.recorded import Recorded
from services.grants.case.commitment import Commitment
from services.grants.case.events.award import AwardMade, AwardProposed
from services.grants.case.events.grant_letter import LetterReleaseImported
from services.grants.case.informed import informed_by
from services.grants.case.reductions import left_of
from services.grants.case.state import state_of
from services.grants.case_view.timeline_titles import TITLES
from services.grants.grant_letter.state import fold as fold_letter
from services.grants.overview.facts.view import day_of_fact


def stand(facts: Sequence[Recorded]) -> dict[str, Any]:
    """What a case's award had come to: its recipient, state, sums, letter and days, by the rules the API answers
    with."""
    events = [fact.event for fact in facts]
    commitment = fold_once(Commitment.fold, events, Commitment)
    made = commitment.approval()
    proposed = commitment.proposed
    return {
        **(_named(proposed) if proposed else {}),
        "state": state_of(events),
        "decided_on": made.approved_on,
        "purpose": (proposed.purpose or None) if proposed else None,
        "basis": proposed.basis.kind if proposed and proposed.basis else None,
        "committed_ore": commitment.committed_ore,
        "left_ore": left_of(events),
        "disbursed_ore": commitment.disbursed_ore,
        "withheld_ore": commitment.withheld_ore,
        "outstanding_ore": commitment.outstanding_ore,
        "repaid_ore": commitment.repaid_ore,
        "informed_on": informed_by(events).since,
        "letter": letter_state(facts, made),
        "instalments": [
            {
                "number": part.number,
                "due_on": part.due_on,
                "amount_ore": part.amount_ore,
                "paid_ore": commitment.paid_ore(part.number),
                "free_ore": commitment.free_ore(part.number),
            }
            for part in commitment.instalments
        ],
        "imported": not made.TOPIC.startswith("award.approved"),
    }


def _named(proposed: AwardProposed) -> dict[str, Any]:
    who = proposed.recipient
    known = {"recipient": who.name, "organisation_number": who.organisation_number}
    return known | ({"municipality_number": who.municipality_number} if who.municipality_number else {})


def letter_state(facts: Sequence[Recorded], made: AwardMade) -> str:
    """Where the letter that tells of the award is: none is owed, none is made, frozen, let out and not out yet, out,
    delivered."""
    letter = fold_letter([fact.event for fact in facts])
    if letter.delivered:
        return "delivered"
    if letter.released and not letter.is_out:
        return "may-leave"
    if letter.released or any(isinstance(fact.event, LetterReleaseImported) for fact in facts):
        return "released"
    if not made.letter_owed:
        return "none-owed"
    return "frozen" if letter.frozen else "not-made"


def tell(facts: Sequence[Recorded]) -> list[dict[str, Any]]:
    """What has happened, oldest first: what it is called, the day it counts from and when it was recorded."""
    return [
        {
            "title": TITLES[fact.event.TOPIC],
            "day": day_of_fact(fact.event),
            "recorded_at": fact.recorded_at,
            "amount_ore": getattr(fact.event, "amount_ore", None),
        }
        for fact in facts
    ]
