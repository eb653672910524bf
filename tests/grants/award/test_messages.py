"""What other services are told of awards: ids, days and whole øre, and of persons only who proposed and decided."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.grants.award.messages import CHANGES, MESSAGES
from services.grants.case.events.award import AwardApproved, Instalment, Recipient
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardDeclined,
    AwardReduced,
    Ground,
    Reduction,
    SupplementaryAwardApproved,
)
from services.grants.case.events.grant_letter import LetterFrozen, LetterReleaseImported
from services.grants.case.events.year_end import CommitmentLapsed
from tests.grants.award.grant_letters import CASE, DATED_ON, PROPOSED

DAY = date(2020, 9, 1)
PERSON = "inger-som-ikke-skal-nevnes"
GROUND = Ground(code="condition-not-met", text="Begrunnelsen er sakens egen.")
LESS = (Reduction(instalment=1, amount_ore=100), Reduction(instalment=2, amount_ore=200))
MORE = SupplementaryAwardApproved(
    amount_ore=500, added=(Instalment(number=3, amount_ore=500),), ground=GROUND, approved_on=DAY, approved_by=PERSON,
    disposal_authority="Instruks 4.2",
)  # fmt: skip
CHANGED: tuple[tuple[Event, str, int], ...] = (
    (MORE, "supplementary", 500),
    (AwardReduced(reductions=LESS, ground=GROUND, reduced_on=DAY, approved_by=PERSON), "reduced", -300),
    (AwardAnnulled(reductions=LESS, ground=GROUND, annulled_on=DAY, approved_by=PERSON), "annulled", -300),
    (AwardAnnulled(reductions=(), ground=GROUND, annulled_on=DAY, approved_by=PERSON), "annulled", 0),
    (AwardDeclined(reason="Avlyst.", reductions=LESS, declined_on=DAY, recorded_by=PERSON), "declined", -300),
    (
        CommitmentLapsed(year=2020, reductions=LESS, ground="not-transferable", lapsed_on=DAY, recorded_by=PERSON),
        "lapsed",
        -300,
    ),
)
APPROVED = AwardApproved(
    fund_id=PROPOSED.fund_id, amount_ore=PROPOSED.amount_ore, approved_on=DAY, approved_by=PERSON,
    disposal_authority="Instruks 4.2", across_years=False,
)  # fmt: skip
FROZEN = LetterFrozen(
    proposal_version=1, template="grant-letter@1", form="nn", sha256="ab" * 32, size_bytes=43_515, dated_on=DATED_ON,
    frozen_by=PERSON, case_number="2020/17",
)  # fmt: skip
IMPORTED = LetterReleaseImported(
    released_on=DAY, document="20/00123-4", document_sha256=None, confirmed_by=PERSON
)  # fmt: skip


WHOSE = {"proposed_by", "approved_by", "frozen_by", "decided_by"}
"""For duties that clash across services (docs/duties.md)."""


def told(event: Event, version: int = 4) -> tuple[str, dict[str, Any]]:
    """The type and the data of what is told of this fact."""
    fact = Recorded(7, f"case-{CASE}", version, event, datetime(2020, 9, 1, tzinfo=UTC), PERSON, "c", "k")
    message = MESSAGES[event.TOPIC](fact)
    assert message is not None
    assert message.subject == f"case-{CASE}"
    assert PERSON not in json.dumps({name: each for name, each in message.data.items() if name not in WHOSE})
    assert (message.data["case_id"], message.data["version"]) == (str(CASE), version)
    return message.type, dict(message.data)


@pytest.mark.parametrize(("event", "change", "amount_ore"), CHANGED)
def test_a_change_tells_its_kind_how_much_and_from_which_day(event: Event, change: str, amount_ore: int) -> None:
    kind, data = told(event)
    assert kind == "no.tilsagn.award.changed.v1"
    assert (data["change"], data["amount_ore"], data["counts_from"]) == (change, amount_ore, "2020-09-01")
    assert data["decided_by"] == PERSON
    assert GROUND.text not in json.dumps(data, ensure_ascii=False)


def test_every_kind_of_change_is_tried() -> None:
    assert {type(event) for event, _, _ in CHANGED} == set(CHANGES)


def test_a_proposal_tells_what_its_letter_will_promise() -> None:
    kind, data = told(replace(PROPOSED, proposed_by=PERSON))
    assert kind == "no.tilsagn.award.proposed.v1"
    assert (data["amount_ore"], data["round_id"], data["form"]) == (PROPOSED.amount_ore, None, "nb")
    assert data["proposed_by"] == PERSON
    assert data["recipient_organisation_number"] == "974760673"
    assert [(part["number"], part["due_on"], part["needs_report"]) for part in data["instalments"]] == [
        (1, None, None), (2, "2020-09-01", 1)
    ]  # fmt: skip
    assert sum(part["amount_ore"] for part in data["instalments"]) == data["amount_ore"]


def test_a_recipient_without_a_number_is_told_without_one() -> None:
    _, data = told(replace(PROPOSED, recipient=Recipient(name="Født Fri"), proposed_by=PERSON))
    assert (data["recipient_name"], data["recipient_organisation_number"]) == ("Født Fri", None)


def test_an_approval_tells_what_the_fund_is_bound_by_and_from_which_day() -> None:
    kind, data = told(APPROVED)
    assert kind == "no.tilsagn.award.approved.v1"
    assert (data["fund_id"], data["amount_ore"]) == (PROPOSED.fund_id, PROPOSED.amount_ore)
    assert (data["approved_on"], data["approved_by"]) == ("2020-09-01", PERSON)


def test_a_frozen_letter_is_told_by_the_digest_of_its_bytes_and_the_proposal_it_tells_of() -> None:
    kind, data = told(FROZEN)
    assert kind == "no.tilsagn.award.letter-frozen.v1"
    assert (data["letter_sha256"], data["proposal_version"], data["size_bytes"]) == ("ab" * 32, 1, 43_515)
    assert (data["frozen_by"], data["case_number"]) == (PERSON, "2020/17")


def test_an_imported_release_is_told_as_history_of_its_own_day() -> None:
    kind, data = told(IMPORTED)
    assert kind == "no.tilsagn.award.letter-release-imported.v1"
    assert (data["released_on"], data["document"]) == ("2020-09-01", "20/00123-4")
