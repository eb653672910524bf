"""The system began no later than its log: no setting lets a decision made since be said to be from before."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.calendar.clock import today
from services.eventlog.mapper import decode
from services.grants.back_dating.acts import IMPORTED
from services.grants.back_dating.beginning import LogHadBegun, began_on, keep_before_log, list_imported_days
from tests.conftest import Database
from tests.faults.service import DECIDED_OUTSIDE, open_funds, serving, settings_of
from tests.grants.back_dating.from_before import outside
from tests.history.history import STORED
from tests.journeys.office import FUND, KARI, LETTER_OUT, OLA, PER, Office

BEGAN_AT = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)  # the 28th in Norway
BEGAN = date(2026, 11, 28)
LONG_AFTER = date(2099, 1, 1)


def test_the_system_began_on_the_day_it_is_set_to_and_no_later_than_its_log() -> None:
    assert began_on(date(2021, 1, 1), BEGAN_AT) == date(2021, 1, 1)
    assert began_on(LONG_AFTER, BEGAN_AT) == BEGAN
    assert began_on(LONG_AFTER, None) == LONG_AFTER


@pytest.mark.parametrize("day", [BEGAN, BEGAN + timedelta(days=1), LONG_AFTER])
def test_what_is_said_to_be_from_before_lies_before_the_logs_first_day(day: date) -> None:
    keep_before_log([outside(BEGAN - timedelta(days=1))], log_began_at=BEGAN_AT)
    keep_before_log([outside(day)], log_began_at=None)
    with pytest.raises(LogHadBegun) as refusal:
        keep_before_log([outside(day)], log_began_at=BEGAN_AT)
    assert refusal.value.code == "log-had-begun"


@pytest.mark.parametrize("topic", sorted(IMPORTED))
def test_every_kind_of_fact_from_before_is_held_to_it(topic: str) -> None:
    [day] = list_imported_days(event := decode(topic, STORED[topic]))
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    keep_before_log([event], log_began_at=at + timedelta(days=1))
    with pytest.raises(LogHadBegun):
        keep_before_log([event], log_began_at=at)


def test_whoever_sets_the_day_the_system_began_cannot_have_todays_decisions_told_as_from_before(
    database: Database, tmp_path: Path
) -> None:
    """A service set to a day long after its log began: claims, their confirmations and payments are held to the log."""
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    settings = replace(settings_of(database, tmp_path), system_began_on=LONG_AFTER)
    paid = {"amount_ore": 100, "reference": "B-1001"}

    async def story() -> None:
        async with serving(settings) as (_, client):
            office = Office(client, settings)
            asked = office.plan((1_000,), FUND) | DECIDED_OUTSIDE
            for day in (today(), today() - timedelta(days=1)):
                answer = await office.send(KARI, "POST", "imports", asked | {"decided_on": day.isoformat()})
                assert answer.json().get("code") == ("log-had-begun" if day == today() else None), answer.text
            await office.imports(1_000)
            told = await office.refused(KARI, "PUT", "letter-release", **LETTER_OUT | {"released_on": str(today())})
            assert (told["code"], told["log_began_on"]) == ("log-had-begun", str(today()))
            await office.does(KARI, "PUT", "letter-release", **LETTER_OUT)
            await office.does(OLA, "PUT", "letter-release/confirmation")
            late = await office.refused(PER, "POST", "instalments/1/payments", paid_on=str(today()), **paid)
            assert late["code"] == "payment-not-history"
            await office.does(PER, "POST", "instalments/1/payments", paid_on="2020-03-02", **paid)

    asyncio.run(story())
