"""The append path beside a bare INSERT + commit by the same driver, and a whole round beside its bare rows."""

from collections.abc import Callable, Iterator

import psycopg

from bench.ground import DATA, Ground, waiting
from bench.measure import Figure, Run, compared, in_threads, timed
from services.eventlog.writing.writer import Writer

BARE = "INSERT INTO public.bare (stream, version, topic, data) VALUES (%s, %s, %s, %s)"
ROUNDS, ACTS = 7, 200


def bare(ground: Ground, threads: int) -> Run:
    def worker(_: int) -> Callable[[], object]:
        connection = psycopg.connect(ground.service_dsn, autocommit=True)
        return lambda: connection.execute(BARE, ("case-x", 1, "award.approved.v1", DATA))

    return in_threads(threads, ACTS, worker)


def ours(ground: Ground, threads: int) -> Run:
    writer = Writer(ground.service_dsn, "grants")

    def act() -> None:
        outcome = writer.submit(waiting()).result()
        assert outcome.outcome == "recorded", outcome

    run = in_threads(threads, ACTS, lambda _: act)
    writer.close()
    return run


def append_one(ground: Ground) -> list[Figure]:
    """Chain, movements on two levels, hard stop and command record, from 16 and 32 threads on one post."""
    figures = []
    for threads, least in ((16, 0.45), (32, 0.65)):
        ours(ground, threads)
        pairs = [
            (ours(ground, threads), bare(ground, threads), bare_rows_of_one(ground, threads)) for _ in range(ROUNDS)
        ]
        rates = (mine.per_second / floor.per_second for mine, floor, _ in pairs)
        tails = (mine.p99 / floor.p99 for mine, floor, _ in pairs)
        same = (mine.per_second / rows.per_second for mine, _, rows in pairs)
        figures.append(compared(f"append of one event, {threads} threads, to INSERT + commit", rates, least=least))
        figures.append(compared(f"  its p99 to the insert's, {threads} threads", tails, most=3.0))
        figures.append(compared(f"  to the same rows, bare, a commit each, {threads} threads", same, least=0.45))
    return figures


SAME_ROWS = """
    WITH one AS (INSERT INTO one_event SELECT (given.row).* FROM (SELECT %s::grants.event AS row) AS given),
         command AS (INSERT INTO one_command SELECT (given.row).* FROM (SELECT %s::grants.command AS row) AS given)
    INSERT INTO one_entry SELECT * FROM unnest(%s::grants.entry[])
"""


def bare_rows_of_one(ground: Ground, threads: int) -> Run:
    """The rows that one such command leaves, its fact, the command itself and its entries, inserted and committed one
    command at a time into tables without index, rule or sum."""
    with psycopg.connect(ground.admin_dsn) as connection:
        for name in ("event", "command", "entry"):
            connection.execute(f"CREATE TABLE IF NOT EXISTS one_{name} (LIKE grants.{name})".encode())
        connection.execute("TRUNCATE one_event, one_command, one_entry")
        row = connection.execute(
            "SELECT e::text, c::text, array_agg(m)::text FROM grants.event e"
            " JOIN grants.command c ON c.first_position = e.position JOIN grants.entry m ON m.position = e.position"
            " WHERE e.position = (SELECT max(position) FROM grants.entry) GROUP BY e, c"
        ).fetchone()

    def worker(_: int) -> Callable[[], object]:
        own = psycopg.connect(ground.admin_dsn, autocommit=True)
        return lambda: own.execute(SAME_ROWS, row)

    return in_threads(threads, ACTS, worker)


def append_round(ground: Ground, awards: int = 1_000) -> list[Figure]:
    """A thousand awards in one commit, to inserting the same rows bare: events, entries on two levels, one command."""
    writer = Writer(ground.service_dsn, "grants")

    def pairs() -> Iterator[float]:
        for _ in range(ROUNDS):
            round_ = waiting(streams=awards)
            mine = timed(lambda round_=round_: writer.submit(round_).result())  # type: ignore[misc]
            yield bare_rows(ground, awards) / mine

    list(pairs())
    figure = compared(f"{awards} awards in one commit, to their bare rows", pairs(), least=0.5)
    writer.close()
    return [figure]


def bare_rows(ground: Ground, awards: int) -> float:
    """Seconds to insert as many rows of the same shapes, without chain, sums or checks."""
    with psycopg.connect(ground.admin_dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare_event (LIKE grants.event INCLUDING INDEXES)")
        connection.execute("CREATE TABLE IF NOT EXISTS bare_entry (LIKE grants.entry INCLUDING INDEXES)")
        connection.execute("TRUNCATE bare_event, bare_entry")
        connection.commit()
        events = "INSERT INTO bare_event SELECT * FROM grants.event ORDER BY position DESC LIMIT %s"
        entries = "INSERT INTO bare_entry SELECT * FROM grants.entry ORDER BY position DESC LIMIT %s"

        def insert() -> None:
            connection.execute(events, (awards,))
            connection.execute(entries, (awards * 2,))
            connection.commit()

        return timed(insert)
