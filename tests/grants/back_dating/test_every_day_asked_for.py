"""Every day and instant that the API asks for is held against what it means: walked from the description itself.

Whatever is called like a day of a fact is held by the guard, which asks every fact (`back_dating/`). What is called
otherwise says here which refusals bound it, on both sides. That each is refused over HTTP is seen in every test that
sends one (`tests/probing_days.py`).
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from services.eventlog.refusal import Refusal
from services.grants.award.award_import import ImportNotHistory, ImportTooOld
from services.grants.back_dating.acts import ACTS, HAPPENED, TO_COME
from services.grants.back_dating.floors import COUNTS_FROM
from services.grants.back_dating.rules import BackDatedTooFar, DatedAhead
from services.grants.disbursement.pay_out.routes import TellingAhead, TellingTooEarly
from services.grants.grant_letter.imported_release import ReleaseBeforeApproval, ReleaseNotHistory
from services.grants.main import create_app as grants
from services.notifications.channel.rules import DeliveredBeforeRelease, DeliveredInTheFuture
from services.notifications.gate.planned_day import PlannedDayPassed, PlannedTooFarAhead
from services.notifications.main import create_app as notifications
from services.notifications.notice.refusals import ReceivedBeforeSent, ReceivedInTheFuture
from services.notifications.webhook.refusals import RecoveredAhead, RecoveredTooFarBack
from tests.conftest import Database
from tests.faults.service import notifications_settings_of, settings_of
from tests.probing_days import NOBODYS

Asked = tuple[str, str]
"""An act ("PUT /v1/...") and the place of a day in what it is asked with."""

BOUNDED: Mapping[Asked, tuple[type[Refusal], type[Refusal]]] = {
    ("POST /v1/award-imports", "decided_on"): (ImportTooOld, ImportNotHistory),
    ("PUT /v1/cases/{case_id}/award/import", "decided_on"): (ImportTooOld, ImportNotHistory),
    ("PUT /v1/cases/{case_id}/letter-release", "released_on"): (ReleaseBeforeApproval, ReleaseNotHistory),
    ("PUT /v1/cases/{case_id}/payments/{payment_id}/taken-back", "taken_back_on"): (BackDatedTooFar, DatedAhead),
    ("POST /v1/pay-out-deadlines/tellings", "on"): (TellingTooEarly, TellingAhead),
    ("POST /v1/reports/reminders", "?on"): (BackDatedTooFar, DatedAhead),
    ("POST /v1/notices", "planned_on"): (PlannedDayPassed, PlannedTooFarAhead),
    ("POST /v1/publications", "planned_on"): (PlannedDayPassed, PlannedTooFarAhead),
    ("PUT /v1/publications/{publication_id}/plan", "planned_on"): (PlannedDayPassed, PlannedTooFarAhead),
    ("PUT /v1/awards/{case_id}/delivery", "delivered_at"): (DeliveredBeforeRelease, DeliveredInTheFuture),
    ("POST /v1/webhook-endpoints/{endpoint_id}/recover", "since"): (RecoveredTooFarBack, RecoveredAhead),
    ("POST /v1/webhook-endpoints/{endpoint_id}/recover", "until"): (RecoveredTooFarBack, RecoveredAhead),
    ("POST /v1/notices/{notice_id}/receipts", "received_at"): (ReceivedBeforeSent, ReceivedInTheFuture),
}
"""Days that no fact of grants is called after: what refuses one that lies too early, and one that lies too late."""

OF_FACTS = {path.rpartition(".")[2] for table in (ACTS, HAPPENED, TO_COME) for paths in table.values()
            for path in paths.split()} | {path.rpartition(".")[2] for _, path in COUNTS_FROM}  # fmt: skip


def days_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The places of days and instants in a body."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if schema.get("format") in ("date", "date-time"):
        yield path
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from days_of(each, schemas, path)
    if "items" in schema:
        yield from days_of(schema["items"], schemas, f"{path}[]")
    for name, inner in schema.get("properties", {}).items():
        yield from days_of(inner, schemas, f"{path}.{name}".lstrip("."))


def asked_for(description: Mapping[str, Any]) -> set[Asked]:
    """Every day and instant that an act is asked with, in its body or its query."""
    found: set[Asked] = set()
    schemas = description["components"]["schemas"]
    for address, acts in description["paths"].items():
        for verb in acts.keys() & {"post", "put", "delete"}:
            act = f"{verb.upper()} {address}"
            for content in acts[verb].get("requestBody", {}).get("content", {}).values():
                found |= {(act, path) for path in days_of(content["schema"], schemas)}
            for parameter in acts[verb].get("parameters", ()):
                found |= {(act, f"?{parameter['name']}") for _ in days_of(parameter["schema"], schemas)}
    return found


@pytest.fixture
def asked(database: Database, tmp_path: Path) -> set[Asked]:
    of_grants = asked_for(grants(settings_of(database, tmp_path)).openapi())
    return of_grants | asked_for(notifications(notifications_settings_of(database, tmp_path)).openapi())


def test_every_day_that_is_asked_for_has_a_meaning_and_bounds(asked: set[Asked]) -> None:
    """A new one fails here until it is called like a day of a fact, or says what bounds it."""
    unbounded = {each for each in asked if each not in BOUNDED and each[1].rpartition(".")[2] not in OF_FACTS}
    assert unbounded == set()
    assert len(asked) > 120


NUMBERED = re.compile("organisation|account|municipality|letter|year")
OTHERWISE = {
    "account_id": "the id of a row of ours",
    "accounts_attested": "yes or no",
    "attested_accounts": "yes or no",
    "booked_in_account_class_3": "yes or no",
    "letter_sha256": "a digest",
    "letter_template": "a name on a list",
    "years_after": "how many years after the award's, ten at most",
}
"""Names of fields that sound like such a number, and are none."""


def test_every_number_of_a_register_or_a_letter_is_tried_with_those_of_nobody(
    database: Database, tmp_path: Path
) -> None:
    """A new one fails here until it is among those that every test over HTTP tries (`tests/probing_days.py`)."""
    of_grants = grants(settings_of(database, tmp_path)).openapi()["components"]["schemas"]
    names = {
        name
        for schema in of_grants
        for name, what in of_grants[schema].get("properties", {}).items()
        if NUMBERED.search(name) and is_asked(of_grants, schema) and what.get("type") != "array"
    }
    assert {name for name in names if name not in NOBODYS and name not in OTHERWISE} == set()
    assert NOBODYS.keys() <= names


def is_asked(schemas: Mapping[str, Any], name: str) -> bool:
    """Whether what is asked of the service is strict: a body holds its own fields and no others."""
    return schemas[name].get("additionalProperties") is False


def test_what_says_its_own_bounds_is_asked_for(asked: set[Asked]) -> None:
    assert set(BOUNDED) <= asked
    for too_early, too_late in BOUNDED.values():
        assert too_early.code != too_late.code
