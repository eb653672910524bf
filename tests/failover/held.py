"""What must hold when all is over: everything that was answered stands there once, on each node."""

from collections import Counter
from dataclasses import dataclass, field

import psycopg

from dev.verifying.log import verify
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY
from tests.failover.cluster import Cluster, Node
from tests.failover.load import FUND, ORE, Load
from tests.failover.processes import Services
from tests.patience import wait_until


@dataclass
class Books:
    """What the callers' book and a node's log say of each other."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)


WHAT = {"propose": "award.proposed", "approve": "award.approved"}
COUNTED = """SELECT stream, split_part(topic, '.v', 1), count(*) FROM grants.event WHERE topic LIKE ANY (%s)
GROUP BY 1, 2"""


def compare(cluster: Cluster, load: Load, node: Node) -> Books:
    """Every command that was answered as recorded is in this node's log, once; and so is each fact it tells of."""
    books = Books()
    with psycopg.connect(cluster.dsn("grants_reader", only=node)) as connection:
        keys = Counter(row[0] for row in connection.execute("SELECT key FROM grants.command WHERE key IS NOT NULL"))
        rows = connection.execute(COUNTED, ([f"{name}.v%" for name in WHAT.values()],)).fetchall()
    facts = {(str(stream).removeprefix("case-"), topic): number for stream, topic, number in rows}
    told = {each.key: each for each in load.answered if each.status in (200, 201)}
    for each in told.values():
        books.acknowledged += 1
        if not keys[each.key] or not facts.get((each.case, WHAT[each.what])):
            books.lost.append(each.key)
    books.doubled = [key for key, number in keys.items() if number > 1]
    books.doubled += [f"{case} {topic}" for (case, topic), number in facts.items() if number > 1]
    books.untold = [key for key in keys if key.startswith(("propose-", "approve-")) and key not in told]
    return books


def check_positions(cluster: Cluster, node: Node) -> None:
    """From one on, without a gap, in both logs."""
    for schema in ("grants", "notifications"):
        with psycopg.connect(cluster.dsn(f"{schema}_reader", only=node)) as connection:
            row = connection.execute(
                f"SELECT count(*), coalesce(max(position), 0), coalesce(min(position), 1) FROM {schema}.event"
            ).fetchone()
        assert row is not None
        assert (row[0], row[2]) == (row[1], 1), f"{node.name}: {schema} has {row[0]} facts up to {row[1]}"


def check_balance(cluster: Cluster, node: Node) -> None:
    """What is promised of the fund is what was approved there."""
    with psycopg.connect(cluster.dsn("grants_reader", only=node)) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM grants.event WHERE topic LIKE %s),"
            " (SELECT coalesce(sum(committed_ore), 0) FROM grants.entry WHERE fund_id = %s)",
            (f"{WHAT['approve']}.v%", FUND),
        ).fetchone()
    assert row is not None
    assert row[0] * ORE == row[1], f"{node.name}: {row[0]} approvals of {ORE} øre, {row[1]} øre committed"


def check_verified(cluster: Cluster, services: Services, node: Node) -> None:
    """Chain, checkpoints, balances, gate: as `make verify` does, on this node."""
    for schema in ("grants", "notifications"):
        directory = services.checkpoints(schema)
        dsn = cluster.dsn(f"{schema}_reader", only=node)
        counts, faults = verify(dsn, directory, directory / PUBLIC_KEY, schema=schema)
        assert faults == [], f"{node.name}, {schema}: {faults[:5]}"
        assert counts["checkpoints"], f"{schema} was never signed"


def check_calm(services: Services) -> None:
    """Nobody alarms, everybody is ready, and each has heard the other to its end."""
    for each in services.all:
        told = wait_until(each.ready) or {}
        assert not told.get("parked"), f"{each.name}: {told}"
        for alarm in ("tilsagn_inbox_diverged", "tilsagn_checkpoint_alarm"):
            wait_until(lambda each=each, alarm=alarm: each.metric(alarm) == 0)  # type: ignore[misc]
