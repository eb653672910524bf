"""How an application is weighed: every criterion of the call, with a score and a reason, by people who are impartial.

Several may assess the same version; each has one assessment of it, their last. A new version makes those of the old
one stale: they stay to be read, and count no more.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.application.impartiality import need_impartial
from services.grants.application.rules import Application, need_open
from services.grants.case.commitment_refusals import positive
from services.grants.case.events.application import ApplicationAssessed, ApplicationReceived, CriterionScore
from services.grants.scheme.events import Criterion
from services.text.folding import is_blank

WHOLE_BASIS_POINTS = 10_000


class LateNotTakenIn(Refusal):
    """Everything the applicant sent came too late, and nobody has taken it in."""

    code = "late-not-taken-in"
    title = "Søknaden kom for sent"


class VersionSuperseded(Refusal):
    """Another version is the one that counts: `version` says which."""

    code = "application-version-superseded"
    title = "Det er en annen versjon av søknaden som gjelder"


class CriteriaMismatch(Refusal):
    """Every criterion of the call is scored once, and no other. `missing`, `unknown` and `repeated` name them."""

    code = "criteria-mismatch"
    status = 422
    title = "Vurderingen følger ikke kriteriene"


class ScoreOutOfRange(Refusal):
    """A criterion is scored from 0 to the most it can get."""

    code = "score-out-of-range"
    status = 422
    title = "Poengsummen er utenfor skalaen"


class ScoreReasonMissing(Refusal):
    """A score without a reason cannot be explained to whoever got it. `criteria` names those that lack one."""

    code = "score-reason-missing"
    status = 422
    title = "Poengene mangler begrunnelse"


class BeyondSought(Refusal):
    """More is recommended than was applied for."""

    code = "recommended-beyond-sought"
    status = 422
    title = "Innstilt beløp er høyere enn omsøkt"


def assess(
    application: Application,
    *,
    version: int,
    scores: tuple[CriterionScore, ...],
    summary: str,
    recommended_ore: int | None,
    criteria: Sequence[Criterion],
    assessed_on: date,
    assessed_by: str,
) -> list[Event]:
    """Assess the version that counts, by the criteria its call was published with. The same assessment again returns
    no event; another by the same person takes the place of their last.

    `recommended_ore` is at most what was sought, or None for nothing. Refuses `NotImpartial`, `ImpartialityMissing`,
    `LateNotTakenIn`, `VersionSuperseded`, `CriteriaMismatch`, `ScoreOutOfRange`, `ScoreReasonMissing`,
    `AmountNotPositive`, `BeyondSought` and what `need_open` refuses.
    """
    need_open(application)
    need_impartial(application, assessed_by)
    counting = need_counting(application)
    if version != counting.version:
        raise VersionSuperseded(
            f"Version {counting.version} counts. Read it, and assess that.", version=counting.version
        )
    _check_scores(scores, criteria)
    sought_ore = counting.amount_sought_ore
    if recommended_ore is not None and positive(recommended_ore) > sought_ore:
        raise BeyondSought(f"{sought_ore} øre was applied for. Recommend that or less.", sought_ore=sought_ore)
    made = ApplicationAssessed(
        version=version,
        scores=scores,
        total_basis_points=total_basis_points(scores, criteria),
        summary=summary,
        recommended_ore=recommended_ore,
        assessed_on=assessed_on,
        assessed_by=assessed_by,
    )
    return [] if made in application.assessments else [made]


def need_counting(application: Application) -> ApplicationReceived:
    """The version that counts, or the refusal `LateNotTakenIn`."""
    counting = application.counting
    if counting is None:
        raise LateNotTakenIn("It came too late. An approver may take it in on a coded ground, or dismiss it.")
    return counting


def total_basis_points(scores: Sequence[CriterionScore], criteria: Sequence[Criterion]) -> int:
    """Each score as a part of the most it could be, weighed together: 10,000 is full marks. Half a point rounds up.

    A call without criteria gives 0.
    """
    by_id = {criterion.criterion_id: criterion for criterion in criteria}
    weights = sum(criterion.weight for criterion in criteria)
    if not weights:
        return 0
    weighed = sum(
        (Fraction(score.score * by_id[score.criterion_id].weight, by_id[score.criterion_id].most) for score in scores),
        start=Fraction(0),
    )
    return int(weighed * WHOLE_BASIS_POINTS / weights + Fraction(1, 2))


def _check_scores(scores: Sequence[CriterionScore], criteria: Sequence[Criterion]) -> None:
    most = {criterion.criterion_id: criterion.most for criterion in criteria}
    given = Counter(score.criterion_id for score in scores)
    missing, unknown = sorted(most.keys() - given.keys()), sorted(given.keys() - most.keys())
    repeated = sorted(criterion for criterion, times in given.items() if times > 1)
    if missing or unknown or repeated:
        raise CriteriaMismatch(
            f"Score each of these once: {', '.join(most) or 'none'}.",
            missing=missing,
            unknown=unknown,
            repeated=repeated,
        )
    for score in scores:
        if not 0 <= score.score <= most[score.criterion_id]:
            raise ScoreOutOfRange(f"{score.criterion_id} is scored from 0 to {most[score.criterion_id]}.")
    if lacking := [score.criterion_id for score in scores if is_blank(score.reason)]:
        raise ScoreReasonMissing(f"Give a reason for: {', '.join(lacking)}.", criteria=lacking)
