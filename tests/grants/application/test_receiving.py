"""What comes in is frozen as it came, late or not; who may not apply is told every reason why."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from hashlib import sha256
from uuid import UUID

import pytest

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.application.applicant import MunicipalityNumberMissing
from services.grants.application.contacts.contact import name_contact, record_erasure
from services.grants.application.content import content_of, content_sha256
from services.grants.application.receiving import (
    AnotherApplicant,
    CallNoLongerOffered,
    NotEligible,
    NothingAskedFor,
    NotLate,
    ReplyDayPassed,
    RequestWaits,
    VersionUnknown,
    receive,
    request_supplement,
    take_in_late,
    withdraw,
)
from services.grants.application.rules import (
    ApplicationEnded,
    ApplicationGranted,
    ApplicationReasonMissing,
    AwardWaits,
    NoApplication,
    evolve,
)
from services.grants.case.events.application import (
    Applicant,
    ApplicationDismissed,
    ApplicationReceived,
    ApplicationRejected,
    ContactErased,
    ContactNamed,
)
from services.grants.case.granted_application import NotImpartial
from services.grants.registers.municipalities import MunicipalityUnknown
from services.grants.registers.organisation_numbers import OrganisationNumberInvalid
from tests.grants.application.story import (
    CALL_OF_SPRING,
    CLOSES_ON,
    CONTENT,
    DAY_AFTER,
    DRAMMEN,
    REPLY_BY,
    asked,
    award,
    dismissal,
    given,
    granted,
    late,
    partial,
    received,
    requested,
    taken_in,
    version,
    withdrawn,
    without,
)

KARI_HANSEN, OLE_OLSEN = UUID(int=1), UUID(int=2)
better = version(2, content=replace(CONTENT, summary="Ny plan."))
dismissed = ApplicationDismissed(ground="late", reason="For sent.", dismissed_on=date(2020, 3, 3), dismissed_by="liv")
rejected = ApplicationRejected(ground="other", reason="Nei.", rejected_on=date(2020, 3, 3), rejected_by="liv")


def registered(applicant: Applicant) -> ApplicationReceived:
    return version(content=replace(CONTENT, applicant=applicant))


def test_what_arrives_is_frozen_as_the_first_version() -> None:
    given().when(receive, **asked(received)).then(received)


def test_the_same_content_again_is_nothing() -> None:
    given(received).when(receive, **asked(received)).nothing()
    given(received, withdrawn).when(receive, **asked(received)).nothing()


def test_the_digest_is_of_the_canonical_content_and_of_nothing_else() -> None:
    assert content_sha256(content_of(received)) == received.content_sha256
    # Worked out without our code: these members in the order of their names, without space, in UTF-8.
    told = asdict(CONTENT)
    assert told["applicant"].pop("address") == ()  # an empty one is no member: it was not asked for before
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert received.content_sha256 == sha256(canonical.encode()).hexdigest()
    assert version(contact_id=KARI_HANSEN, arrived_on=DAY_AFTER).content_sha256 == received.content_sha256
    assert content_sha256(replace(CONTENT, summary="Annet")) != received.content_sha256


def test_the_last_day_of_the_call_is_in_time_and_the_next_is_late() -> None:
    on_time = version(arrived_on=CLOSES_ON)
    given().when(receive, **asked(on_time)).then(on_time)
    given().when(receive, **asked(late)).then(late)


def test_a_later_version_replaces_the_last_while_the_call_is_open() -> None:
    state = given(received).when(receive, **asked(better))
    state.then(better)
    assert given(received, better).state.counting == better


def test_a_version_in_answer_to_a_request_is_in_time_to_the_end_of_its_last_day() -> None:
    answer = replace(better, arrived_on=REPLY_BY, answers=1)
    given(received, requested).when(receive, **asked(answer)).then(answer)
    slow = replace(better, arrived_on=date(2020, 3, 21), late=True)
    given(received, requested).when(receive, **asked(slow)).then(slow)
    assert given(received, requested, slow).state.counting == received


def test_a_request_that_is_answered_excuses_no_further_version() -> None:
    answer = replace(better, arrived_on=REPLY_BY, answers=1)
    third = version(3, content=replace(CONTENT, summary="Enda en."), arrived_on=REPLY_BY, late=True)
    given(received, requested, answer).when(receive, **asked(third)).then(third)


def test_a_new_version_takes_away_what_was_proposed_of_the_last() -> None:
    state = given(late, dismissal).state
    assert state.proposal == dismissal
    assert evolve(state, better).proposal is None


def test_anothers_application_is_a_case_of_its_own() -> None:
    other = version(2, content=replace(CONTENT, applicant=replace(DRAMMEN, municipality_number="3024")))
    given(received).when(receive, **asked(other)).refused(AnotherApplicant)
    renamed = version(2, content=replace(CONTENT, applicant=replace(DRAMMEN, name="Drammen")))
    given(received).when(receive, **asked(renamed)).then(renamed)


def test_a_cancelled_call_takes_nothing() -> None:
    cancelled = replace(CALL_OF_SPRING, cancelled=True)
    given().when(receive, **asked(received, call=cancelled)).refused(CallNoLongerOffered)


def test_who_is_not_one_of_those_who_may_apply_is_refused_with_every_reason() -> None:
    club = registered(Applicant(kind="organisation", name="En forening", organisation_number="974760673"))
    refusal = given().when(receive, **asked(club)).refused(NotEligible)
    assert refusal.details["reasons"] == ["The call is for: municipality. The applicant is: organisation."]


@pytest.mark.parametrize(
    ("applicant", "refusal"),
    [
        (replace(DRAMMEN, organisation_number="974760674"), OrganisationNumberInvalid),
        (replace(DRAMMEN, municipality_number=None), MunicipalityNumberMissing),
        (replace(DRAMMEN, municipality_number="0602"), MunicipalityUnknown),
    ],
)
def test_numbers_are_held_against_the_registers_of_the_day(applicant: Applicant, refusal: type[Refusal]) -> None:
    given().when(receive, **asked(registered(applicant))).refused(refusal)


def test_a_municipality_number_counts_on_the_day_it_held() -> None:
    old = replace(DRAMMEN, municipality_number="0602")
    early = version(content=replace(CONTENT, applicant=old), arrived_on=date(2019, 12, 31))
    given().when(receive, **asked(early)).then(early)


def test_a_late_version_counts_once_it_is_taken_in() -> None:
    assert given(late).state.counting is None
    given(late).when(take_in_late, **vars(taken_in)).then(taken_in)
    assert given(late, taken_in).state.counting == late
    given(late, taken_in).when(take_in_late, **vars(taken_in)).nothing()


def test_only_what_is_late_is_taken_in_and_only_with_a_reason() -> None:
    given(received).when(take_in_late, **vars(taken_in)).refused(NotLate)
    given(late).when(take_in_late, **vars(replace(taken_in, version=2))).refused(VersionUnknown)
    given(late).when(take_in_late, **vars(replace(taken_in, reason=" "))).refused(ApplicationReasonMissing)
    given(late, partial).when(take_in_late, **vars(replace(taken_in, accepted_by="kari"))).refused(NotImpartial)


def test_the_applicant_is_asked_for_more_one_request_at_a_time() -> None:
    given(received).when(request_supplement, **without(requested, "number")).then(requested)
    given(received, requested).when(request_supplement, **without(requested, "number")).nothing()
    again = replace(requested, number=2, requested_on=date(2020, 3, 21), reply_by=date(2020, 4, 1))
    given(received, requested).when(request_supplement, **without(again, "number")).then(again)
    hasty = replace(again, requested_on=REPLY_BY)
    given(received, requested).when(request_supplement, **without(hasty, "number")).refused(RequestWaits)
    partially = given(received, partial).when(request_supplement, **without(requested, "number"))
    partially.refused(NotImpartial)


@pytest.mark.parametrize("asks", [(), ("Budsjett.", " ")])
def test_a_request_says_what_is_missing(asks: tuple[str, ...]) -> None:
    empty = replace(requested, asks=asks)
    given(received).when(request_supplement, **without(empty, "number")).refused(NothingAskedFor)


def test_a_request_leaves_time_to_answer() -> None:
    same_day = replace(requested, reply_by=requested.requested_on)
    given(received).when(request_supplement, **without(same_day, "number")).then(same_day)
    before = replace(requested, reply_by=date(2020, 3, 1))
    given(received).when(request_supplement, **without(before, "number")).refused(ReplyDayPassed)


def test_an_applicant_may_take_it_back_until_it_is_answered() -> None:
    given(received).when(withdraw, **vars(withdrawn)).then(withdrawn)
    given(received, withdrawn).when(withdraw, **vars(withdrawn)).nothing()


ACTS: tuple[tuple[Callable[..., list[Event]], dict[str, object]], ...] = (
    (receive, asked(better)),
    (request_supplement, without(requested, "number")),
    (withdraw, vars(withdrawn)),
)


@pytest.mark.parametrize(("act", "of"), ACTS, ids=["receive", "request", "withdraw"])
def test_nothing_more_is_done_with_what_is_answered(act: Callable[..., list[Event]], of: dict[str, object]) -> None:
    given(received, dismissed).when(act, **of).refused(ApplicationEnded)
    given(received, rejected).when(act, **of).refused(ApplicationEnded)
    given(received, award, granted).when(act, **of).refused(ApplicationGranted)
    given(received, award).when(act, **of).refused(AwardWaits)


def test_a_case_nobody_applied_in_has_no_application() -> None:
    given(award).when(withdraw, **vars(withdrawn)).refused(NoApplication)
    given(award).when(take_in_late, **vars(taken_in)).refused(NoApplication)


def test_a_version_without_a_contact_leaves_the_one_there_was() -> None:
    first = version(contact_id=KARI_HANSEN)
    given(first).when(receive, **asked(better)).then(replace(better, contact_id=KARI_HANSEN))
    other = version(2, contact_id=OLE_OLSEN)
    given(first).when(receive, **asked(other)).then(other)


def test_another_contact_is_named_and_an_erased_one_stays_erased() -> None:
    named = ContactNamed(contact_id=OLE_OLSEN, named_on=date(2020, 5, 1), recorded_by="kari")
    first = version(contact_id=KARI_HANSEN)
    given(first).when(name_contact, **vars(named)).then(named)
    given(first, named).when(name_contact, **vars(named)).nothing()
    erased = ContactErased(contact_id=KARI_HANSEN, erased_on=date(2020, 6, 1), erased_by="anne")
    given(first, named).when(record_erasure, **vars(erased)).then(erased)
    given(first, named, erased).when(record_erasure, **vars(erased)).nothing()
    given(first, withdrawn).when(record_erasure, **vars(erased)).then(erased)


def test_a_contact_the_case_never_had_is_not_erased_in_it() -> None:
    erased = ContactErased(contact_id=OLE_OLSEN, erased_on=date(2020, 6, 1), erased_by="anne")
    given(version(contact_id=KARI_HANSEN)).when(record_erasure, **vars(erased)).nothing()
