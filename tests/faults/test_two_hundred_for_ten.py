"""A7: two hundred awards at the same instant on a fund with room for ten. Ten are bound, each time."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import httpx
import psycopg
import pytest

from services.eventlog.command import Command, Outcome
from services.eventlog.writing.writer import Row, Waiting, Writer
from tests.conftest import Database
from tests.faults.service import APPROVAL, INGRID, KARI, POST, open_funds, proposal, serving, settings_of, signed_in
from tests.patience import PATIENCE_SECONDS

MANY, ROOM = 200, 10
AWARD_ORE = 600
HTTP_ROUNDS = {False: 2, True: 20}
WRITER_ROUNDS = {False: 8, True: 100}


def rounds_of(number: int) -> list[str]:
    return [f"runde-{nth}" for nth in range(number)]


def open_rounds(database: Database, rounds: list[str]) -> None:
    """For each round an earmark with room for ten; the post above has room for all."""
    room_ore = ROOM * AWARD_ORE
    open_funds(database, len(rounds) * room_ore, **dict.fromkeys(rounds, room_ore))


def committed_ore(database: Database, fund_id: str) -> int:
    with psycopg.connect(database.admin_dsn) as connection:
        found = connection.execute("SELECT committed_ore FROM grants.fund WHERE id = %s", (fund_id,)).fetchone()
    assert found is not None
    return int(found[0])


def test_over_http_at_two_services_ten_are_approved_and_the_others_told_why(
    database: Database, tmp_path: Path, long: bool
) -> None:
    rounds = rounds_of(HTTP_ROUNDS[long])
    open_rounds(database, rounds)
    settings = settings_of(database, tmp_path)
    kari, ingrid = signed_in(settings, KARI), signed_in(settings, INGRID)

    async def propose(client: httpx.AsyncClient, fund_id: str, nth: int) -> str:
        headers = kari | {"Idempotency-Key": f"propose {fund_id} {nth}"}
        opened = await client.post("/v1/cases", json=proposal(fund_id, AWARD_ORE), headers=headers)
        assert opened.status_code == 201, opened.text
        return opened.headers["Location"]

    async def approve(client: httpx.AsyncClient, case: str) -> httpx.Response:
        headers = ingrid | {"Idempotency-Key": f"approve {case}", "If-Match": '"1"'}
        return await client.put(f"{case}/award/approval", json=APPROVAL, headers=headers)

    async def play() -> None:
        async with AsyncExitStack() as services:
            clients = [(await services.enter_async_context(serving(settings)))[1] for _ in range(2)]
            for name in rounds:
                fund_id = f"{POST}/{name}"
                cases = await asyncio.gather(*(propose(clients[nth % 2], fund_id, nth) for nth in range(MANY)))
                answers = await asyncio.gather(*(approve(clients[nth % 2], case) for nth, case in enumerate(cases)))
                assert Counter(answer.status_code for answer in answers) == {200: ROOM, 409: MANY - ROOM}, name
                refused = [answer.json() for answer in answers if answer.status_code == 409]
                assert {(told["code"], told["refused_by"][0]["fund_id"]) for told in refused} == {
                    ("post-exhausted", fund_id)
                }
                assert committed_ore(database, fund_id) == ROOM * AWARD_ORE

    asyncio.run(play())
    assert committed_ore(database, POST) == len(rounds) * ROOM * AWARD_ORE


def award(fund_id: str, number: int) -> Waiting:
    """The smallest command that binds money: one event, one movement on the fund."""
    row = Row(f"case-{UUID(int=number)}", 1, "award.returned.v1", b'{"reason":"-","returned_by":"kari"}', b"{}")
    movement = {"nth": 1, "line": 1, "ground": "test", "day": "2020-03-01", "fund": fund_id, "committed": AWARD_ORE}
    return Waiting(Command(actor=KARI), [row], {"movements": [movement]})


def at_once(act: Callable[[int], Outcome], people: int = MANY) -> list[Outcome]:
    """Everybody does it at the same instant."""
    begin, answers = Barrier(people), list[Outcome]()

    def take_part(nth: int) -> None:
        begin.wait()
        answers.append(act(nth))

    threads = [Thread(target=take_part, args=(nth,)) for nth in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize("processes", [1, 3])
def test_at_the_writer_ten_are_recorded_each_time(database: Database, long: bool, processes: int) -> None:
    """Commands of one writer leave together, those of several fight for the log's lock."""
    rounds = rounds_of(WRITER_ROUNDS[long])
    open_rounds(database, rounds)
    writers = [Writer(database.service_dsn, "grants") for _ in range(processes)]
    for played, name in enumerate(rounds):
        fund_id, first = f"{POST}/{name}", played * MANY

        def send(nth: int, fund_id: str = fund_id, first: int = first) -> Outcome:
            return writers[nth % processes].submit(award(fund_id, first + nth)).result(PATIENCE_SECONDS)

        outcomes = Counter(outcome.outcome for outcome in at_once(send))
        assert outcomes == {"recorded": ROOM, "exhausted": MANY - ROOM}, name
        assert committed_ore(database, fund_id) == ROOM * AWARD_ORE
    for writer in writers:
        writer.close()
    with psycopg.connect(database.admin_dsn) as connection:
        positions = connection.execute("SELECT count(*), max(position) FROM grants.event").fetchone()
    assert positions == (1 + len(rounds) * ROOM,) * 2


def test_two_earmarks_that_hold_more_than_their_post_get_ten_between_them(database: Database) -> None:
    """A letter may leave the children larger than the parent; the hard stop holds on every level."""
    open_funds(database, ROOM * AWARD_ORE, ost=ROOM * AWARD_ORE, vest=ROOM * AWARD_ORE)
    writers = [Writer(database.service_dsn, "grants") for _ in range(2)]

    def send(nth: int) -> Outcome:
        return writers[nth % 2].submit(award(f"{POST}/{('ost', 'vest')[nth % 2]}", nth)).result(PATIENCE_SECONDS)

    assert Counter(outcome.outcome for outcome in at_once(send)) == {"recorded": ROOM, "exhausted": MANY - ROOM}
    assert committed_ore(database, POST) == ROOM * AWARD_ORE
    for writer in writers:
        writer.close()


def test_who_looks_first_and_binds_after_binds_too_much(database: Database) -> None:
    """The control: twenty on the same fund, who look what is left before they append, and no hard stop behind them."""
    open_rounds(database, ["runde-0"])
    fund_id = f"{POST}/runde-0"
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute("ALTER TABLE grants.fund DROP CONSTRAINT fund_holds_what_is_committed")
        connection.execute("ALTER TABLE grants.fund DROP CONSTRAINT fund_keeps_what_is_earmarked")
    writer, looked = Writer(database.service_dsn, "grants"), Barrier(2 * ROOM)

    def look_and_bind(nth: int) -> Outcome:
        left_ore = ROOM * AWARD_ORE - committed_ore(database, fund_id)
        looked.wait()
        assert left_ore >= AWARD_ORE
        return writer.submit(award(fund_id, nth)).result(PATIENCE_SECONDS)

    outcomes = at_once(look_and_bind, people=2 * ROOM)
    assert [outcome.outcome for outcome in outcomes] == ["recorded"] * 2 * ROOM
    assert committed_ore(database, fund_id) == 2 * ROOM * AWARD_ORE
    writer.close()
