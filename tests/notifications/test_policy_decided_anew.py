"""A notice policy that grants lost and two people confirmed anew has the version it had: the one confirmed last
governs, by our rule and by PostgreSQL's. Until then it counts, and is listed as what waits for somebody."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from services.eventlog.events import Event
from services.inbox.events import Beyond, FeedResumed, ResumptionProposed
from services.notifications.facts.scheme_policy import ConfirmedPolicyHeard
from services.notifications.grants_feed.lost_policies import LostPolicies
from services.notifications.grants_feed.rules import lost_and_counting, policy_at
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


LATER = replace(LOST, version=3, confirmed_at=AT + timedelta(days=2))


@pytest.mark.parametrize(
    ("heard", "lost", "counts"),
    [
        ([LOST], {1}, LOST),
        ([LOST], set(), None),
        ([LOST, ANEW], {1}, None),
        ([ANEW, LOST], {2}, None),
        ([LOST, ANEW], {2}, ANEW),
        ([LOST, LATER], {2}, LATER),
        ([LOST, LATER, replace(ANEW, confirmed_at=AT + timedelta(days=9))], {2}, LATER),
        ([LOST, LATER, replace(LATER, confirmed_at=AT + timedelta(days=9))], {2}, None),
        ([LOST, LATER, ANEW], {1, 3}, None),
        ([], {1}, None),
    ],
    ids=["lost", "kept", "confirmed anew", "in another order", "the later one lost", "an earlier one kept",
         "an earlier version confirmed since", "its version confirmed since", "others lost", "none"],
)  # fmt: skip
def test_a_lost_policy_is_seen_to_as_long_as_no_other_governs(
    heard: Sequence[Event], lost: set[int], counts: ConfirmedPolicyHeard | None
) -> None:
    assert lost_and_counting([*enumerate(heard, 1)], lost) == counts
    if counts:
        governs = policy_at(heard, AT + timedelta(days=1_000))
        assert governs == counts


def listed(database: Database) -> list[ConfirmedPolicyHeard]:
    async def ask() -> list[ConfirmedPolicyHeard]:
        async with AsyncConnectionPool(database.notifications_dsn, min_size=1) as pool:
            policies = LostPolicies(pool)
            found = await policies.list_counting()
            assert await policies.waiting()["notice policies that grants has lost"]() == len(found)
            return found

    return asyncio.run(ask())


def test_what_two_people_went_on_without_is_listed_until_another_policy_is_confirmed(database: Database) -> None:
    """Seen: it went on counting, and only who had read the operations manual knew."""
    proposed = ResumptionProposed(
        position=0, hash=None, left_position=9, left_hash="ab" * 32, reason="Tatt tilbake.", proposed_by="kari"
    )
    with Kept(database) as world:
        kept = replace(LOST, scheme_id="annen")
        for stream, policy in (("scheme-annen", kept), ("scheme-drift", LOST)):
            world.record(stream, policy)
        assert listed(database) == []
        with psycopg.connect(database.admin_dsn) as connection:
            query = "SELECT position FROM notifications.event WHERE stream = 'scheme-drift'"
            found = connection.execute(query).fetchone()
        assert found is not None
        beyond = (
            Beyond(position=found[0], stream="scheme-drift", topic=LOST.TOPIC, at=7),
            Beyond(position=99, stream="letter-x", topic="letter.award-heard.v1", at=8),
        )
        world.record("inbox-grants-resuming", proposed)
        resumed = FeedResumed(
            position=0, hash=None, left_position=9, left_hash="ab" * 32, beyond=beyond, reason="Tatt tilbake.",
            agreed_with="kari", confirmed_by="ola", signature="00" * 64,
        )  # fmt: skip
        world.record("inbox-grants", resumed)
        assert listed(database) == [LOST]
        world.record("scheme-drift", ANEW)
        assert listed(database) == []
