"""The steps by which an award comes about, here or before the system."""

from datetime import date
from typing import Any

from services.grants.award import approval as awarding
from services.grants.award import award_import
from services.grants.case.events.award import AwardProposed
from services.grants.grant_letter import delivery as letter_out
from services.grants.grant_letter import freezing as letter_freezing
from services.grants.grant_letter import imported_release as letter_release
from tests.grants.award.letter_freezing import frozen, printed
from tests.grants.directorate.books import LATER, RECIPIENT, Rule

Step = tuple[str, Rule, dict[str, Any]]


def decided_here(proposal: AwardProposed, day: date) -> list[Step]:
    """Proposed, its letter frozen, approved, and the letter let out and left, by the feed: no other way is open."""
    told = {"sha256": frozen.sha256, "organisation_number": RECIPIENT.organisation_number}
    approval = {"approved_by": "ola", "approved_on": day, "disposal_authority": "Delegert"}
    return [
        ("awarding", awarding.propose, {"proposal": proposal}),
        ("letter", letter_freezing.freeze, {"dated_on": day, "printed": printed, "frozen_by": "kari"}),
        ("awarding", awarding.approve, approval),
        ("letter", letter_out.take_release, {**told, "released_on": day, "message_id": "1"}),
        ("letter", letter_out.take_leaving, {"attempt": 1, "left_on": day, "message_id": "2"}),
    ]


def decided_outside(proposal: AwardProposed, day: date, confirmed_by: str = "ola") -> list[Step]:
    """Claimed and confirmed, and its letter likewise."""
    claim = award_import.Outside(
        decided_on=day, disposal_authority="Delegert", document="20/0", document_sha256="cd" * 32
    )
    letter_claim = {"released_on": day, "document": "20/1", "document_sha256": None, "proposed_by": "kari"}
    return [
        ("awarding", award_import.propose_import, {
            "proposal": proposal, "outside": claim, "system_began_on": LATER,
        }),
        ("awarding", award_import.confirm_import, {"confirmed_by": confirmed_by}),
        ("award", letter_release.claim_release, {**letter_claim, "system_began_on": LATER}),
        ("award", letter_release.confirm_release, {"confirmed_by": "liv"}),
    ]  # fmt: skip
