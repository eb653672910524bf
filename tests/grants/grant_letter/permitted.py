"""A case in PostgreSQL with an approved award and its frozen letter, on a log whose clock the test sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from services.eventlog.command import Command, Outcome, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.grant_letter.permit.events import PermitGranted
from tests.conftest import Database
from tests.grants.award.grant_letters import CASE, PROPOSED
from tests.grants.award.letter_freezing import SHA, approved, frozen

NOON = datetime(2020, 3, 2, 12, tzinfo=UTC)
LIFE = timedelta(seconds=120)


@dataclass(kw_only=True)
class PermittedCase:
    """The case, and who writes to it."""

    log: Log
    owner: psycopg.Connection
    case_id: UUID = CASE
    now: datetime = NOON

    @property
    def stream(self) -> str:
        return f"case-{self.case_id}"

    @property
    def permits(self) -> str:
        return f"permit-{self.case_id}"

    def begin(self) -> None:
        """Its award is approved, and its letter frozen."""
        assert self.write(self.stream, PROPOSED, frozen, approved).outcome == "recorded"

    def set_clock(self, at: datetime) -> None:
        """What the owner says it is now, and the service's clock with it."""
        self.now = at
        self.owner.execute(
            "CREATE OR REPLACE FUNCTION grants.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
            f" SET search_path = pg_catalog, pg_temp AS $$ SELECT '{at.isoformat()}'::timestamptz $$"
        )

    def version(self, stream: str) -> int:
        row = self.owner.execute("SELECT count(*) FROM grants.event WHERE stream = %s", (stream,)).fetchone()
        assert row is not None
        return int(row[0])

    def write(self, stream: str, *events: Event, version: int | None = None) -> Outcome:
        """These facts on that stream, as it stands."""
        expected = self.version(stream) if version is None else version
        return self.log.append_now(Command(actor="x"), Write(stream, expected, events))

    def permit(self, *, attempt: int = 1, sha256: str = SHA, case_version: int | None = None) -> Outcome:
        """A permit for the letter, decided on the case as it stands unless said otherwise."""
        return self.write(
            self.permits, granted(self.version(self.stream) if case_version is None else case_version, attempt, sha256)
        )

    def row(self) -> tuple[object, ...] | None:
        """The attempt and outcome of the row PostgreSQL keeps."""
        query = "SELECT attempt, until, outcome FROM grants.letter_permit WHERE case_stream = %s"
        return self.owner.execute(query, (self.stream,)).fetchone()


def granted(case_version: int, attempt: int = 1, sha256: str = SHA, life_seconds: int = 120) -> PermitGranted:
    return PermitGranted(
        attempt=attempt,
        letter_sha256=sha256,
        manifest_sha256="ef" * 32,
        decision_version=1,
        case_version=case_version,
        life_seconds=life_seconds,
    )


@contextmanager
def permitted_case(database: Database, case_id: UUID = CASE) -> Iterator[PermittedCase]:
    """It is noon, and the letter may be sent."""
    log = Log(database.service_dsn, None, schema="grants", now=lambda: case.now)  # type: ignore[arg-type]
    with psycopg.connect(database.migrator_dsn, autocommit=True) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        case = PermittedCase(log=log, owner=owner, case_id=case_id)
        try:
            case.set_clock(NOON)
            case.begin()
            yield case
        finally:
            log.close()
