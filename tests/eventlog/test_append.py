"""The append path: order, refusals one by one, repeats, and the hard stop on every level."""

import hashlib
import struct
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from tests.eventlog.conftest import EARMARK, POST, Bench
from tests.patience import PATIENCE_SECONDS

COMMIT = {"fund": EARMARK, "day": "2020-03-01"}


SUMMED = """
    SELECT coalesce(sum(available_ore), 0), coalesce(sum(carried_over_ore), 0), coalesce(sum(earmarked_ore), 0),
           coalesce(sum(committed_ore), 0), coalesce(sum(disbursed_ore), 0), coalesce(sum(withheld_ore), 0)
    FROM grants.entry WHERE fund_id = %s AND effective_on <= %s AND position <= %s
"""


def commit(amount_ore: int, **other: object) -> list[dict[str, object]]:
    return [COMMIT | {"committed": amount_ore} | other]


def test_positions_follow_each_other_and_each_hash_covers_the_one_before(bench: Bench) -> None:
    for n in range(5):
        assert bench.send(f"case-{n}").outcome == "recorded"
    rows = bench.ask(
        "SELECT position, stream, version, topic, data, metadata, recorded_at, hash FROM grants.event ORDER BY 1"
    )
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5, 6]
    chained = hashlib.sha256(b"tilsagn").digest()
    for position, stream, version, topic, data, metadata, recorded_at, kept in rows:
        since_2000 = recorded_at.astimezone(UTC) - datetime(2000, 1, 1, tzinfo=UTC)
        microseconds = (since_2000.days * 86_400 + since_2000.seconds) * 1_000_000 + since_2000.microseconds
        long_fields = [struct.pack(">i", len(field)) + field for field in (topic.encode(), data, metadata)]
        stream_field = struct.pack(">i", len(stream.encode())) + stream.encode() + struct.pack(">i", version)
        covered = struct.pack(">q", position) + stream_field + b"".join(long_fields) + struct.pack(">q", microseconds)
        chained = hashlib.sha256(chained + covered).digest()
        assert chained == kept


def test_a_version_that_is_taken_is_stale_and_leaves_nothing(bench: Bench) -> None:
    bench.send("case-a")
    refused = bench.send("case-a", movements=commit(100))
    assert refused.outcome == "stale"
    assert refused.first_position is None
    assert bench.figures(EARMARK)[1] == 0
    assert bench.ask("SELECT count(*) FROM grants.command WHERE id = %s", refused.command_id) == [(0,)]


def test_a_version_without_the_one_before_it_is_stale(bench: Bench) -> None:
    assert bench.send("case-a", 2).outcome == "stale"


def test_the_same_command_again_gets_the_first_answer(bench: Bench) -> None:
    first = bench.send("case-a", key="k", request_hash=b"asked", answer=b"answered")
    again = bench.send("case-b", key="k", request_hash=b"other")
    assert again.outcome == "repeated"
    assert (again.first_position, again.request_hash, again.answer) == (first.first_position, b"asked", b"answered")
    assert bench.ask("SELECT count(*) FROM grants.event WHERE stream = 'case-b'") == [(0,)]


def test_the_same_command_id_again_is_a_repeat(bench: Bench) -> None:
    same = uuid4()
    bench.send("case-a", id=same)
    assert bench.send("case-b", id=same).outcome == "repeated"


def test_a_commitment_reaches_the_fund_and_the_post(bench: Bench) -> None:
    assert bench.send("case-a", movements=commit(600)).outcome == "recorded"
    assert bench.figures(EARMARK) == (600, 600, 0, 0)
    assert bench.figures(POST) == (1_000, 600, 0, 0)


def test_one_ore_more_than_the_fund_holds_is_refused_and_names_it(bench: Bench) -> None:
    bench.send("case-a", movements=commit(600))
    refused = bench.send("case-b", movements=commit(1))
    assert refused.outcome == "exhausted"
    assert [(level["fund_id"], level["remaining_ore"]) for level in refused.detail] == [(EARMARK, 0)]
    assert bench.figures(EARMARK)[1] == 600


def test_what_is_earmarked_cannot_be_promised_on_the_post_itself(bench: Bench) -> None:
    on_post = {"fund": POST, "day": "2020-03-01"}
    assert bench.send("case-a", movements=[on_post | {"committed": 400}]).outcome == "recorded"
    refused = bench.send("case-b", movements=[on_post | {"committed": 1}])
    assert refused.outcome == "exhausted"
    assert refused.detail[0]["unearmarked_ore"] == 0
    assert bench.send("case-c", movements=commit(600)).outcome == "recorded"


