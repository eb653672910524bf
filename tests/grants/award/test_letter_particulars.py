"""What else practice expects of a letter: address, reasons, and the day by which its terms must be accepted."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.grants.application.content import content_of as frozen_of
from services.grants.application.content import content_sha256
from services.grants.award.approval import approve
from services.grants.award.letter_bounds import check_letter_of
from services.grants.award.refusals import CoverEndsTooSoon
from services.grants.award.rules import Granted, evolve
from services.grants.award.state import Award
from services.grants.award.state import evolve as awarding
from services.grants.award_change.recipient import CoverEnded, accept_terms
from services.grants.case.events.award_change import TermsAccepted
from services.grants.case.events.grant_letter import LetterFrozen, LetterReleased
from services.grants.grant_letter.content import list_left_out
from services.grants.grant_letter.freezing import AcceptanceDayWrong, AcceptanceNotAsked, check_acceptance
from services.grants.scheme.letter_bounds import LetterTooLong, LetterUnsettable
from services.grants.waiting.rules import list_tasks
from tests.conftest import Database
from tests.given import given
from tests.grants.application.story import received
from tests.grants.award.grant_letters import DATED_ON, PROPOSED, TERMS, content_of
from tests.grants.award.letter_routes import DATED, Desk, at_work, text_of
from tests.grants.fodt_fri import approved

ADDRESS = ("Postboks 123 Sentrum", "0102 Oslo")
BY = date(2020, 3, 20)
SHA = "cd" * 32
frozen = LetterFrozen(
    proposal_version=1, template="t", form="nb", sha256=SHA, size_bytes=9, dated_on=DATED_ON, frozen_by="eva",
    accept_by=BY,
)  # fmt: skip
out = LetterReleased(released_on=date(2020, 2, 24), sha256=SHA, message_id="m-1")
so_far = (PROPOSED, frozen, replace(approved, scheme_id=PROPOSED.scheme_id), out)
ASKED: dict[str, Any] = {"document": "20/00123-5", "recorded_by": "kari"}


def test_an_acceptance_after_the_letters_day_counts_and_is_recorded_as_late() -> None:
    case = given(*so_far, evolve=evolve, initial=Granted())
    for day, late in ((BY, None), (BY + timedelta(days=1), BY)):
        told = TermsAccepted(accepted_on=day, document="20/00123-5", recorded_by="kari", late_after=late)
        case.when(accept_terms, accepted_on=day, **ASKED).then(told)


def test_a_letter_that_went_out_late_makes_no_acceptance_late() -> None:
    late = replace(out, released_on=date(2020, 3, 19))
    case = given(*so_far[:-1], late, evolve=evolve, initial=Granted())
    last = date(2020, 4, 14)  # three weeks from when it went out, and Easter
    for day, after in ((last, None), (last + timedelta(days=1), last)):
        told = TermsAccepted(accepted_on=day, document="20/00123-5", recorded_by="kari", late_after=after)
        case.when(accept_terms, accepted_on=day, **ASKED).then(told)


def test_a_promise_does_not_end_before_the_day_its_letter_gives() -> None:
    award = given(PROPOSED, frozen, evolve=awarding, initial=Award())
    asked = {"approved_by": "ola", "approved_on": DATED_ON, "disposal_authority": "Instruks 4.2", "scheme": TERMS}
    award.when(approve, **asked, cover_valid_until=BY - timedelta(days=1)).refused(CoverEndsTooSoon)
    assert award.when(approve, **asked, cover_valid_until=BY).refusal is None
    covered = replace(approved, scheme_id=PROPOSED.scheme_id, cover_valid_until=BY)
    case = given(PROPOSED, frozen, covered, out, evolve=evolve, initial=Granted())
    case.when(accept_terms, accepted_on=BY + timedelta(days=1), **ASKED).refused(CoverEnded)


def test_the_inbox_tells_the_day_and_when_it_has_passed() -> None:
    tasks = {each.task: each for each in list_tasks(so_far, TERMS)}
    assert (tasks["record-acceptance"].due_on, tasks["record-acceptance"].from_on) == (BY, None)
    assert tasks["follow-up-acceptance"].from_on == BY + timedelta(days=1)
    accepted = TermsAccepted(accepted_on=BY, document="x", recorded_by="kari")
    assert not {"record-acceptance", "follow-up-acceptance"} & {e.task for e in list_tasks((*so_far, accepted), TERMS)}
    without = (PROPOSED, replace(frozen, accept_by=None), *so_far[2:])
    assert [each.due_on for each in list_tasks(without, TERMS) if "acceptance" in each.task] == [None]


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_the_day_to_accept_by_is_after_the_letters_own_and_within_a_year(days: int) -> None:
    with pytest.raises(AcceptanceDayWrong):
        check_acceptance(PROPOSED, dated_on=DATED_ON, accept_by=DATED_ON + timedelta(days=days))


def test_only_what_must_be_accepted_has_a_day_to_accept_by() -> None:
    for days in (1, 366):
        check_acceptance(PROPOSED, dated_on=DATED_ON, accept_by=DATED_ON + timedelta(days=days))
    unasked = replace(PROPOSED, acceptance_required=False)
    check_acceptance(unasked, dated_on=DATED_ON, accept_by=None)
    with pytest.raises(AcceptanceNotAsked):
        check_acceptance(unasked, dated_on=DATED_ON, accept_by=BY)


def test_reasons_and_address_are_bounded_where_they_are_written() -> None:
    for long in ("x" * 40_000, "\n" * 400):
        with pytest.raises(LetterTooLong):
            check_letter_of(replace(PROPOSED, reasons=long))
        with pytest.raises(LetterTooLong):
            check_letter_of(PROPOSED, change=long)
    for proposal in (
        replace(PROPOSED, reasons="\u6f22"),
        replace(PROPOSED, recipient=replace(PROPOSED.recipient, address=("\u6f22",))),
    ):
        with pytest.raises(LetterUnsettable):
            check_letter_of(proposal)


def test_what_a_letter_goes_without_is_told() -> None:
    assert list_left_out(content_of()) == ["address", "reasons", "acceptance-day"]
    whole = replace(content_of(replace(PROPOSED, reasons="Fordi.")), address=ADDRESS, accept_by=BY)
    assert list_left_out(whole) == []
    assert list_left_out(content_of(replace(PROPOSED, acceptance_required=False))) == ["address", "reasons"]


def test_an_application_without_an_address_has_the_digest_it_always_had() -> None:
    assert content_sha256(frozen_of(received)) == received.content_sha256
    moved = replace(received, applicant=replace(received.applicant, address=ADDRESS))
    assert content_sha256(frozen_of(moved)) != received.content_sha256


def test_the_letter_says_address_reasons_and_the_day_to_accept_by(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        recipient = {"name": "Stiftelsen Født Fri", "organisation_number": "974760673", "address": list(ADDRESS)}
        case = await desk.open_case(recipient=recipient, reasons="Tiltaket når målgruppen.", acceptance_required=True)
        preview = await desk.ask("GET", f"{case}/letter/preview?dated_on={DATED_ON}")
        assert preview.headers["letter-without"] == "acceptance-day"
        asked = DATED | {"accept_by": str(BY)}
        frozen = await desk.ask("PUT", f"{case}/letter", asked, seen='"1"')
        assert frozen.status_code == 200, frozen.text
        told = frozen.json()["letter"]["frozen"]
        assert (told["accept_by"], told["scheme_name"]) == (str(BY), TERMS.name)
        letter = text_of((await desk.ask("GET", f"{case}/letter")).content)
        for said in ("Postboks123Sentrum", "0102Oslo", "BegrunnelseTiltaketnårmålgruppen.", "senest20.mars2020"):
            assert said in letter
        other = await desk.ask("PUT", f"{case}/letter", DATED | {"accept_by": "2020-04-01"}, seen='"2"')
        assert other.json()["code"] == "letter-already-frozen"

    at_work(database, tmp_path, story)
