"""What the notifications service answers by a bounded part of what it holds reads a bounded part of it, and so does
what it looks for in the background. As `tests/process/test_reads_of_a_large_log.py` for grants.
"""

import asyncio
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from dev.tables import RELATIONS
from services.httpapi.callers.caller import Role
from tests.conftest import Cluster, Database, copied
from tests.faults.planted.lived import live
from tests.faults.service import notifications_settings_of, serving, signed_in
from tests.process.many_letters import STAY, enlarge
from tests.process.rows_read import FEW, contract, in_the_background, read_much, statements_of

GROWS_NOT = STAY - {"notifications.letter_file", "notifications.message_waiting"} | {"notifications.log_turn"}
"""Tables of notifications that stay as small as the rules, the schemes and the endpoints, or smaller."""
OF_BOTH = "filters of which nothing is held together read on until there is a page of all (decision 0103)"
PERIOD_OVERDUE = "?kind=notice-opens&state=due&overdue=true"
"""What ends by itself is never overdue, so this finds nothing, and reads all of the kind."""
UNFOUND = "what has ended otherwise, as a letter left, is passed over until the sweep has found it and says so"
MUCH: Mapping[tuple[str, str], str] = {
    **{("/v1/deadlines?state=over&limit=10", table): UNFOUND for table in ("deadline", "item", "notice")},
    **{(f"/v1/deadlines{PERIOD_OVERDUE}", table): OF_BOTH for table in ("deadline", "item", "notice")},
    ("/v1/deadlines?scheme=fri-2020", "deadline"): "all of one scheme, put in order: of one with more, a page in order",
}
"""What reads more, by address and table, and why it may."""
SWEPT = ("FROM notifications.sending", "WHERE ordered AND NOT released")
"""What is asked by who looks again and again: what is to be sent, and what may leave."""
NOBODY = "00000000-0000-4000-8000-000000000000"
# Of each the last by its id: a copy has one that begins with zeros, and what is worked out of an id is the first's.
NAMED = {
    "letter": "SELECT max(item) FROM notifications.release WHERE item ^@ 'letter-'",
    "notice": "SELECT max(notice) FROM notifications.notice WHERE received_at IS NOT NULL",
    "deadline": "SELECT max(deadline_id::text) FROM notifications_view.deadline WHERE state = 'due'",
    "endpoint": "SELECT min(id::text) FROM notifications.endpoint",
    "delivery": "SELECT min(delivery_id::text) FROM notifications.attempt",
    "case_number": "SELECT min(case_numbers[1]) FROM notifications_view.deadline WHERE cardinality(case_numbers) > 0",
    "scheme": "SELECT min(scheme_ids[1]) FROM notifications_view.deadline WHERE cardinality(scheme_ids) > 0",
    "post": "SELECT min(posts[1]) FROM notifications_view.deadline WHERE cardinality(posts) > 0",
    "message": "SELECT max(number)::text FROM notifications.message_number",
}


