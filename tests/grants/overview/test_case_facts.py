"""What the dashboard reads of a case's facts: codes, days, sums and numbers, and no word that anybody wrote."""

import json
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.eventlog.events import TOPICS, Event
from services.eventlog.mapper import decode
from services.grants.overview.facts.view import DAYS, day_of_fact
from tests.conftest import Cluster, Database, copied
from tests.history.history import EXAMPLES

NAMED = {"name", "organisation_number", "municipality_number", "fund_id", "scheme_id", "call_id", "charged_post_id"} | {
    "into_post_id", "sha256", "follows", "message_id", "purpose",
}  # fmt: skip
"""Texts that are kept: whom the money is for and what for, codes of funds and schemes, hashes and ids."""
LISTS = ("defects", "risks", "names")
CODED = "SELECT grants.coded(%s, grants.kept_of(%s, %s))"


Reading = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def database(cluster: Cluster) -> Iterator[Database]:
    with copied(cluster) as made:
        yield made


@pytest.fixture(scope="module")
def reading(database: Database) -> Iterator[Reading]:
    """As the dashboard."""
    with psycopg.connect(database.dashboard_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def topics(database: Database) -> list[str]:
    """Every kind of fact that may be read."""
    with psycopg.connect(database.admin_dsn) as owner:
        [(view,)] = owner.execute("SELECT pg_get_viewdef('grants.case_fact'::regclass)").fetchall()
    return sorted(set(re.findall(r"'([a-z-]+\.[a-z-]+\.v[0-9]+)'", view)))


def kept_of(reading: Reading, topic: str, *, organisation: bool = True) -> set[str]:
    [(kept,)] = reading.execute("SELECT grants.kept_of(%s, %s)", (topic, organisation)).fetchall()
    return set(kept.split("|"))


def coded(reading: Reading, text: str, topic: str, *, organisation: bool = True) -> str:
    [(narrowed,)] = reading.execute(CODED, (text, topic, organisation)).fetchall()
    return str(narrowed)


def emptied(value: Any, kept: set[str], key: str = "") -> Any:
    """The same, worked out another way."""
    match value:
        case dict():
            return {name: emptied(inner, kept, name) for name, inner in value.items()}
        case list():
            whole = key in LISTS and value and all(re.fullmatch("[a-z0-9-]*", str(each)) for each in value)
            return value if whole else [emptied(each, kept) for each in value]
        case str():
            return value if key in kept else ""
    return value


def test_every_stored_fact_is_read_without_its_words(reading: Reading, topics: list[str]) -> None:
    assert len(topics) > 40
    for topic in topics:
        stored = (EXAMPLES / f"{topic}.json").read_text(encoding="utf-8")
        compact = json.dumps(json.loads(stored), separators=(",", ":"), ensure_ascii=False)
        for organisation in (True, False):
            kept = kept_of(reading, topic, organisation=organisation)
            narrowed = coded(reading, compact, topic, organisation=organisation)
            assert json.loads(narrowed) == emptied(json.loads(compact), kept), topic
            known, whole = decode(topic, narrowed.encode()), decode(topic, stored.encode())
            assert day_of_fact(known) == day_of_fact(whole)
            assert known.TOPIC == whole.TOPIC


def test_what_is_chosen_dated_or_numbered_is_kept_and_of_texts_those_that_are_named(
    reading: Reading, topics: list[str]
) -> None:
    for topic in topics:
        kept = kept_of(reading, topic)
        for name, kind, path in leaves(TOPICS[topic], ()):
            free = kind is str
            if not free and kind not in (bool, int, type(None)):
                assert name in kept or name in LISTS, f"{name} of {topic} is a code, and emptied"
            if free and name in kept:
                assert name in NAMED or (name, topic) in CODES, f"{name} of {topic} ({path}) is free text, and kept"


CODES = {("code", "disbursement.payment-refused.v1")}


def leaves(kind: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    for field in fields(kind):
        hint = get_type_hints(kind)[field.name]
        for leaf in _parts(hint):
            if is_dataclass(leaf):
                yield from leaves(leaf, (*path, field.name))
            else:
                yield field.name, leaf, path


def _parts(hint: Any) -> Iterator[Any]:
    if get_origin(hint) in (typing.Union, types.UnionType, tuple, frozenset):
        for part in get_args(hint):
            if part is not Ellipsis:
                yield from _parts(part)
    elif get_origin(hint) is Literal:
        yield Literal
    else:
        yield hint


def test_a_person_s_purpose_is_not_read_and_an_organisation_s_is(reading: Reading) -> None:
    assert "purpose" in kept_of(reading, "award.proposed.v1")
    assert "purpose" not in kept_of(reading, "award.proposed.v1", organisation=False)
    for topic in ("award.approved.v1", "complaint.received.v1", "withholding.decided.v1"):
        assert not {"purpose", "name"} & kept_of(reading, topic)
    assert not {"address", "person", "text", "reason", "decided_by", "reference"} & kept_of(
        reading, "award.proposed.v1"
    )


HOSTILE = st.text(st.sampled_from('"\\,:[]{}\n\tabÆ\u202e=0'), max_size=30) | st.text(max_size=30)


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(HOSTILE, min_size=5, max_size=5), code=HOSTILE)
def test_nothing_that_is_written_in_a_text_gets_out_of_it(reading: Reading, texts: list[str], code: str) -> None:
    fact = {
        "name": texts[0], "reason": texts[1], "codes": [texts[2], code], "risks": [texts[3]], "defects": ["not-signed"],
        "recipient": {"purpose": texts[4], "amount_ore": 7, "none": None, "yes": True, "code": code},
    }  # fmt: skip
    text = json.dumps(fact, separators=(",", ":"), ensure_ascii=False).replace("\\u0000", "")
    fact = json.loads(text)
    kept = kept_of(reading, "award.proposed.v1", organisation=False)
    narrowed = json.loads(coded(reading, text, "award.proposed.v1", organisation=False))
    assert narrowed == emptied(fact, kept)


def test_every_day_it_goes_by_is_a_day_of_that_fact() -> None:
    for topic, name in DAYS.items():
        kind: type[Event] | None = TOPICS.get(topic)
        if kind is not None and "." not in name and topic.partition(".")[0] in ("award", "withholding", "complaint"):
            assert name in {field.name for field in fields(kind)}, topic
