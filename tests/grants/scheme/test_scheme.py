"""A scheme is registered, made whole, and invites applications; what was announced is never made worse."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.grants.scheme.events import (
    CallCancelled,
    CallDeadlineMoved,
    Criterion,
    InstalmentShare,
    ReportDuty,
    SchemeRevised,
    SchemeTerms,
)
from services.grants.scheme.refusals import (
    CallDatesWrong,
    CallIdWrong,
    CallIsCancelled,
    CallTaken,
    CallUnknown,
    DeadlineNotLater,
    FundNotOfScheme,
    SchemeIncomplete,
    SchemeReasonMissing,
    SchemeTaken,
    SchemeTakesNoApplications,
    SchemeUnknown,
    TermsDoNotAddUp,
)
from services.grants.scheme.rules import (
    Scheme,
    cancel_call,
    evolve,
    move_deadline,
    publish_call,
    register,
    revise,
    scheme_of,
)
from tests.given import Given, given
from tests.grants.scheme.schemes import CALL, JANUARY, PUBLISHED, REGISTERED, TERMS, lacking

REGISTRATION: dict[str, Any] = {
    "scheme_id": "jobbsjansen-2020",
    "year": 2020,
    "terms": TERMS,
    "registered_on": date(2020, 1, 2),
    "registered_by": "kari",
}
CALL_ID = CALL["call_id"]
DAY = timedelta(days=1)
OTHER = replace(TERMS, aim="Et annet mål.")
REVISION: dict[str, Any] = {"reason": "Målet er klarere.", "revised_on": date(2020, 1, 9), "revised_by": "ola"}
MOVE: dict[str, Any] = {"call_id": CALL_ID, "reason": "Mange ba om det.", "moved_by": "ingrid"}
CANCELLATION: dict[str, Any] = {
    "call_id": CALL_ID,
    "reason": "Pengene falt bort.",
    "cancelled_on": date(2020, 2, 1),
    "cancelled_by": "ingrid",
}
CANCELLED = CallCancelled(**CANCELLATION)


def after(*facts: Any) -> Given:
    return given(*facts, evolve=evolve, initial=Scheme())


def with_terms(terms: SchemeTerms) -> Any:
    return replace(REGISTERED, terms=terms)


# Registering and revising


def test_a_scheme_is_registered_with_its_terms() -> None:
    after().when(register, **REGISTRATION).then(REGISTERED)


def test_the_same_scheme_again_is_nothing() -> None:
    after(REGISTERED).when(register, **REGISTRATION | {"registered_by": "ola"}).nothing()


def test_another_scheme_under_the_same_id_is_refused() -> None:
    after(REGISTERED).when(register, **REGISTRATION | {"terms": OTHER}).refused(SchemeTaken)


def test_a_scheme_may_be_registered_before_it_is_finished() -> None:
    unfinished = lacking("aim", "control")
    after().when(register, **REGISTRATION | {"terms": unfinished}).then(with_terms(unfinished))


@pytest.mark.parametrize(
    ("terms", "saying"),
    [
        (replace(TERMS, fund_ids=()), "Name the fund"),
        (replace(TERMS, fund_ids=("2021/291/62/jobbsjansen",)), "so must its funds"),
        (replace(TERMS, instalments=()), "add up to 0 basis points"),
        (replace(TERMS, instalments=(InstalmentShare(share_basis_points=9_999),)), "add up to 9999 basis points"),
        (
            replace(
                TERMS,
                instalments=(InstalmentShare(share_basis_points=10_000), InstalmentShare(share_basis_points=0)),
            ),
            "each takes some",
        ),
        (replace(TERMS, criteria=TERMS.criteria[:1]), "weights add up to 60"),
        (replace(TERMS, criteria=(replace(TERMS.criteria[0], weight=40), TERMS.criteria[1])), "weights add up to 80"),
        (
            replace(TERMS, criteria=(*TERMS.criteria, Criterion(criterion_id="x", question="?", most=5, weight=0))),
            "each weighs something",
        ),
        (replace(TERMS, criteria=(replace(TERMS.criteria[0], most=0), TERMS.criteria[1])), "scored from 0"),
        (replace(TERMS, criteria=tuple(replace(each, criterion_id="x") for each in TERMS.criteria)), "the same id"),
        (replace(TERMS, instalments=(InstalmentShare(share_basis_points=10_000, month=9),)), "both or neither"),
        (
            replace(TERMS, instalments=(InstalmentShare(share_basis_points=10_000, month=9, day=31),)),
            "Instalment 1 falls on a day that does not exist",
        ),
        (
            replace(TERMS, report_duties=(ReportDuty(kind="final", month=2, day=29, years_after=1),)),
            "The final report falls due on a day that does not exist",
        ),
    ],
)
def test_terms_that_do_not_add_up_are_refused(terms: SchemeTerms, saying: str) -> None:
    after().when(register, **REGISTRATION | {"terms": terms}).refused(TermsDoNotAddUp, saying=saying)
    after(REGISTERED).when(revise, terms=terms, **REVISION).refused(TermsDoNotAddUp, saying=saying)


def test_every_problem_of_the_terms_is_told_at_once() -> None:
    wrong = replace(TERMS, fund_ids=(), criteria=TERMS.criteria[:1])
    refusal = after().when(register, **REGISTRATION | {"terms": wrong}).refused(TermsDoNotAddUp)
    assert len(refusal.details["problems"]) == 2


def test_a_scheme_without_criteria_needs_no_weights() -> None:
    bare = replace(TERMS, criteria=())
    after().when(register, **REGISTRATION | {"terms": bare}).then(with_terms(bare))


def test_the_29th_of_february_exists_in_2020() -> None:
    leap = replace(TERMS, report_duties=(ReportDuty(kind="interim", month=2, day=29),))
    after().when(register, **REGISTRATION | {"terms": leap}).then(with_terms(leap))


def test_a_scheme_is_revised_with_a_reason() -> None:
    after(REGISTERED).when(revise, terms=OTHER, **REVISION).then(SchemeRevised(terms=OTHER, **REVISION))


def test_the_same_terms_are_no_revision() -> None:
    after(REGISTERED).when(revise, terms=TERMS, **REVISION).nothing()


def test_terms_are_not_revised_without_a_reason() -> None:
    after(REGISTERED).when(revise, terms=OTHER, **REVISION | {"reason": " "}).refused(SchemeReasonMissing)


def test_what_is_not_registered_cannot_be_revised() -> None:
    after().when(revise, terms=OTHER, **REVISION).refused(SchemeUnknown)


# Publishing a call


def test_a_call_freezes_the_terms_as_they_stand() -> None:
    after(REGISTERED).when(publish_call, **CALL).then(PUBLISHED)


def test_the_same_call_again_is_nothing_even_when_the_scheme_was_revised_since() -> None:
    revised = SchemeRevised(terms=OTHER, **REVISION)
    after(REGISTERED, PUBLISHED).when(publish_call, **CALL).nothing()
    after(REGISTERED, PUBLISHED, revised).when(publish_call, **CALL).nothing()


def test_a_call_already_published_keeps_its_terms_when_the_scheme_is_revised() -> None:
    state = after(REGISTERED, PUBLISHED, SchemeRevised(terms=OTHER, **REVISION)).state
    assert state.terms == OTHER
    assert state.calls[CALL_ID].terms == TERMS


def test_another_call_under_the_same_id_is_refused() -> None:
    after(REGISTERED, PUBLISHED).when(publish_call, **CALL | {"title": "En annen"}).refused(CallTaken)


TEXTS = {
    "aim": "aim",
    "target_group": "target group",
    "criteria_text": "criteria",
    "follow_up": "follow-up",
    "control": "control",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_scheme_lacking_one_of_the_five_opens_no_call_and_says_which(name: str) -> None:
    refusal = after(with_terms(lacking(name))).when(publish_call, **CALL).refused(SchemeIncomplete)
    assert refusal.details["missing"] == [TEXTS[name]]


def test_everything_missing_is_named_at_once() -> None:
    refusal = after(with_terms(lacking(*TEXTS))).when(publish_call, **CALL).refused(SchemeIncomplete)
    assert refusal.details["missing"] == list(TEXTS.values())


def test_whoever_registered_the_terms_does_not_publish_them() -> None:
    after(REGISTERED).when(publish_call, **CALL | {"published_by": "kari"}).refused(SamePersonTwice)


def test_neither_does_whoever_revised_them_nor_the_first_writer_of_what_still_stands() -> None:
    revised = SchemeRevised(terms=OTHER, **REVISION)
    after(REGISTERED, revised).when(publish_call, **CALL | {"published_by": "ola"}).refused(SamePersonTwice)
    after(REGISTERED, revised).when(publish_call, **CALL | {"published_by": "kari"}).refused(SamePersonTwice)
    published = replace(PUBLISHED, terms=OTHER, published_by="ingrid")
    after(REGISTERED, revised).when(publish_call, **CALL | {"published_by": "ingrid"}).then(published)


def test_a_full_stop_put_to_somebodys_words_leaves_the_words_theirs() -> None:
    by_kari = SchemeRevised(terms=replace(TERMS, aim="Flere i arbeid"), **REVISION | {"revised_by": "siri"})
    full_stop = SchemeRevised(terms=replace(TERMS, aim="Flere i arbeid."), **REVISION)
    after(REGISTERED, by_kari, full_stop).when(publish_call, **CALL | {"published_by": "siri"}).refused(SamePersonTwice)


@pytest.mark.parametrize("basis", ["named", "per-capita", "agreement"])
def test_only_a_scheme_on_application_has_calls(basis: Any) -> None:
    other = with_terms(replace(TERMS, basis=basis))
    after(other).when(publish_call, **CALL).refused(SchemeTakesNoApplications)


@pytest.mark.parametrize("call_id", ["jobbsjansen-2021.forste", "jobbsjansen-2020", "jobbsjansen-2020.", "forste"])
def test_a_call_is_named_by_its_scheme(call_id: str) -> None:
    after(REGISTERED).when(publish_call, **CALL | {"call_id": call_id}).refused(CallIdWrong)


def test_a_calls_id_tells_its_scheme() -> None:
    assert scheme_of(CALL_ID) == "jobbsjansen-2020"


def test_a_call_gives_from_a_fund_of_its_scheme() -> None:
    after(REGISTERED).when(publish_call, **CALL | {"fund_id": "2020/291/62"}).refused(FundNotOfScheme)


@pytest.mark.parametrize(
    "days", [{"closes_on": JANUARY - DAY}, {"published_on": JANUARY + DAY}, {"opens_on": date(2020, 2, 29)}]
)
def test_a_call_is_published_then_opens_then_closes(days: Any) -> None:
    after(REGISTERED).when(publish_call, **CALL | days).refused(CallDatesWrong)


def test_it_may_all_be_one_day() -> None:
    one: dict[str, Any] = {"opens_on": JANUARY, "closes_on": JANUARY, "published_on": JANUARY}
    after(REGISTERED).when(publish_call, **CALL | one).then(replace(PUBLISHED, **one))


def test_no_call_without_a_scheme() -> None:
    after().when(publish_call, **CALL).refused(SchemeUnknown)


# Moving the deadline


def test_a_deadline_moves_a_day_later() -> None:
    later = CALL["closes_on"] + DAY
    moved = CallDeadlineMoved(closes_on=later, **MOVE)
    after(REGISTERED, PUBLISHED).when(move_deadline, closes_on=later, **MOVE).then(moved)
    after(REGISTERED, PUBLISHED, moved).when(move_deadline, closes_on=later, **MOVE).nothing()


def test_a_deadline_never_moves_a_day_earlier() -> None:
    earlier = CALL["closes_on"] - DAY
    after(REGISTERED, PUBLISHED).when(move_deadline, closes_on=earlier, **MOVE).refused(DeadlineNotLater)


def test_nor_back_to_what_was_first_announced() -> None:
    moved = CallDeadlineMoved(closes_on=CALL["closes_on"] + 2 * DAY, **MOVE)
    asked = {"closes_on": CALL["closes_on"], **MOVE}
    after(REGISTERED, PUBLISHED, moved).when(move_deadline, **asked).refused(DeadlineNotLater)


def test_a_deadline_does_not_move_without_a_reason() -> None:
    asked = {**MOVE, "closes_on": date(2020, 3, 6), "reason": ""}
    after(REGISTERED, PUBLISHED).when(move_deadline, **asked).refused(SchemeReasonMissing)


def test_a_cancelled_call_has_no_deadline_to_move() -> None:
    asked = {"closes_on": date(2020, 3, 6), **MOVE}
    after(REGISTERED, PUBLISHED, CANCELLED).when(move_deadline, **asked).refused(CallIsCancelled)


def test_nor_has_one_that_is_not_published() -> None:
    after(REGISTERED).when(move_deadline, closes_on=date(2020, 3, 6), **MOVE).refused(CallUnknown)


# Cancelling


def test_a_call_is_cancelled_with_a_reason() -> None:
    after(REGISTERED, PUBLISHED).when(cancel_call, **CANCELLATION).then(CANCELLED)
    after(REGISTERED, PUBLISHED).when(cancel_call, **CANCELLATION | {"reason": ""}).refused(SchemeReasonMissing)


def test_a_cancelled_call_again_is_nothing() -> None:
    after(REGISTERED, PUBLISHED, CANCELLED).when(cancel_call, **CANCELLATION).nothing()


def test_what_is_not_published_is_not_cancelled() -> None:
    after(REGISTERED).when(cancel_call, **CANCELLATION).refused(CallUnknown)