def asked(ids: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Every address that is read, by its path in the OpenAPI."""
    case, notice = (ids[name].partition("-")[2] for name in ("letter", "notice"))
    endpoint = f"/v1/webhook-endpoints/{ids['endpoint']}"
    return {
        "/internal/isalive": ("",),
        "/internal/isready": ("",),
        "/internal/metrics": ("",),
        "/problems": ("",),
        "/problems/{code}": ("/problems/notice-missing",),
        "/v1/awards": ("?limit=10", "?limit=10&released=true", "?limit=10&released=false"),
        "/v1/awards/{case_id}": (f"/v1/awards/{case}",),
        "/v1/awards/{case_id}/certificate": (f"/v1/awards/{case}/certificate",),
        "/v1/calendars": ("",),
        "/v1/calendars/{calendar_id}/{token}.ics": (ids["calendar"],),
        "/v1/commands/{key}": ("/v1/commands/nothing-under-this",),
        "/v1/deadline-thresholds": ("",),
        "/v1/deadline-thresholds/{kind}": ("/v1/deadline-thresholds/instalment",),
        "/v1/deadlines": (
            "", "?kind=instalment", "?state=due&limit=10", "?state=met",
            "?state=over&limit=10", "?overdue=true&limit=10", "?role=attestor",
            "?from=2020-03-01&to=2020-12-31", f"?scheme={ids['scheme']}", f"?post={ids['post']}", f"?case={case}",
            f"?case_number={ids['case_number']}", PERIOD_OVERDUE,
        ),
        "/v1/deadlines/{deadline_id}": (f"/v1/deadlines/{ids['deadline']}",),
        "/v1/export": ("?after=999999999",),
        "/v1/export/public-key": ("",),
        "/v1/feed": ("?limit=20", "?after=5000&limit=20"),
        "/v1/lost-grounds": ("", "?status=open"),
        "/v1/lost-policies": ("",),
        "/v1/message-stream": ("",),
        "/v1/notices": ("", "?limit=100"),
        "/v1/notices/{notice_id}": (f"/v1/notices/{notice}",),
        "/v1/notices/{notice_id}/document": (f"/v1/notices/{notice}/document",),
        "/v1/publications": ("", "?released=true"),
        "/v1/publications/{publication_id}": (f"/v1/publications/{NOBODY}",),
        "/v1/publications/{publication_id}/certificate": (f"/v1/publications/{NOBODY}/certificate",),
        "/v1/rules/kept-answers": ("",),
        "/v1/webhook-endpoints": ("", "?state=active", "?state=paused"),
        "/v1/webhook-endpoints/{endpoint_id}": (endpoint,),
        "/v1/webhook-endpoints/{endpoint_id}/deliveries": (
            f"{endpoint}/deliveries", f"{endpoint}/deliveries?state=waiting", f"{endpoint}/deliveries?state=failed",
        ),
        "/v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/attempts": (
            f"{endpoint}/deliveries/{ids['delivery']}/attempts",
        ),
        "/v1/webhook-endpoints/{endpoint_id}/messages": (
            f"{endpoint}/messages", f"{endpoint}/messages?after=0&limit=50",
            f"{endpoint}/messages?after={ids['message']}",
        ),
    }  # fmt: skip


def growing() -> set[str]:
    """Tables whose rows come with letters, by their names in a plan."""
    ours = {name for name in RELATIONS if name.startswith(("notifications.", "notifications_view."))}
    assert ours >= GROWS_NOT
    return {name.rpartition(".")[2] for name in ours - GROWS_NOT}


@pytest.fixture(scope="module")
def many(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with copied(cluster) as database, socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        ports = one.getsockname()[1], other.getsockname()[1]
        one.close()
        other.close()
        live(database, tmp_path_factory.mktemp("lived"), ports)
        counts = enlarge(database.admin_dsn)
        few = {name for name, count in counts.items() if 0 < count < 2 * FEW}
        assert few == set(), counts
        yield database


def ids_of(database: Database) -> dict[str, str]:
    with psycopg.connect(database.admin_dsn) as connection:
        found = {name: connection.execute(query.encode()).fetchone() for name, query in NAMED.items()}
    return {name: str(row[0]) for name, row in found.items() if row is not None and row[0] is not None}


async def a_calendar(client: httpx.AsyncClient, headers: dict[str, str]) -> str:
    said = {"role": "attestor", "what_for": "Felles"}
    answer = await client.post("/v1/calendars", json=said, headers=headers | {"Idempotency-Key": "calendar"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["address"])


def test_no_bounded_answer_reads_most_of_a_table_that_grows(many: Database, tmp_path: Path) -> None:
    settings, ids = notifications_settings_of(many, tmp_path), ids_of(many)
    assert NAMED.keys() == ids.keys()
    found: dict[str, list[tuple[str, Any]]] = {}

    async def go() -> None:
        with in_the_background() as beside:
            async with serving(settings) as (_, client):
                headers = signed_in(settings, "anne", *Role)
                addresses = asked(ids | {"calendar": await a_calendar(client, headers)})
                read = {path for path, of in contract("notifications")["paths"].items() if "get" in of}
                assert addresses.keys() == read
                found.update(await statements_of(client, headers, addresses))
        asked_for = {query for of in found.values() for query, _ in of}
        found["calendar"] = found.pop(addresses["/v1/calendars/{calendar_id}/{token}.ics"][0])
        # Copies are not chained anew, and nothing is cleared of what does not hold; PostgreSQL reads by number there.
        found["beside"] = [each for each in beside if each[0] not in asked_for and "clear_answers" not in each[0]]

    asyncio.run(go())
    assert sum(map(len, found.values())) > 60
    much = read_much(many.notifications_dsn, found, growing())
    asked_at_all = " ".join(query for of in found.values() for query, _ in of)
    assert [each for each in SWEPT if each not in asked_at_all] == []
    assert much.keys() == MUCH.keys(), "\n".join(f"{key}: {much[key][:300]}" for key in much)
