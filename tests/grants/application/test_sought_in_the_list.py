"""What is sought stands in the list of cases as the version that counts says it."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from services.eventlog.events import Event
from services.eventlog.projections.projector import Projector
from services.grants.case.events.application import ApplicationReceived, LateAccepted
from services.grants.case_view.list_projection import Cases
from tests.conftest import Database
from tests.eventlog.played import case, played
from tests.eventlog.projector import catch_up, engine_of, listed
from tests.grants.application.story import CONTENT, DAY_AFTER, version


def sought(number: int, ore: int, *, late: bool = False) -> ApplicationReceived:
    return version(number, content=replace(CONTENT, amount_sought_ore=ore), late=late)


def taken_in(number: int) -> LateAccepted:
    return LateAccepted(
        version=number, ground="no-harm-to-others", reason="Sykdom.", accepted_on=DAY_AFTER, accepted_by="ingrid"
    )


@pytest.mark.parametrize(
    ("facts", "ore"),
    [
        ([sought(1, 100)], 100),
        ([sought(1, 100), sought(2, 200)], 200),
        ([sought(1, 100), sought(2, 200, late=True)], 100),
        ([sought(1, 100), sought(2, 200, late=True), taken_in(2)], 200),
        ([sought(1, 100, late=True), sought(2, 200), taken_in(1)], 200),
        ([sought(1, 100, late=True), sought(2, 200, late=True)], 200),
        ([sought(1, 100, late=True), sought(2, 200, late=True), taken_in(1)], 100),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_it_is_that_of_the_version_that_counts(
    database: Database, tmp_path: Path, facts: list[Event], ore: int, at_once: bool
) -> None:
    engine = engine_of(database)
    following = Projector(engine, Cases(), schema="grants", views="grants_view")
    with played(database, tmp_path) as year:
        for nth, fact in enumerate(facts):
            year.say(case(1), nth, fact)
            if not at_once:
                catch_up(following)
        catch_up(following)
    engine.dispose()
    assert [(row.case_id, row.sought_ore) for row in listed(database)] == [(UUID(int=1), ore)]
