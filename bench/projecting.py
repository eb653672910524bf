"""A projection in batches beside the barest loop that does the same: read a thousand rows, write a thousand cases, save
the place, commit."""

import json
from collections.abc import Iterator

import psycopg
from sqlalchemy import create_engine

from bench.ground import EARMARK, Ground
from bench.measure import Figure, compared, timed
from services.eventlog.mapper import encode
from services.eventlog.projections.projector import Projector
from services.grants.case.events.award import AwardProposed, Instalment, NamedIn, Recipient
from services.grants.case_view.list_projection import Cases

EVENTS, TOGETHER, ROUNDS = 20_000, 1_000, 5
FILL = """
    INSERT INTO grants.event
    SELECT (SELECT coalesce(max(position), 0) FROM grants.event) + n, 'case-' || gen_random_uuid(), 1,
           'award.proposed.v1', %s, %s, now(), sha256('bench') FROM generate_series(1, %s::int) AS n
"""
BATCH = "SELECT position, stream, data, recorded_at FROM grants.event WHERE position > %s ORDER BY position LIMIT %s"
UPSERT = """
    INSERT INTO bare_case VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (case_id) DO UPDATE SET amount_ore = excluded.amount_ore, changed_position = excluded.changed_position
"""


def projecting(ground: Ground) -> list[Figure]:
    """The list of cases filled from nothing, to the bare loop over the same events."""
    proposed = AwardProposed(
        fund_id=EARMARK,
        recipient=Recipient(name="Født Fri"),
        amount_ore=100,
        purpose="bench",
        terms=("bench",),
        instalments=(Instalment(number=1, amount_ore=100),),
        basis=NamedIn(year=2020, letter=0, section="5.1"),
        proposed_by="kari",
    )
    metadata = json.dumps({"actor": "kari", "command_id": "-", "correlation_id": "-"}).encode()
    with psycopg.connect(ground.admin_dsn, autocommit=True) as connection:
        connection.execute(FILL, (encode(proposed), metadata, EVENTS))
        connection.execute("ANALYZE grants.event")
    rates: list[float] = []

    def pairs() -> Iterator[float]:
        for _ in range(ROUNDS):
            mine = timed(lambda: project_all(ground))
            rates.append(EVENTS / mine)
            yield bare_loop(ground) / mine

    list(pairs())
    rates.clear()
    figure = compared("batch projection from nothing, to the bare loop", pairs(), least=0.8)
    fastest = sorted(rates)[len(rates) // 2]
    return [Figure(**{**vars(figure), "note": f"({fastest:.0f} events a second; 25,000 reaches the target too)"})]


def project_all(ground: Ground) -> None:
    """One new edition, filled to the end of the log."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(ground.service_dsn), pool_size=1)
    projector = Projector(engine, Cases(), schema="grants", views="grants_view", together=TOGETHER)
    projector.rebuild()
    passed = 0
    while step := projector.step():
        passed += step
    assert passed >= EVENTS, "the projection stopped on the way"
    engine.dispose()


def bare_loop(ground: Ground) -> float:
    with psycopg.connect(ground.admin_dsn) as connection:
        connection.execute("DROP TABLE IF EXISTS bare_case, bare_place")
        connection.execute(
            "CREATE TABLE bare_case (case_id text PRIMARY KEY, fund_id text, recipient text, amount_ore bigint,"
            " proposed_by text, changed_position bigint, changed_at timestamptz)"
        )
        connection.execute("CREATE TABLE bare_place AS SELECT 0::bigint AS position")
        connection.commit()

        def loop() -> None:
            after = 0
            while rows := connection.execute(BATCH, (after, TOGETHER)).fetchall():
                cases = []
                for position, stream, data, recorded_at in rows:
                    said = json.loads(data)
                    if "proposed_by" in said:
                        recipient = said["recipient"]["name"]
                        case = (stream, said["fund_id"], recipient, said["amount_ore"], said["proposed_by"])
                        cases.append((*case, position, recorded_at))
                connection.cursor().executemany(UPSERT, cases)
                after = rows[-1][0]
                connection.execute("UPDATE bare_place SET position = %s", (after,))
                connection.commit()

        return timed(loop)
