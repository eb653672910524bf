"""What a case shows of money held back and claimed back, and what other services are told of it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.grants.withholding.messages import MESSAGES
from services.grants.withholding.view import shown
from tests.grants.fodt_fri import (
    MILLION,
    broken,
    netted,
    reclaim_warned,
    reclaimed,
    released,
    repaid,
    running,
    unsound,
    warned,
    withheld,
)
from tests.grants.withholding.reclaim import complained, reduced, suspended


def test_a_case_where_nothing_is_held_back_shows_nothing() -> None:
    assert shown(running) is None


def test_a_warning_that_waits_is_shown_until_it_is_spent() -> None:
    waiting = shown((*running, warned))
    assert waiting is not None
    assert [warning["reply_by"] for warning in waiting["warnings"]] == [date(2020, 9, 1)]
    decided = shown((*running, warned, withheld))
    assert decided is not None
    assert decided["warnings"] == []


def test_a_withholding_shows_its_reasons_and_how_they_changed_since_the_warning() -> None:
    changed = replace(withheld, reasons=(broken,), prepared_reasons=(unsound,), reasons_changed=True)
    case = shown((*running, warned, changed, replace(released, amount_ore=MILLION)))
    assert case is not None
    (held,) = case["withholdings"]
    assert held["reasons_changed"]
    assert [reason["code"] for reason in held["reasons_added"]] == ["terms-broken"]
    assert [reason["code"] for reason in held["reasons_dropped"]] == ["accounts-unsound"]
    assert (held["standing_ore"], held["released_ore"], held["fallen_away_ore"]) == (2 * MILLION, MILLION, 0)


def test_a_reclaim_shows_what_has_become_of_it_and_what_stops_it() -> None:
    case = shown((*running, reclaim_warned, reclaimed, repaid, complained, suspended))
    assert case is not None
    (claim,) = case["reclaims"]
    assert (claim["claimed_ore"], claim["repaid_ore"], claim["standing_ore"]) == (2 * MILLION, MILLION, MILLION)
    assert claim["suspended_by_complaint"] == 1
    assert [back["voucher"] for back in case["repayments"]] == ["B-2001"]


def test_a_reclaim_that_was_reduced_and_netted_stands_no_more() -> None:
    case = shown((*running, reclaim_warned, reclaimed, reduced, netted))
    assert case is not None
    (claim,) = case["reclaims"]
    assert (claim["claimed_ore"], claim["netted_ore"], claim["standing_ore"]) == (MILLION, MILLION, 0)
    assert claim["suspended_by_complaint"] is None
    assert [less["reason"] for less in claim["reductions"]] == ["Halvparten er dokumentert."]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (withheld, {"withholding": 1, "amount_ore": 3 * MILLION, "decided_on": "2020-11-02"}),
        (released, {"withholding": 1, "amount_ore": 3 * MILLION, "released_on": "2020-12-01"}),
        (
            reclaimed,
            {"reclaim": 1, "amount_ore": 2 * MILLION, "decided_on": "2020-11-02", "pay_by": "2020-11-30"},
        ),
        (repaid, {"reclaim": 1, "amount_ore": MILLION, "received_on": "2020-11-20"}),
    ],
)
def test_others_are_told_ids_days_and_amounts_and_nothing_else(event: Event, told: dict[str, object]) -> None:
    at = datetime(2020, 12, 1, tzinfo=UTC)
    message = MESSAGES[event.TOPIC](Recorded(9, "case-17", 4, event, at, "ola", "c", "d"))
    assert message is not None
    assert message.type == f"no.tilsagn.{event.TOPIC}"
    assert (message.subject, message.data) == ("case-17", {"case_id": "17", "version": 4, **told})
