"""What PostgreSQL refuses by itself reaches the caller as what it is: a code that a service has a class for is never
hidden behind the general one."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from dev.modules import load_modules
from services.eventlog.command import Outcome
from services.eventlog.refusal import Refusal
from services.grants.recording import refusals as of_grants
from services.notifications import wiring as of_notifications
from tests.conftest import Database

SAID = {"letter-being-sent": "2020-11-02T10:00:00Z"}
WORDED: dict[str, Callable[[Outcome], Refusal]] = {
    "grants": of_grants.refused_by_the_database,
    "notifications": of_notifications.refused,
}
FUNCTIONS = """
    SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace = %s::regnamespace AND p.prokind = 'f'
"""


def refusals_of(service: str) -> Iterator[type[Refusal]]:
    """Every refusal the service can give, by class: its own and what all share."""
    load_modules()
    waiting = list(Refusal.__subclasses__())
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        if "code" in vars(each) and each.__module__.startswith((f"services.{service}.", "services.duties.")):
            yield each


def worded(service: str, problem: str) -> Refusal:
    return WORDED[service](Outcome("refused", uuid4(), None, None, datetime.now(UTC), None, None, problem, None))


@pytest.mark.parametrize("service", list(WORDED))
def test_a_code_of_postgresqls_that_has_a_class_is_given_as_that_class(database: Database, service: str) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        bodies = "".join(row[0] for row in connection.execute(FUNCTIONS, (service,)))
    said = set(re.findall(r"'([a-z]+(?:-[a-z]+)+)(?:'|:)", bodies))
    known = {each.code: each for each in refusals_of(service) if each.code in said}
    assert len(known) >= 3
    for code, kind in known.items():
        assert type(worded(service, f"{code}: {SAID.get(code, 'of it')}")) is kind, code


@pytest.mark.parametrize(("service", "code"), [("grants", "recording-refused"), ("notifications", "gate-refused")])
def test_what_has_no_class_is_told_as_the_database_said_it(service: str, code: str) -> None:
    refusal = worded(service, "permit-over: of permit-1")
    assert refusal.code == code
    assert "permit" in refusal.detail
