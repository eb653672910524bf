"""The one spelling of a manifest: the same in Python and in PostgreSQL, whatever is in it, and read back whole."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.facts.manifest import Manifest, NotCanonical, PlannedInstalment, canonical, read
from tests.conftest import Cluster, copied
from tests.notifications.raw_facts import spellings
from tests.notifications.world import held

# What PostgreSQL can store as text at all: no NUL, no lone surrogates.
TEXT = st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=40)
AMOUNTS = st.integers(0, 10**15)
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
INSTALMENTS = st.builds(
    PlannedInstalment,
    number=st.integers(1, 99),
    amount_ore=AMOUNTS,
    due_on=st.none() | DAYS,
    condition=st.none() | TEXT,
    needs_report=st.none() | st.integers(1, 9),
)
MANIFESTS = st.builds(
    Manifest,
    case_id=st.uuids(),
    decision_version=st.integers(1, 10**6),
    recipient_name=TEXT,
    recipient_number=st.none() | TEXT,
    amount_ore=AMOUNTS,
    plan=st.lists(INSTALMENTS, max_size=4).map(tuple),
    terms=st.lists(TEXT, max_size=4).map(tuple),
    scheme_id=st.none() | TEXT,
    fund_id=TEXT,
    form=TEXT,
    template=TEXT,
    dated_on=DAYS,
    files=st.lists(TEXT, min_size=1, max_size=3).map(tuple),
    channel=st.sampled_from(["file-outbox", "smtp", "eformidling"]),
    policy_version=TEXT,
)


@pytest.fixture(scope="module")
def owner(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with copied(cluster) as database, psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        yield connection


@given(MANIFESTS)
@settings(max_examples=300, deadline=None)
def test_the_database_writes_it_as_we_do(owner: psycopg.Connection[Any], manifest: Manifest) -> None:
    text = canonical(manifest).decode()
    row = owner.execute("SELECT notifications.canonical(%s::jsonb)", (text,)).fetchone()
    assert row == (text,)
    assert read(text) == manifest


@pytest.mark.parametrize("number", range(len(spellings(held("a").manifest_json))))
def test_another_spelling_is_not_read(number: int) -> None:
    with pytest.raises(NotCanonical):
        read(spellings(held("a").manifest_json)[number])


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", '{"plan":[]}', "\ud800"])
def test_what_is_no_manifest_is_not_read(text: str) -> None:
    with pytest.raises(NotCanonical):
        read(text)
