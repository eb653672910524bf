"""A notice policy that grants lost and two people confirmed anew has the version it had: the one confirmed last
governs, by our rule and by PostgreSQL's."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg

from services.notifications.facts.scheme_policy import ConfirmedPolicyHeard
from services.notifications.grants_feed.rules import policy_at
from tests.conftest import Database
from tests.notifications.world import Kept

AT = datetime(2020, 3, 2, 9, tzinfo=UTC)
LOST = ConfirmedPolicyHeard(
    scheme_id="drift",
    version=1,
    rule="exempt",
    source="Instruks 4.3",
    valid_from=date(2020, 1, 1),
    document_sha256="ab" * 32,
    written_by=("kari",),
    confirmed_by="ola",
    confirmed_at=AT,
)
ANEW = replace(LOST, rule="notice", confirmed_at=AT + timedelta(days=1))
GOVERNS = "SELECT (notifications.policy_at('drift', %s)).rule"


def test_of_two_of_one_version_the_one_confirmed_last_governs(database: Database) -> None:
    with Kept(database) as world:
        for policy in (LOST, ANEW):
            world.record("scheme-drift", policy)
    with psycopg.connect(database.admin_dsn) as connection:
        for days, rule in ((0.5, "exempt"), (2, "notice")):
            decided_at = AT + timedelta(days=days)
            for told in ((LOST, ANEW), (ANEW, LOST)):
                governs = policy_at(told, decided_at)
                assert governs is not None
                assert governs.rule == rule
            assert connection.execute(GOVERNS, (decided_at,)).fetchone() == (rule,)
