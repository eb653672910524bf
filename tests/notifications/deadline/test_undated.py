"""What a letter asks for and names no day for: listed, recorded as done, reminded of by nobody until it has a day."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from services.inbox.taking import reactions_to
from services.notifications.deadline.events import DeadlinesHeard
from services.notifications.deadline.inbox import HEARS
from services.notifications.deadline.rules import id_of
from tests.conftest import Database
from tests.notifications.deadline.registered import ASSIGNMENT, CASE, INSTALMENT, Registry, at_the_registry, of_case
from tests.notifications.deadline.registered import of_year as of_year
from tests.notifications.office import KARI

STREAM, YEAR = f"deadlines-{CASE}", "deadlines-2020"
UNDATED = replace(ASSIGNMENT, key="assignment-0-1-b1-1", due_on=None, what="Sluttrapport (når arbeidet er avsluttet)")
TIMERS = "SELECT count(*) FROM notifications_view.deadline_timer WHERE look_at < 'infinity' AND deadline_id = %s"


def without_day(*names: str) -> DeadlinesHeard:
    undated = tuple(replace(UNDATED, key=name) for name in names)
    return DeadlinesHeard(case_id=None, case_number=None, year=2020, deadlines=(ASSIGNMENT,), undated=undated)


def test_what_has_no_day_is_listed_last_and_read_in_pages(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        registry.hears(YEAR, without_day("a-1", "b-1", "c-1"))
        registry.hears(STREAM, of_case(INSTALMENT))
        assert [each["due_on"] for each in await registry.list()] == ["2020-03-20", "2020-06-01", None, None, None]
        assert {each["state"] for each in await registry.list("?state=undated")} == {"undated"}
        assert len(await registry.list("?state=undated&role=ministry&kind=assignment")) == 3
        for query in ("?from=2020-01-01", "?to=2030-01-01", "?overdue=true", "?state=due", "?state=history"):
            assert None not in [each["due_on"] for each in await registry.list(query)], query
        seen, following = [], ""
        while True:
            page = (await registry.asks(KARI, "GET", f"/v1/deadlines?limit=1{following}")).json()
            seen += [item["deadline_id"] for item in page["items"]]
            if page["next"] is None:
                break
            following = f"&cursor={page['next']}"
        assert len(seen) == len(set(seen)) == 5

    at_the_registry(database, tmp_path, story)


def test_it_is_recorded_as_done_and_taken_back_and_is_due_once_it_has_a_day(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        registry.hears(YEAR, without_day(UNDATED.key))
        await registry.list()
        at = f"/v1/deadlines/{id_of(YEAR, UNDATED.key)}"
        shown = (await registry.asks(KARI, "GET", at)).json()
        assert (shown["state"], shown["due_on"], shown["due_at"], shown["next_at"]) == ("undated", None, None, None)
        done = {"met_on": "2020-03-01", "ground": "Oversendt i brev 20/00412-3."}
        met = await registry.asks(KARI, "PUT", f"{at}/met", done, **{"If-Match": '"1"'})
        assert (met.status_code, met.json()["state"]) == (200, "met"), met.text
        assert await registry.list("?state=undated") == []
        back = await registry.asks(KARI, "PUT", f"{at}/reopened", {"reason": "Feil."}, **{"If-Match": '"2"'})
        assert (back.status_code, back.json()["state"]) == (200, "undated"), back.text
        told = (await registry.asks(KARI, "GET", at)).json()["history"]
        assert [(each["what"], each["due_on"], each["by"]) for each in told] == [
            ("set", None, None), ("met", None, KARI), ("reopened", None, KARI),
        ]  # fmt: skip

    at_the_registry(database, tmp_path, story)


def test_one_that_is_given_a_day_is_the_same_and_due(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        registry.hears(YEAR, without_day(UNDATED.key))
        await registry.list()
        registry.hears(YEAR, of_year(replace(UNDATED, due_on=date(2020, 3, 27))))
        [dated] = await registry.list("?from=2020-03-27&to=2020-03-27")
        assert (dated["state"], dated["deadline_id"]) == ("due", str(id_of(YEAR, UNDATED.key)))
        assert (dated["moves"], dated["overdue"]) == (1, False)
        with psycopg.connect(database.admin_dsn) as owner:
            assert owner.execute(TIMERS, (id_of(YEAR, UNDATED.key),)).fetchone() == (1,), "it is to be looked at"

    at_the_registry(database, tmp_path, story)


def test_one_that_is_given_a_day_long_past_is_history(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        registry.hears(YEAR, without_day(UNDATED.key))
        registry.hears(YEAR, of_year(replace(UNDATED, due_on=date(2019, 3, 27))))
        [past] = await registry.list("?to=2019-12-31")
        assert past["state"] == "history"

    at_the_registry(database, tmp_path, story)


def test_what_was_told_before_is_heard_as_before() -> None:
    told = {name: value for name, value in vars(UNDATED).items() if name != "due_on"}
    before: dict[str, Any] = {"case_id": None, "case_number": None, "year": 2020, "deadlines": []}
    hears = HEARS["no.tilsagn.deadline.told.v1"]
    [take] = reactions_to(hears, "1", before)
    [heard] = take.decide(None)
    assert isinstance(heard, DeadlinesHeard)
    assert heard.undated == ()
    [take] = reactions_to(hears, "1", before | {"undated": [told]})
    [heard] = take.decide(None)
    assert isinstance(heard, DeadlinesHeard)
    assert heard.undated == (UNDATED,)


def test_what_is_told_of_a_scheme_stands_on_a_stream_of_its_own() -> None:
    told: dict[str, Any] = {
        "case_id": None,
        "case_number": None,
        "year": None,
        "deadlines": [],
        "scheme_id": "jobbsjansen-2020",
    }
    [take] = reactions_to(HEARS["no.tilsagn.deadline.told.v1"], "1", told)
    assert take.stream == "deadlines-scheme-jobbsjansen-2020"
