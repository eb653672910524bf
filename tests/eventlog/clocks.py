"""What the tests of clocks build, for other tests to use as well."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from services.eventlog.command import Outcome
from services.eventlog.writing.clocks import ClocksApart
from tests.conftest import Database
from tests.eventlog.conftest import Bench

DIGEST = "ab" * 32
SKEW = timedelta(seconds=60)
NOW = datetime(2020, 5, 4, 8, tzinfo=UTC)


class Clocks:
    """The application's clock and the database's, both where the test puts them."""

    def __init__(self, database: Database) -> None:
        self.database, self.said = database, NOW
        self.owner = psycopg.connect(database.migrator_dsn, autocommit=True)
        self.owner.execute("SET ROLE tilsagn_owner")
        self.set(NOW)

    def set(self, at: datetime, *, said: datetime | None = None) -> None:
        self.said = at if said is None else said
        self.owner.execute(
            "CREATE OR REPLACE FUNCTION grants.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
            f" SET search_path = pg_catalog, pg_temp AS $$ SELECT '{at.isoformat()}'::timestamptz $$"
        )

    def correct(self, ran_from: int, **other: Any) -> int:
        words: dict[str, Any] = {
            "reason": "Tidstjeneren gikk foran.",
            "document": DIGEST,
            "asked_by": "siri",
            "confirmed_by": "liv",
        }
        words |= other
        asked = (ran_from, words["reason"], words["document"], words["asked_by"], words["confirmed_by"], self.said)
        found = self.owner.execute("SELECT grants.correct_clock(%s, %s, %s, %s, %s, %s)", asked).fetchone()
        assert found is not None
        return int(found[0])


def stamps(bench: Bench) -> list[datetime]:
    return [row[0] for row in bench.ask("SELECT recorded_at FROM grants.event ORDER BY position")]


def ran_away(bench: Bench, clocks: Clocks) -> Outcome:
    """Two honest facts, then two of a year ahead; the clocks are right again."""
    bench.send("case-a")
    bench.send("case-b")
    clocks.set(NOW + timedelta(days=365))
    bench.send("case-c")
    last = bench.send("case-d")
    clocks.set(NOW + timedelta(hours=1))
    with pytest.raises(ClocksApart):
        bench.send("case-e")
    return last
