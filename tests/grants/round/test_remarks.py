"""Names and numbers that stand out are told before anything is recorded, and taken once that is confirmed.

Seen: one organisation number for three municipalities, `0301;Bergen`, and another number than the approved award's were
taken without a word.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.grants.award.state import Award
from services.grants.case.events.award import Recipient
from services.grants.case.events.round import RoundLine
from services.grants.registers.municipalities import list_municipalities
from services.grants.round.each_case import RoundLinesRefused, decide_each
from services.grants.round.remarks import Remark, UsedBefore, confirmation, list_remarks, told
from services.grants.round.rules import NoLines
from tests.conftest import Database
from tests.eventlog.played import letter
from tests.grants.round.per_capita import read
from tests.grants.round.rounds import (
    BERGEN,
    DRAMMEN,
    KARI,
    NAMED,
    NEW_YEAR,
    OSLO,
    PER_CAPITA,
    SETTLING,
    Office,
    as_csv,
    at_work,
    batch_line,
    exempted,
    fund,
    open_year,
    record,
    scheme,
)
from tests.grants.round.rounds_over_http import csv, recorded

FUNDS = {SETTLING: 100_000_000, NAMED: 1_000}
NOTHING = UsedBefore()
OTHER_NUMBER = "974760673"
NEXT_YEARS, NEXT_SCHEME = "2021/291/60", "integreringstilskudd-2021"
NUMBERS = (OSLO[2], BERGEN[2], DRAMMEN[2], OTHER_NUMBER)


def remarked(*lines: dict[str, Any], before: UsedBefore = NOTHING) -> list[tuple[int, str, str]]:
    batch = read(as_csv(*lines))
    assert batch.faults == ()
    return [(each.line, each.column, each.code) for each in list_remarks(batch.lines, before)]


def test_an_ordinary_file_has_no_remarks() -> None:
    before = UsedBefore(numbers={OSLO[0]: {OSLO[2]}}, municipalities={OSLO[2]: {OSLO[0]}})
    lines = [batch_line(each) for each in (OSLO, BERGEN, DRAMMEN)]
    assert remarked(*lines, batch_line(period="2020-Q2"), before=before) == []
    for name in ("Oslo kommune", "OSLO", "Oslo  kommune"):
        assert remarked(batch_line(name=name)) == []


def test_a_name_that_is_not_the_registers_is_told() -> None:
    assert remarked(batch_line(name="Bergen"), batch_line(BERGEN)) == [(2, "name", "name-not-the-registers")]


def test_one_number_for_three_municipalities_is_told_on_each() -> None:
    lines = [batch_line((number, name, OSLO[2])) for number, name, _ in (OSLO, BERGEN, DRAMMEN)]
    assert remarked(*lines) == [(nth, "organisation_number", "organisation-number-shared") for nth in (2, 3, 4)]


def test_another_number_than_an_approved_awards_is_told() -> None:
    before = UsedBefore(numbers={OSLO[0]: {OTHER_NUMBER}}, municipalities={OTHER_NUMBER: {OSLO[0]}})
    assert remarked(batch_line(), before=before) == [(2, "organisation_number", "organisation-number-not-as-before")]
    taken = batch_line((BERGEN[0], BERGEN[1], OTHER_NUMBER))
    assert remarked(taken, before=before) == [(2, "organisation_number", "organisation-number-of-another")]


def test_two_numbers_for_one_municipality_are_told_on_each() -> None:
    lines = [batch_line(), batch_line((OSLO[0], OSLO[1], OTHER_NUMBER), rule="år 2")]
    assert remarked(*lines) == [(nth, "organisation_number", "organisation-number-not-one") for nth in (2, 3)]


def test_what_another_file_of_the_round_has_is_told(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(PER_CAPITA)
        await office.does(KARI, "POST", "/batches", **csv(as_csv(batch_line())))
        for line, code in (
            (batch_line((BERGEN[0], BERGEN[1], OSLO[2])), "organisation-number-shared"),
            (batch_line((OSLO[0], OSLO[1], OTHER_NUMBER), rule="år 2"), "organisation-number-not-one"),
        ):
            refused = await office.refused(KARI, "POST", "/batches", **csv(as_csv(line)))
            assert [(each["line"], each["code"]) for each in refused["remarks"]] == [(2, code)]

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_a_line_that_waits_just_so_already_is_told(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(PER_CAPITA)
        first = await office.does(KARI, "POST", "/batches", **csv(as_csv(batch_line())))
        assert (first["lines_again"], first["lines_again_total"]) == ([], 0)
        more = csv(as_csv(batch_line(BERGEN), batch_line()))
        tried = (await office.asks(KARI, "POST", "/batches?dry_run=true", **more)).json()
        taken = await office.does(KARI, "POST", "/batches", **more)
        assert tried["lines_again"] == taken["lines_again"] == [3]
        assert taken["proposed"] == 2
        again = await office.does(KARI, "POST", "/batches", **more)
        assert (again["lines_again"], again["lines_again_total"]) == ([2, 3], 2)

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


PLACES = list_municipalities(NEW_YEAR)


@given(
    st.lists(st.tuples(st.sampled_from(PLACES[:6]), st.sampled_from(PLACES[:6]), st.sampled_from(NUMBERS)), min_size=1)
)
def test_a_remark_stands_where_the_register_or_another_line_says_otherwise(lines: list[tuple[Any, Any, str]]) -> None:
    written = [
        batch_line((place.number, named.name, number), rule=f"år {nth}")
        for nth, (place, named, number) in enumerate(lines)
    ]
    found = remarked(*written)
    shared = {number for _, _, number in lines if len({place.number for place, _, each in lines if each == number}) > 1}
    expected = set()
    for nth, (place, named, number) in enumerate(lines, 2):
        if place.name != named.name:
            expected.add((nth, "name", "name-not-the-registers"))
        if number in shared:
            expected.add((nth, "organisation_number", "organisation-number-shared"))
        if any(other.number == place.number and each != number for other, _, each in lines):
            expected.add((nth, "organisation_number", "organisation-number-not-one"))
    assert set(found) == expected


def test_what_is_confirmed_is_what_was_seen() -> None:
    one, other = (list_remarks(read(as_csv(batch_line(name=name))).lines, NOTHING) for name in ("Bergen", "Moss"))
    assert confirmation(one, "a") == confirmation(other, "a") != confirmation(one, "b")
    assert confirmation(one, "a") != confirmation((), "a")


def test_it_is_told_in_the_dry_run_and_taken_once_confirmed(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(PER_CAPITA)
        before = recorded(database)
        file = csv(as_csv(batch_line(name="Bergen"), batch_line(BERGEN)))
        tried = await office.asks(KARI, "POST", "/batches?dry_run=true", **file)
        assert (tried.status_code, tried.json()["proposed"], tried.json()["remarks_total"]) == (200, 2, 1)
        assert tried.json()["remarks"] == [
            {"line": 2, "column": "name", "code": "name-not-the-registers", "what": "The register names 0301 Oslo."}
        ]
        asked = await office.refused(KARI, "POST", "/batches", **file)
        assert (asked["code"], asked["confirm"]) == ("batch-unconfirmed", tried.json()["confirm"])
        assert (await office.refused(KARI, "POST", f"/batches?confirm={'0' * 64}", **file))["code"] == asked["code"]
        assert recorded(database) == before
        taken = await office.does(KARI, "POST", f"/batches?confirm={asked['confirm']}", **file)
        assert (taken["files"][0]["remarks"], taken["files"][0]["confirmed"]) == (1, asked["confirm"])
        assert (await office.asks(KARI, "POST", "/batches", **file)).status_code == 200
        assert (await office.approves()).is_success

        await office.opens(PER_CAPITA)
        other = csv(as_csv(batch_line((OSLO[0], OSLO[1], OTHER_NUMBER), period="2020-Q2")))
        for _ in range(100):  # the list of cases follows the log within moments
            told = (await office.asks(KARI, "POST", "/batches?dry_run=true", **other)).json()
            if told["remarks_total"]:
                break
        assert [each["code"] for each in told["remarks"]] == ["organisation-number-not-as-before"]
        assert OSLO[2] in told["remarks"][0]["what"]

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_months_that_another_years_money_pays_for_are_told(database: Database, tmp_path: Path) -> None:
    """The last quarter of 2020, paid of 2020's money and brought once more in a file on 2021's: both were paid."""

    async def story(office: Office) -> None:
        late: dict[str, Any] = {"fund": NEXT_YEARS, "period": "2020-H2", "due_on": "2021-04-01"}
        twice = csv(
            as_csv(batch_line(**late, rule="ÅR\u00a01"), batch_line(BERGEN, **late), batch_line(**late, rule="år 2"))
        )
        await office.opens(PER_CAPITA)
        await office.does(KARI, "POST", "/batches", **csv(as_csv(batch_line(period="2020-Q4", due_on="2020-12-01"))))
        assert (await office.approves()).is_success
        await office.opens(NEXT_SCHEME)
        asked = await office.refused(KARI, "POST", "/batches", **twice)
        assert asked["code"] == "batch-unconfirmed"
        assert [(each["line"], each["column"], each["code"]) for each in asked["remarks"]] == [
            (2, "period", "months-paid-of-another-year")
        ]
        assert f"{SETTLING} pays 0301 for 2020-10, 2020-11, 2020-12" in asked["remarks"][0]["what"]
        assert (await office.does(KARI, "POST", f"/batches?confirm={asked['confirm']}", **twice))["proposed"] == 3
        await office.opens(PER_CAPITA)
        back = await office.refused(KARI, "POST", "/batches", **csv(as_csv(batch_line(BERGEN, period="2020-12"))))
        assert [each["code"] for each in back["remarks"]] == ["months-paid-of-another-year"]

    open_year(database, FUNDS)
    opened = replace(fund(NEXT_YEARS), year=2021)
    told = letter(0, date(2021, 1, 4), (NEXT_YEARS, 100_000_000), funds=(opened,))
    told = replace(told, letter=replace(told.letter, year=2021), statements=())
    record(database, "allocation-2021", told)
    next_years = replace(scheme(NEXT_SCHEME, "per-capita", NEXT_YEARS), year=2021)
    record(database, f"scheme-{NEXT_SCHEME}", next_years, exempted(next_years))
    at_work(database, tmp_path, story)


def test_what_the_rounds_other_lines_have_is_told_by_name_beside_what_awards_had() -> None:
    """Bergen's number is Oslo's in the round, and Oslo has another there; awards and other years are still known."""
    mine = RoundLine(
        case_id=UUID(int=1), fund_id=SETTLING, amount_ore=1,
        recipient=Recipient(name="Oslo", municipality_number=OSLO[0], organisation_number=BERGEN[2]), period="2020-Q4",
    )  # fmt: skip
    drammens = replace(mine, recipient=replace(mine.recipient, municipality_number=DRAMMEN[0]))
    unnamed = replace(mine, recipient=Recipient(name="Født Fri", organisation_number=BERGEN[2]))
    awarded = UsedBefore(
        numbers={BERGEN[0]: {OTHER_NUMBER}}, municipalities={OSLO[2]: {DRAMMEN[0]}},
        months={(OSLO[0], "år1", 24_240): {"2021/291/60"}},
    )  # fmt: skip
    before = awarded.beside([mine, unnamed, drammens])
    assert replace(before, round_numbers={}, round_municipalities={}) == awarded
    batch = read(as_csv(batch_line(period="2020-Q1"), batch_line(BERGEN)))
    assert [(each.line, each.code, each.what) for each in list_remarks(batch.lines, before)] == [
        (2, "organisation-number-not-one", f"The round has lines for the same municipality with {BERGEN[2]}."),
        (2, "organisation-number-of-another", f"Approved awards to {DRAMMEN[0]} have this number."),
        (2, "months-paid-of-another-year", f"2021/291/60 pays {OSLO[0]} for 2020-01 by the same rule."),
        (3, "organisation-number-shared", f"The round has lines with this number for {OSLO[0]}, {DRAMMEN[0]}."),
        (3, "organisation-number-not-as-before", f"Approved awards to {BERGEN[0]} have {OTHER_NUMBER}."),
    ]


def test_remarks_are_answered_up_to_a_thousand_with_their_number_and_what_confirms_all_of_them() -> None:
    remarks = [Remark(line=line, column="name", code="name-not-the-registers", what="x") for line in range(2, 1_003)]
    answered = told(remarks, "ab")
    assert answered["remarks"] == [
        {"line": line, "column": "name", "code": "name-not-the-registers", "what": "x"} for line in range(2, 1_002)
    ]
    assert (answered["remarks_total"], answered["confirm"]) == (1_001, confirmation(remarks, "ab"))
    assert told(remarks[:1_000], "ab")["confirm"] != answered["confirm"]
    assert told([], "ab") == {"remarks": [], "remarks_total": 0, "confirm": None}


def test_every_case_of_a_round_that_is_refused_is_told_where_it_stood_and_nothing_is_decided() -> None:
    cases = {UUID(int=number): Award() for number in (1, 2, 3)}
    asked = [UUID(int=number) for number in (3, 1, 2)]

    def rule(case_id: UUID, _: Award) -> list[Event]:
        if case_id.int > 1:
            raise NoLines(f"Case {case_id.int}.")
        return []

    with pytest.raises(RoundLinesRefused) as refused:
        decide_each(cases, asked, rule)
    assert refused.value.details == {
        "refused": [
            {"line": line, "case_id": str(UUID(int=number)), "code": NoLines.code, "title": NoLines.title,
             "detail": f"Case {number}."}
            for line, number in ((1, 3), (3, 2))
        ],
        "refused_total": 2,
    }  # fmt: skip
    assert decide_each(cases, asked[1:2], rule) == {asked[1]: []}