def test_a_letters_cut_registers_and_the_overdrawn_fund_takes_nothing_until_cured(bench: Bench) -> None:
    bench.send("case-a", movements=commit(500))
    cut = [COMMIT | {"available": -200, "forced": True}]
    assert bench.send("allocation-2020", 2, movements=cut).outcome == "recorded"
    assert bench.figures(EARMARK)[:2] == (400, 500)
    assert bench.send("case-b", movements=commit(1)).outcome == "exhausted"
    assert bench.send("case-a", 2, movements=commit(-50)).outcome == "recorded"
    assert bench.send("case-b", movements=commit(1)).outcome == "exhausted"
    assert bench.send("case-a", 3, movements=commit(-51)).outcome == "recorded"
    assert bench.send("case-b", movements=commit(1)).outcome == "recorded"
    assert bench.send("case-c", movements=commit(1)).outcome == "exhausted"


def test_room_is_not_taken_away_by_anything_but_a_letter(bench: Bench) -> None:
    bench.send("case-a", movements=commit(600))
    assert bench.send("case-b", movements=[COMMIT | {"available": -1}]).outcome == "exhausted"


def test_no_more_is_paid_and_withheld_than_is_committed(bench: Bench) -> None:
    bench.send("case-a", movements=commit(100))
    assert bench.send("case-a", 2, movements=[COMMIT | {"disbursed": 60}]).outcome == "recorded"
    assert bench.send("case-a", 3, movements=[COMMIT | {"withheld": 41}]).outcome == "refused"
    assert bench.send("case-a", 3, movements=[COMMIT | {"withheld": 40}]).outcome == "recorded"


def test_a_past_day_is_held_against_that_day_and_every_day_since(bench: Bench) -> None:
    raised = {"fund": EARMARK, "available": 400, "day": "2020-06-01", "forced": True}
    bench.send(
        "allocation-2020", 2, movements=[raised, {"fund": POST, "earmarked": 400, "day": "2020-06-01", "forced": True}]
    )
    early = commit(601, day="2020-05-31")
    assert bench.send("case-a", movements=early).outcome == "exhausted"
    assert bench.send("case-a", movements=commit(601, day="2020-06-01")).outcome == "recorded"
    refused = bench.send("case-b", movements=commit(400, day="2020-05-31"))
    assert refused.outcome == "exhausted"
    assert bench.send("case-b", movements=commit(399, day="2020-05-31")).outcome == "recorded"


def test_a_fund_nobody_opened_is_refused(bench: Bench) -> None:
    assert (
        bench.send("case-a", movements=[{"fund": "2020/1/1", "day": "2020-01-01", "committed": 1}]).outcome == "refused"
    )


def test_bad_data_refuses_one_command_and_never_its_company(bench: Bench) -> None:
    waiting = []
    for n in range(40):
        day = "not a day" if n == 17 else "2020-03-01"
        waiting.append(bench.hand_over(f"case-{n}", movements=[{"fund": EARMARK, "day": day, "committed": 1}]))
    outcomes = [each.caller.result(PATIENCE_SECONDS).outcome for each in waiting]
    assert outcomes.count("recorded") == 39
    assert outcomes[17] == "refused"
    positions = [row[0] for row in bench.ask("SELECT position FROM grants.event ORDER BY 1")]
    assert positions == list(range(1, 41))


def test_a_refused_command_of_several_movements_leaves_the_chain_and_the_funds_whole(bench: Bench) -> None:
    waiting = [bench.hand_over(f"case-{n}", movements=commit(100)) for n in range(20)]
    outcomes = [each.caller.result(PATIENCE_SECONDS).outcome for each in waiting]
    assert outcomes.count("recorded") == 6
    assert outcomes.count("exhausted") == 14
    assert bench.figures(EARMARK) == (600, 600, 0, 0)
    assert bench.ask("SELECT max(position), count(*) FROM grants.event") == [(7, 7)]


def test_the_balance_of_any_past_day_and_position_is_the_sum_of_its_entries(bench: Bench) -> None:
    days = ["2020-02-10", "2020-01-05", "2020-02-11", "2020-12-31", "2020-02-10", "2020-01-31"]
    for n, day in enumerate(days):
        bench.send(f"case-{n}", movements=commit(10 + n, day=day))
    for fund in (POST, EARMARK):
        for day in ("2019-12-31", "2020-01-01", "2020-01-31", "2020-02-10", "2020-02-29", "2020-12-31", "2021-05-05"):
            for known in range(9):
                summed = bench.ask(SUMMED, fund, day, known)[0]
                stood = bench.ask("SELECT grants.balance_at(%s, %s, %s)", fund, day, known)[0][0]
                assert list(summed) == stood, (fund, day, known)


def test_append_refuses_any_other_isolation_than_read_committed(bench: Bench) -> None:
    with psycopg.connect(bench.database.service_dsn) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(psycopg.errors.RaiseException, match="READ COMMITTED"):
            connection.execute(
                "SELECT * FROM grants.append('{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}',now())"
            )
