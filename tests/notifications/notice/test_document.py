"""The notice says what leaves, to whom, how much, and which bytes; the same each time."""

import hashlib
from datetime import date
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.notifications.facts.notice import CountingPolicy, NoticeKind, NoticeLine
from services.notifications.facts.notice_words import WORDS
from services.notifications.notice.document import document, title_of
from services.notifications.notice.requests import Preparing

NOTICE = UUID("8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6")
POLICY = CountingPolicy(
    version="instruks-5.4",
    days=14,
    day_of_notice_counted=False,
    starts="received",
    min_hours=336,
    roll_forward=False,
    tz="Europe/Oslo",
    basis="Instruks 5.4",
    stale_after_days=90,
)
LINES = (
    NoticeLine(
        item="letter-a",
        manifest_sha256="ab" * 32,
        title="Oppdiktet kommune",
        recipient_number="974760673",
        amount_ore=150_000_000,
    ),
    NoticeLine(item="letter-b", manifest_sha256="cd" * 32, title="Oppdiktet forening", amount_ore=99_950),
)


def told(lines: tuple[NoticeLine, ...] = LINES, *, kind: NoticeKind = "round") -> str:
    planned = date(2020, 6, 16)
    return document(NOTICE, lines, policy=POLICY, planned_on=planned, kind=kind).decode()


def test_each_letter_stands_with_its_recipient_amount_and_hash() -> None:
    text = told()
    assert "1. Oppdiktet kommune (org.nr. 974760673): 1\N{NO-BREAK SPACE}500\N{NO-BREAK SPACE}000 kroner" in text
    assert "2. Oppdiktet forening: 999,50 kroner" in text
    for line in LINES:
        assert f"SHA-256 {line.manifest_sha256}" in text


def test_the_sum_the_day_and_the_rule_are_told() -> None:
    text = told()
    assert "Til sammen 1\N{NO-BREAK SPACE}500\N{NO-BREAK SPACE}999,50 kroner." in text
    assert "Planlagt dato: 16.\N{NO-BREAK SPACE}juni 2020." in text
    assert "14 dager" in text
    assert "Instruks 5.4" in text


def test_a_publication_has_no_amounts() -> None:
    text = told((NoticeLine(item="publication-a", manifest_sha256="ab" * 32, title="Evaluering"),), kind="publication")
    assert text.startswith("Orientering om planlagt publisering")
    assert "kroner" not in text


def test_the_same_notice_gives_the_same_bytes() -> None:
    assert told() == told()
    assert title_of(LINES, kind="round") == "Orientering om planlagte tilskudd: 2 vedtak"


PUBLISHED = (NoticeLine(item="publication-a", manifest_sha256="ab" * 32, title="Evaluering"),)
OF_LETTERS = "ffe0bfd21eb8ef785fe5d86a8ac3a43b315ad83908a4770850ab7a1dc45e6826"
STANDS: dict[str, tuple[tuple[NoticeLine, ...], str]] = {
    "round": (LINES, OF_LETTERS),
    "scheme": (LINES, OF_LETTERS),
    "letter": (LINES, OF_LETTERS),
    "publication": (PUBLISHED, "d06e81ef74453db8cce6beb1012c98c8f55f6891c8d440ccd262d7a4722d01f3"),
}
"""The SHA-256 of a document of each kind. One that stands here is never changed: a notice that was ordered is bound by
such a hash, and is rendered again when it is looked into."""


def test_every_kind_of_notice_has_its_words_and_its_shape_over_http() -> None:
    """Whoever adds a kind says what the ministry reads, and how it is asked for."""
    kinds = set(get_args(NoticeKind))
    assert kinds == WORDS.keys() == STANDS.keys()
    asked = Preparing.model_json_schema()["properties"]["about"]["discriminator"]["mapping"]
    assert kinds == asked.keys()


@pytest.mark.parametrize("kind", get_args(NoticeKind))
def test_what_is_said_of_a_kind_stays_to_the_byte(kind: NoticeKind) -> None:
    lines, sha256 = STANDS[kind]
    assert hashlib.sha256(told(lines, kind=kind).encode()).hexdigest() == sha256


@pytest.mark.parametrize("kind", get_args(NoticeKind))
def test_what_is_waited_for_of_a_kind_is_a_sentence(kind: NoticeKind) -> None:
    words, on = WORDS[kind], date(2020, 6, 16)
    for said in (words.title(LINES), words.waits, words.must_go(on, LINES)):
        assert said[:1].isupper()
        assert not said.endswith(".")
    assert "16.06.2020" in words.must_go(on, LINES)


def line_of(**more: Any) -> NoticeLine:
    return NoticeLine(item="letter-a", manifest_sha256="ab" * 32, title="Oppdiktet kommune", **more)


def test_each_letter_stands_with_its_scheme_its_post_and_its_purpose() -> None:
    text = told(
        (line_of(scheme_id="jobbsjansen-2020", fund_id="2020/291/62/jobbsjansen", purpose="Flere i\n\narbeid"),)
    )
    assert "Ordning: jobbsjansen-2020" in text
    assert "Kapittel 291, post 62, 2020" in text
    assert "Formål: Flere i arbeid" in text


def test_the_case_is_told_by_its_number_and_not_where_grants_did_not_tell_it() -> None:
    assert "\n      Sak 2020/17\n" in told((line_of(case_number="2020/17"),))
    assert "Sak" not in told((line_of(),))


def test_what_grants_did_not_tell_is_not_made_up() -> None:
    assert not {"Ordning", "Kapittel", "Formål"} & set(told((line_of(amount_ore=100_00),)).replace(":", " ").split())


@given(some.integers(0, 10**12))
def test_one_krone_is_one_and_all_else_are_many(amount_ore: int) -> None:
    text = told((line_of(amount_ore=amount_ore),))
    assert ("krone" in text.split()) is (amount_ore == 100)
    assert ("1 krone." in text.replace("\N{NO-BREAK SPACE}", " ")) is (amount_ore == 100)


def test_a_scheme_is_told_by_its_name_where_that_is_known() -> None:
    text = told((line_of(scheme_id="jobbsjansen-2020", scheme_name="Jobbsjansen del B"),))
    assert "Ordning: Jobbsjansen del B" in text
    assert "jobbsjansen-2020" not in text
