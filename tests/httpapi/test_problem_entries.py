"""One code is one refusal, and each has an entry in bokmål and English that the `type` of its problem leads to."""

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dev.modules import load_modules
from dev.openapi import app
from dev.problems import OF, PAGE, page, words_of
from services.eventlog.refusal import Refusal
from services.httpapi.problem import STATUS_WORDS
from services.httpapi.problems.catalogue import GROUND, SERVICES, Entry, Words, entries_of, list_refusals, read_words
from tests.made import check_made

KEYS = [each.name for each in fields(Words)]
CODES_OF_A_FRESH_PROCESS = """
import json, tempfile
from pathlib import Path
from dev.openapi import app
from dev.problems import OF, words_of
from services.httpapi.problems.catalogue import entries_of
name = {name!r}
app(name, Path(tempfile.mkdtemp()))
print(json.dumps(sorted(entries_of(f"services.{{name}}", words_of(f"services.{{name}}")))))
"""


@pytest.fixture(scope="module", autouse=True)
def every_refusal_is_loaded() -> None:
    load_modules()


def list_all() -> Iterator[type[Refusal]]:
    for service in (None, *SERVICES):
        yield from list_refusals(service)


def entries() -> Iterator[Entry]:
    for service in OF:
        yield from entries_of(service, words_of(service)).values()


def test_one_code_is_one_refusal_with_one_title_and_one_status() -> None:
    by_code: dict[str, set[type[Refusal]]] = defaultdict(set)
    for refusal in list_all():
        by_code[refusal.code].add(refusal)
    assert {code: kinds for code, kinds in by_code.items() if len(kinds) > 1} == {}
    by_status = {code: (status, title) for status, (code, title, _) in STATUS_WORDS.items()}
    for code, told in by_status.items():
        for refusal in by_code[code]:
            assert (refusal.status, refusal.title) == told
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", code) for code in by_code)


@pytest.mark.parametrize("service", [None, *OF])
def test_what_is_written_is_of_every_code_and_of_no_other(service: str | None) -> None:
    written = read_words(words_of(service) if service else GROUND)
    known = {refusal.code for refusal in list_refusals(service)}
    if service is None:
        known |= {code for code, *_ in STATUS_WORDS.values()}
    assert set(written) == known
    empty = {(code, key) for code, words in written.items() for key in KEYS if not getattr(words, key).strip()}
    assert empty == set()


def test_a_sentence_ends_and_a_title_does_not() -> None:
    for entry in entries():
        words = entry.words
        for sentence in (words.when_nb, words.when_en, words.do_nb, words.do_en):
            assert re.search(r"[.)»]$", sentence), (entry.code, sentence)
        assert not words.title_en.endswith("."), entry.code
        assert len(words.title_en.split()) <= 12, entry.code


@pytest.mark.parametrize("name", ["grants", "notifications"])
def test_a_process_that_serves_knows_every_code_of_its_own(name: str) -> None:
    """Each is known once its class is loaded, and what is put together has loaded all that it can refuse with."""
    asked = [sys.executable, "-c", CODES_OF_A_FRESH_PROCESS.format(name=name)]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    service = f"services.{name}"
    assert set(json.loads(told)) == set(entries_of(service, words_of(service)))


@pytest.mark.parametrize("name", ["grants", "notifications"])
def test_the_type_of_a_problem_leads_to_its_entry_in_both_languages(name: str, tmp_path: Path) -> None:
    client = TestClient(app(name, tmp_path))
    refused = client.get("/v1/nothing-of-the-kind").json()
    shown = client.get(refused["type"])
    assert shown.status_code == 200
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    words = entries_of(f"services.{name}", words_of(f"services.{name}"))["not-found"].words
    assert refused["title"] in shown.text
    for sentence in (words.title_en, words.when_nb, words.when_en, words.do_nb, words.do_en):
        assert sentence.replace("'", "&#39;") in shown.text
    assert '<html lang="nb">' in shown.text
    assert '<section lang="en">' in shown.text
    listed = client.get("/problems").text
    for code in entries_of(f"services.{name}", words_of(f"services.{name}")):
        assert f'href="/problems/{code}"' in listed
        assert client.get(f"/problems/{code}").status_code == 200
    assert client.get("/problems/problems.css").headers["content-type"].startswith("text/css")


def test_a_code_that_nothing_is_refused_with_has_no_entry(tmp_path: Path) -> None:
    client = TestClient(app("grants", tmp_path))
    assert client.get("/problems/no-such-code").json()["code"] == "not-found"
    assert client.get("/problems/NOT-A-CODE").status_code == 422
    assert client.get(f"/problems/{'a' * 61}").status_code == 422


def test_the_document_is_what_the_refusals_say() -> None:
    check_made(PAGE, page(), "dev.problems")
