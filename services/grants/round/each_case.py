"""Many cases decided at once, each by its own rules: awarding is asked of every case, and every refusal is told.

What follows stands in several streams, the round's own and each case's, and is recorded in one transaction or not at
all. The rules are those of an award made alone (`award/approval.py`), called with the round the case stands in.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.eventlog.refusal import Refusal
from services.grants.award.state import Award, evolve

MOST_TOLD = 1_000

Cases = Mapping[UUID, Award]
Decided = dict[UUID, list[Event]]
Refused = dict[UUID, Refusal]
Rule = Callable[[UUID, Award], list[Event]]
"""A rule of awards, asked of one case of the round: its id, and how it stands."""


class RoundLinesRefused(Refusal):
    """Some cases of the round cannot be decided as asked, so none is. `refused` tells of each, at most the first 1,000,
    with the code and the sentence an award made alone would be refused with, and where it stood among those asked of,
    counted from 1. `refused_total` counts them."""

    code = "round-lines-refused"
    title = "Noen av linjene kan ikke avgjøres"


def fold(events: Iterable[Event]) -> Award:
    """A case as awarding knows it."""
    return fold_once(evolve, events, Award)


def ask_each(cases: Cases, asked: Iterable[UUID], rule: Rule) -> tuple[Decided, Refused]:
    """What the rule gives in each case asked of, and the refusals of the others."""
    decided: Decided = {}
    refused: Refused = {}
    for case_id in asked:
        try:
            decided[case_id] = rule(case_id, cases[case_id])
        except Refusal as refusal:
            refused[case_id] = refusal
    return decided, refused


def decide_each(cases: Cases, asked: Collection[UUID], rule: Rule) -> Decided:
    """What the rule gives in each case asked of, or `RoundLinesRefused` with every refusal."""
    decided, refused = ask_each(cases, asked, rule)
    if refused:
        told = [
            {"line": line, "case_id": str(case_id), "code": why.code, "title": why.title, "detail": why.detail}
            for line, case_id in enumerate(asked, start=1)
            if (why := refused.get(case_id))
        ]
        raise RoundLinesRefused(
            f"{len(refused)} of {len(asked)} lines are refused, so nothing is recorded. See refused.",
            refused=told[:MOST_TOLD],
            refused_total=len(told),
        )
    return decided
