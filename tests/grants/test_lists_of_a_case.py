"""A case's answer is bounded, however many facts the case has; what it does not hold is read in pages."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import event, given
from hypothesis import strategies as st

from services.calendar import clock
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.grants.case.events.award import AwardApproved
from services.grants.case_view.answer import show, show_whole
from services.grants.case_view.lists import CUT, bounded, find_list, list_names
from services.httpapi.callers.caller import Role
from services.httpapi.paging import WHOLE_UNTIL
from tests.conftest import Database
from tests.eventlog.played import EARMARK, case, life
from tests.faults.planted.lived import appending
from tests.faults.service import open_funds, serving, settings_of, signed_in
from tests.grants.award.from_recipient import requested
from tests.paged import in_pages

MANY = 612
NAME = "award.change_requests"
CASE_ID = UUID(case(1).removeprefix("case-"))

fields = st.text("ab", min_size=1, max_size=2)
answers = st.dictionaries(
    fields,
    st.recursive(
        st.none() | st.integers(0, 9),
        lambda inner: st.lists(inner, max_size=6) | st.dictionaries(fields, inner, max_size=3),
        max_leaves=25,
    ),
    max_size=4,
)


@given(answers, st.integers(1, 4))
def test_no_list_is_longer_than_the_most_and_each_that_is_cut_can_be_read_whole(
    answer: dict[str, Any], most: int
) -> None:
    shown = bounded(answer, most)
    cut = shown.pop(CUT, {})
    names = list(list_names(shown))
    assert all(len(find_list(shown, name) or ()) <= most for name in names)
    assert {name: len(find_list(answer, name) or ()) for name in names} == {
        name: cut.get(name, len(find_list(shown, name) or ())) for name in names
    }
    assert cut.keys() <= set(names)
    for name, count in cut.items():
        whole = find_list(answer, name)
        assert whole is not None
        assert len(whole) == count > most
    if not cut:
        assert shown == answer
    event("cut" if cut else "whole")


def facts() -> list[Event]:
    """A case that asks for more time, and asks, and asks."""
    proposed, approved = life(1)[:2]
    assert isinstance(approved, AwardApproved)
    its = replace(approved, letter_owed=False)
    return [proposed, its, *(replace(requested, number=number) for number in range(1, MANY + 1))]


def test_what_an_act_answers_with_and_is_kept_is_bounded() -> None:
    shown, whole = (made(CASE_ID, facts(), number=None) for made in (show, show_whole))
    assert len(whole["award"]["change_requests"]) == MANY
    assert shown["award"]["change_requests"] == whole["award"]["change_requests"][:WHOLE_UNTIL]
    assert shown[CUT] == {NAME: MANY}
    short = show(CASE_ID, life(1)[:2], number=None)
    assert short == show_whole(CASE_ID, life(1)[:2], number=None), "nothing is cut, and nothing said"


def test_the_rest_is_read_in_pages(database: Database, tmp_path: Path) -> None:
    settings = settings_of(database, tmp_path)
    open_funds(database, post_ore=100_000_000_00, **{EARMARK.rpartition("/")[2]: 100_000_000_00})
    log = appending(database, "grants", clock.now)
    try:
        for at, fact in enumerate(facts()[:2]):
            assert log.append_now(Command(actor="kari"), Write(case(1), at, (fact,))).outcome == "recorded"
        rest = tuple(facts()[2:])
        assert log.append_now(Command(actor="kari"), Write(case(1), 2, rest)).outcome == "recorded"
    finally:
        log.close()

    async def go() -> None:
        async with serving(settings) as (_, client):
            signed = signed_in(settings, "kari", Role.auditor)
            told = (await client.get(f"/v1/cases/{CASE_ID}", headers=signed)).json()
            assert told["cut"] == {NAME: MANY}
            assert len(told["award"]["change_requests"]) == WHOLE_UNTIL

            async def read(asked: dict[str, str], name: str = NAME) -> Any:
                answer = await client.get(f"/v1/cases/{CASE_ID}/lists/{name}", params=asked, headers=signed)
                assert answer.headers["ETag"] == f'"{MANY + 2}"', answer.text
                return answer.json()

            items = await in_pages(read, size=100)
            assert [each["number"] for each in items] == list(range(1, MANY + 1))
            assert items[:WHOLE_UNTIL] == told["award"]["change_requests"]
            assert (await read({}, "instalments"))["items"] == told["instalments"]
            there = await read({"limit": "1"})
            for name, code in (
                ("award.nothing", "not-found"),
                ("state", "not-found"),
                ("award.change_requests.7", "not-found"),
            ):
                answer = await client.get(f"/v1/cases/{CASE_ID}/lists/{name}", headers=signed)
                assert (answer.status_code, answer.json()["code"]) == (404, code), name
            other = await client.get(
                f"/v1/cases/{CASE_ID}/lists/instalments", params={"cursor": there["next"]}, headers=signed
            )
            assert other.json()["code"] == "cursor-invalid", "a cursor is of its own list"

    asyncio.run(go())
