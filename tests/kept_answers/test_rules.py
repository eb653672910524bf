"""How long answers are kept is set by two people, from a day on."""

from datetime import date, timedelta

from services.duties import SamePersonTwice
from services.kept_answers.events import TermConfirmed, TermProposed
from services.kept_answers.rules import (
    AHEAD_DAYS,
    NoTermProposed,
    TermReachesBack,
    Terms,
    TermTooFarAhead,
    confirm_term,
    evolve,
    propose_term,
)
from services.reason import ReasonMissing
from tests.given import Decided, Given, given

TODAY = date(2021, 1, 4)
WHY = "Ingen prøver igjen etter et år."
PROPOSED = TermProposed(days=400, valid_from=TODAY, reason=WHY, proposed_by="anne")
CONFIRMED = TermConfirmed(days=400, valid_from=TODAY, reason=WHY, confirmed_by="liv")


def after(*facts: TermProposed | TermConfirmed) -> Given:
    return given(*facts, evolve=evolve, initial=Terms())


def proposed(those: Given, days: int = 400, valid_from: date = TODAY, reason: str = WHY, by: str = "anne") -> Decided:
    return those.when(propose_term, days=days, valid_from=valid_from, reason=reason, proposed_by=by, today=TODAY)


def test_a_term_is_proposed_by_one_and_confirmed_by_another() -> None:
    proposed(after()).then(PROPOSED)
    after(PROPOSED).when(confirm_term, confirmed_by="liv").then(CONFIRMED)


def test_nothing_changes_until_it_is_confirmed() -> None:
    assert after(PROPOSED).state.on(TODAY) is None
    assert after(PROPOSED, CONFIRMED).state.on(TODAY) == 400
    assert after(PROPOSED, CONFIRMED).state.on(TODAY - timedelta(days=1)) is None


def test_the_same_proposal_again_is_nothing_and_another_replaces_it() -> None:
    proposed(after(PROPOSED)).nothing()
    other = TermProposed(days=401, valid_from=TODAY, reason=WHY, proposed_by="siri")
    proposed(after(PROPOSED), days=401, by="siri").then(other)
    after(PROPOSED, other).when(confirm_term, confirmed_by="anne").refused(SamePersonTwice)


def test_it_counts_from_today_at_the_earliest() -> None:
    refused = proposed(after(), valid_from=TODAY - timedelta(days=1)).refused(TermReachesBack)
    assert refused.details["first_day_on"] == "2021-01-04"
    assert proposed(after(), valid_from=TODAY + timedelta(days=1)).events


def test_it_begins_within_two_years() -> None:
    last = TODAY + timedelta(days=AHEAD_DAYS)
    assert proposed(after(), valid_from=last).events
    refused = proposed(after(), valid_from=last + timedelta(days=1)).refused(TermTooFarAhead)
    assert refused.details["last_day_on"] == str(last)


def test_why_is_owed_in_words() -> None:
    proposed(after(), reason=" \u200b").refused(ReasonMissing)


def test_whoever_proposed_it_cannot_confirm_it() -> None:
    after(PROPOSED).when(confirm_term, confirmed_by="ANNE").refused(SamePersonTwice)


def test_nothing_waits_until_somebody_proposes() -> None:
    after().when(confirm_term, confirmed_by="liv").refused(NoTermProposed)
    after(PROPOSED, CONFIRMED).when(confirm_term, confirmed_by="per").refused(NoTermProposed)


def test_confirmed_again_by_the_same_person_is_nothing() -> None:
    after(PROPOSED, CONFIRMED).when(confirm_term, confirmed_by="liv").nothing()


def test_the_term_that_began_last_holds_and_of_one_day_the_one_confirmed_last() -> None:
    later = TermConfirmed(days=90, valid_from=TODAY + timedelta(days=30), reason=WHY, confirmed_by="liv")
    again = TermConfirmed(days=60, valid_from=TODAY + timedelta(days=30), reason=WHY, confirmed_by="liv")
    terms = after(CONFIRMED, later, again).state
    assert [terms.on(TODAY + timedelta(days=days)) for days in (0, 29, 30)] == [400, 400, 60]
    assert after(again, later, CONFIRMED).state.on(TODAY + timedelta(days=30)) == 90
