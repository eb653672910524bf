"""Every criterion once, with a score and a reason, by somebody who has said that they are impartial."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from services.eventlog.refusal import Refusal
from services.grants.application.assessment import (
    BeyondSought,
    CriteriaMismatch,
    LateNotTakenIn,
    ScoreOutOfRange,
    ScoreReasonMissing,
    VersionSuperseded,
    assess,
    total_basis_points,
)
from services.grants.application.impartiality import ImpartialityMissing, state_impartiality
from services.grants.application.rules import ApplicationEnded
from services.grants.application.view import shown
from services.grants.case.commitment_refusals import AmountNotPositive
from services.grants.case.events.application import ApplicationAssessed, CriterionScore
from services.grants.case.granted_application import NotImpartial
from services.grants.scheme.events import Criterion
from tests.grants.application.story import (
    CONTENT,
    CRITERIA,
    SOUGHT_ORE,
    assessed,
    given,
    impartial,
    late,
    partial,
    received,
    scores,
    taken_in,
    version,
    withdrawn,
    without,
)


def asked(made: ApplicationAssessed = assessed, **more: Any) -> dict[str, Any]:
    return without(made, "total_basis_points") | {"criteria": CRITERIA} | more


def test_an_application_is_assessed_by_the_criteria_of_its_call() -> None:
    given(received, impartial).when(assess, **asked()).then(assessed)
    given(received, impartial, assessed).when(assess, **asked()).nothing()


def test_nobody_assesses_before_saying_that_they_are_impartial() -> None:
    given(received).when(assess, **asked()).refused(ImpartialityMissing)
    others = replace(impartial, person="ola")
    given(received, others).when(assess, **asked()).refused(ImpartialityMissing)
    given(received, partial).when(assess, **asked()).refused(NotImpartial)
    given(received, impartial, partial).when(assess, **asked()).refused(NotImpartial)


def test_a_statement_is_made_once_and_the_last_one_counts() -> None:
    given(received).when(state_impartiality, **vars(impartial)).then(impartial)
    given(received, impartial).when(state_impartiality, **vars(impartial)).nothing()
    given(received, impartial).when(state_impartiality, **vars(partial)).then(partial)
    given(received, withdrawn).when(state_impartiality, **vars(impartial)).refused(ApplicationEnded)


def test_several_assess_and_each_has_one_assessment_their_last() -> None:
    olas = replace(assessed, assessed_by="ola")
    better = replace(assessed, summary="Bør innvilges.", recommended_ore=SOUGHT_ORE)
    state = given(received, impartial, assessed, olas, better).state
    assert set(state.assessments) == {olas, better}


def test_a_new_version_makes_the_assessments_of_the_old_one_stale() -> None:
    second = version(2, content=replace(CONTENT, summary="Ny plan."))
    given(received, impartial, second).when(assess, **asked()).refused(VersionSuperseded, saying="Version 2")
    told = shown([received, impartial, assessed, second])
    assert told is not None
    assert [(made["version"], made["stale"]) for made in told["assessments"]] == [(1, True)]
    assert (told["state"], told["counting_version"]) == ("received", 2)


def test_what_came_too_late_is_not_assessed_before_it_is_taken_in() -> None:
    given(late, impartial).when(assess, **asked()).refused(LateNotTakenIn)
    given(late, impartial, taken_in).when(assess, **asked()).then(assessed)


FIRST, SECOND = scores
STRANGER = CriterionScore(criterion_id="pris", score=1, reason="Billig.")


@pytest.mark.parametrize(
    ("given_scores", "told"),
    [
        ((FIRST,), (["gjennomforing"], [], [])),
        ((FIRST, SECOND, STRANGER), ([], ["pris"], [])),
        ((FIRST, SECOND, SECOND), ([], [], ["gjennomforing"])),
    ],
)
def test_every_criterion_is_scored_once_and_no_other(
    given_scores: tuple[CriterionScore, ...], told: tuple[list[str], list[str], list[str]]
) -> None:
    refusal = given(received, impartial).when(assess, **asked(scores=given_scores)).refused(CriteriaMismatch)
    assert tuple(refusal.details[name] for name in ("missing", "unknown", "repeated")) == told


@pytest.mark.parametrize("score", [-1, 6])
def test_a_score_is_from_nothing_to_the_most(score: int) -> None:
    outside = (replace(FIRST, score=score), SECOND)
    given(received, impartial).when(assess, **asked(scores=outside)).refused(ScoreOutOfRange)


def test_a_score_has_a_reason() -> None:
    silent = (FIRST, replace(SECOND, reason=" "))
    refusal = given(received, impartial).when(assess, **asked(scores=silent)).refused(ScoreReasonMissing)
    assert refusal.details["criteria"] == ["gjennomforing"]


@pytest.mark.parametrize(
    ("recommended_ore", "refusal"), [(SOUGHT_ORE + 1, BeyondSought), (0, AmountNotPositive), (-1, AmountNotPositive)]
)
def test_no_more_is_recommended_than_was_sought(recommended_ore: int, refusal: type[Refusal]) -> None:
    given(received, impartial).when(assess, **asked(recommended_ore=recommended_ore)).refused(refusal)


@pytest.mark.parametrize("recommended_ore", [SOUGHT_ORE, 1, None])
def test_as_much_as_was_sought_or_nothing_can_be_recommended(recommended_ore: int | None) -> None:
    made = replace(assessed, recommended_ore=recommended_ore)
    given(received, impartial).when(assess, **asked(made)).then(made)


def test_the_total_is_weighted_and_half_a_point_rounds_up() -> None:
    assert total_basis_points(scores, CRITERIA) == 7_200  # 4/5 of 60 and 3/5 of 40
    thirds = (Criterion(criterion_id="behov", question="?", most=3, weight=1),)
    assert total_basis_points((replace(FIRST, score=2),), thirds) == 6_667
    halves = (Criterion(criterion_id="behov", question="?", most=20_000, weight=1),)
    assert total_basis_points((replace(FIRST, score=1),), halves) == 1
    assert total_basis_points((), ()) == 0


@drawn(st.lists(st.tuples(st.integers(1, 1_000), st.integers(1, 100), st.integers(0, 1_000)), min_size=1, max_size=9))
def test_the_total_is_between_nothing_and_full_marks(parts: list[tuple[int, int, int]]) -> None:
    criteria = [
        Criterion(criterion_id=str(n), question="?", most=most, weight=weight)
        for n, (most, weight, _) in enumerate(parts)
    ]
    given_scores = [
        CriterionScore(criterion_id=str(n), score=min(score, most), reason="x")
        for n, (most, _, score) in enumerate(parts)
    ]
    total = total_basis_points(given_scores, criteria)
    assert 0 <= total <= 10_000
    full = all(score.score == criterion.most for score, criterion in zip(given_scores, criteria, strict=True))
    assert (total == 10_000) >= full
