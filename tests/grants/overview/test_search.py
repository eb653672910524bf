"""Whatever somebody writes is found as they meant it, and nobody finds what they are not told of."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grants.overview.search.view import MOST, Search, organisation_number
from services.grants.overview.view import Overview
from services.text.looked_for import query_of, words_of
from tests.conftest import Database
from tests.dashboard import rich_year
from tests.eventlog.played import Played, played
from tests.grants.overview.told_year import asked, lived, project


@pytest.fixture
def year(database: Database, tmp_path: Path) -> Iterator[Played]:
    with played(database, tmp_path) as log:
        lived(log)
        project(log)
        yield log


def found(year: Played, text: str, *, told: bool = False) -> dict[str, list[str]]:
    async def look(overview: Overview) -> dict[str, list[str]]:
        answer = await Search(overview).find(text)
        return {
            "funds": [row["fund_id"] for row in answer.funds],
            "letters": [f"{row['year']}/{row['number']}" for row in answer.letters],
            "schemes": [row["name"] for row in answer.schemes],
            "recipients": [row["recipient"] for row in answer.recipients],
            "cases": [row["recipient"] for row in answer.cases],
            "exact": [answer.exact[0]] if answer.exact else [],
        }

    return {kind: rows for kind, rows in asked(year, look, told=told).items() if rows}


def test_words_numbers_and_codes_lead_to_what_they_name(year: Played) -> None:
    assert found(year, "ressurs") == {"funds": ["2020/291/71/ressursmiljo"]}
    assert found(year, "RESSURSMILJØ") == found(year, "ressurs")
    assert found(year, "291/71") == found(year, " 291 / 71 ") == found(year, "kap. 291 post 71")
    assert found(year, "291/71") == {"funds": ["2020/291/71"], "exact": ["funds"]}
    assert found(year, "tildelingsbrev 2020") == {"letters": ["2020/0", "2020/1"]}
    assert found(year, "forening 2")["cases"] == ["Forening 2"]
    assert found(year, "2 FORENING") == found(year, "forening 2")
    of_number = {
        "recipients": ["Forening 3"],
        "cases": ["Forening 3", "Forening 2", "Forening 1"],
        "exact": ["recipients"],
    }
    assert found(year, "974760673") == found(year, "974 760 673") == found(year, "NO 974\N{NO-BREAK SPACE}760 673 MVA")
    assert found(year, "974760673") == of_number
    assert found(year, "2020/999999") == found(year, "finnes ikke") == found(year, "") == found(year, "a") == {}


def test_a_post_is_found_as_accounts_write_it(year: Played) -> None:
    assert found(year, "29171") == found(year, "291/71")
    assert found(year, "29199") == {}


def test_a_letter_that_is_called_so_comes_before_those_that_name_it(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as log:
        rich_year.letters(log)
        for number in range(1, 9):
            assert found(log, f"tillegg {number}")["letters"][0] == f"2020/{number}"


def test_a_case_number_beside_other_words_leads_to_its_case(year: Played) -> None:
    with psycopg.connect(year.database.admin_dsn) as connection:
        [(label,)] = connection.execute("SELECT label FROM grants.case_number ORDER BY position LIMIT 1").fetchall()
    for written in (f"Forening {label}", f"sak {label}", f"{label.replace('/', '-')} Født fri"):
        assert found(year, written)["cases"] == ["Forening 1"], written
        assert "exact" not in found(year, written)
    assert found(year, f"sak 1{label}") == {}, "a longer number is another"


def test_a_case_number_however_it_is_written_leads_to_its_case(year: Played) -> None:
    with psycopg.connect(year.database.admin_dsn) as connection:
        [(label,)] = connection.execute("SELECT label FROM grants.case_number ORDER BY position LIMIT 1").fetchall()
    opened, number = label.split("/")
    for written in (label, f"{opened}-{number}", f"{opened}/0{number}", f" {opened} / {number} "):
        assert found(year, written)["cases"] == ["Forening 1"]
        assert found(year, written)["exact"] == ["cases"]


def test_the_ministry_finds_nobody_it_is_not_told_of(year: Played) -> None:
    assert found(year, "forening 3", told=True) == {}
    assert found(year, "forening", told=True)["cases"] == ["Forening 2", "Forening 1"]
    assert found(year, "974760673", told=True)["cases"] == ["Forening 2", "Forening 1"]
    with psycopg.connect(year.database.admin_dsn) as connection:
        labels = [label for (label,) in connection.execute("SELECT label FROM grants.case_number ORDER BY number")]
    assert [bool(found(year, label, told=True)) for label in labels] == [True, True, False]


def test_of_many_it_shows_some_and_says_that_there_are_more(year: Played) -> None:
    with psycopg.connect(year.database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO grants_view.case_row (edition, case_id, opened_position, year, recipient, state,"
            " established_project, amount_ore, disbursed_ore, withheld_ore, changed_position, changed_at)"
            " SELECT edition, gen_random_uuid(), 1000 + n, 2020, 'Kommune ' || n, 'new', false, 0, 0, 0, 1, now()"
            " FROM grants_view.edition, generate_series(1, 500) AS n WHERE projection = 'cases'"
        )

    async def look(overview: Overview) -> None:
        answer = await Search(overview).find("kommune")
        assert (len(answer.cases), len(answer.recipients)) == (MOST, MOST)
        assert answer.more == {"cases", "recipients"}

    asked(year, look, told=False)


HOSTILE = (
    "'", "\\", "a' | 'b", "ab:*", "<-> & | !", "a\x00b", "'; DROP TABLE grants.fund; --", "%_%", "*" * 500,
    "\u202eab", "\uff07ab", "ab" * 5000, "x " * 5000,
)  # fmt: skip


def test_whatever_is_written_is_only_looked_for(year: Played) -> None:
    assert [text for text in HOSTILE if found(year, text) != {}] == []


@given(st.text(max_size=80))
def test_what_is_asked_of_postgresql_is_always_words(text: str) -> None:
    query = query_of(words_of(text))
    assert query is None or query.count("'") % 2 == 0
    assert organisation_number(text) is None or len(organisation_number(text) or "") == 9


def test_a_name_is_split_into_words_alike_in_the_database(database: Database) -> None:
    names = (
        "Født Fri",
        "Oslo, Bærum & Ås",
        "KOMMUNE\N{NO-BREAK SPACE}NR. 4",
        "A/S «Ærlig»",
        "\uff26ull bredde",
        "It's",
        "Straße",
    )
    with psycopg.connect(database.dashboard_dsn) as connection:
        for name in names:
            query = "SELECT tsvector_to_array(grants.words(%s))"
            [(words,)] = connection.execute(query, (name,)).fetchall()
            assert sorted(words) == sorted(set(words_of(name))), name
