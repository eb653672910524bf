"""Schemes and calls over HTTP, and every scheme of 2020 registered on the funds that the letters of 2020 open."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from dev.schemes import SCHEMES, SchemeFile
from services.grants.scheme.events import Form
from services.grants.scheme.languages import list_unequal, terms_in
from services.grants.scheme.requests import TermsAsked
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import ANNE, INGRID, KARI, PER, signed_in
from tests.grants.scheme.scheme_routes import AT, FILES, JOBBSJANSEN, LETTERS, OLA, Office, at_the_office, scheme_file

WITH_LETTERS = [each for each in FILES if each.scheme["terms"]["letter_template"]]


@pytest.mark.parametrize("file", WITH_LETTERS, ids=lambda each: each.key)
def test_each_scheme_of_2020_that_makes_letters_has_its_texts_in_every_form(file: SchemeFile) -> None:
    """Whoever tries the demonstration can preview a letter of any of them in nynorsk and in English."""
    terms = TermsAsked(**file.scheme["terms"]).as_terms()
    assert list(list_unequal(terms)) == []
    said = {form: terms_in(terms, form) for form in get_args(Form)}
    assert len({each.standard_terms for each in said.values()}) == len(said)
    assert len({each.reactions for each in said.values()}) == len(said)


CALL_AT = "/v1/calls/jobbsjansen-2020.forste-runde"


def test_a_scheme_goes_from_registration_to_a_call_that_is_taken_back(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.registers_letters(LETTERS[:1])
        scheme, (call,) = JOBBSJANSEN.scheme, JOBBSJANSEN.calls
        opened = await office.does(KARI, "POST", "/v1/schemes", json=scheme)
        assert (opened.status_code, opened.headers["Location"], opened.headers["ETag"]) == (201, AT, '"1"')

        terms = scheme["terms"] | {"control": "", "translations": []}
        revision = {"terms": terms, "reason": "Kontrollen utredes.", "revised_on": "2020-01-05"}
        assert await office.refused(KARI, "PUT", AT, json=revision) == (428, "precondition-required")
        assert await office.refused(KARI, "PUT", AT, json=revision, seen='"7"') == (412, "stale-version")
        await office.does(KARI, "PUT", AT, json=revision, seen='"1"')
        lacking = await office.sends(INGRID, "POST", f"{AT}/calls", json=call, seen='"2"')
        assert (lacking.json()["code"], lacking.json()["missing"]) == ("scheme-incomplete", ["control"])
        whole = revision | {"terms": scheme["terms"], "reason": "Kontrollen er på plass."}
        await office.does(ANNE, "PUT", AT, json=whole, seen='"2"')

        published = await office.does(INGRID, "POST", f"{AT}/calls", json=call, seen='"3"')
        assert (published.status_code, published.headers["Location"]) == (201, CALL_AT)
        later = {"closes_on": "2020-03-06", "reason": "Mange ba om mer tid."}
        await office.does(INGRID, "PUT", f"{AT}/calls/{call['call_id']}/deadline", json=later, seen='"4"')
        found = await office.reads(CALL_AT)
        assert (found["closes_on"], found["cancelled"]) == ("2020-03-06", False)
        assert found["terms"]["control"] == scheme["terms"]["control"]

        back = {"reason": "Rundskrivet trekkes tilbake.", "cancelled_on": "2020-01-20"}
        await office.does(INGRID, "POST", f"{AT}/calls/{call['call_id']}/cancellation", json=back, seen='"5"')
        assert (await office.reads(CALL_AT))["cancelled"]
        shown = await office.does(PER, "GET", AT)
        assert shown.headers["ETag"] == '"6"'
        assert [each["cancelled"] for each in shown.json()["calls"]] == [True]
        assert "terms" not in shown.json()["calls"][0]

        feed = await office.reads("/v1/feed?after=0&limit=100")
        told = [message for message in feed if message["type"].startswith("no.tilsagn.scheme.")]
        assert [message["type"].split(".")[-2] for message in told] == [
            "registered", "revised", "revised", "call-published", "call-deadline-moved", "call-cancelled"
        ]  # fmt: skip
        assert told[0]["data"]["notice"] == "notice"
        assert told[3]["data"]["total_ore"] == 85_300_000_00
        assert not [message for message in told if KARI in str(message["data"]) or INGRID in str(message["data"])]

    at_the_office(database, tmp_path, story)


def test_what_the_api_refuses_of_schemes(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.registers_letters(LETTERS[:1])
        scheme, (call,) = JOBBSJANSEN.scheme, JOBBSJANSEN.calls
        nowhere = scheme | {"terms": scheme["terms"] | {"fund_ids": ["2020/291/62/finnes-ikke"]}}
        assert await office.refused(KARI, "POST", "/v1/schemes", json=nowhere) == (422, "scheme-fund-unknown")
        misspelt = scheme | {"terms": scheme["terms"] | {"controll": "?"}}
        assert await office.refused(KARI, "POST", "/v1/schemes", json=misspelt) == (422, "request-invalid")
        assert await office.refused(INGRID, "POST", "/v1/schemes", json=scheme) == (403, "role-missing")
        assert await office.refused(PER, "GET", AT) == (404, "scheme-unknown")
        assert await office.refused(PER, "GET", CALL_AT) == (404, "call-unknown")

        await office.does(KARI, "POST", "/v1/schemes", json=scheme)
        again = await office.does(OLA, "POST", "/v1/schemes", json=scheme)
        assert again.headers["ETag"] == '"1"'
        assert await office.refused(KARI, "POST", f"{AT}/calls", json=call, seen='"1"') == (403, "role-missing")
        elsewhere = call | {"fund_id": "2020/291/62/kommunale-integreringstiltak"}
        told = await office.refused(INGRID, "POST", f"{AT}/calls", json=elsewhere, seen='"1"')
        assert told == (422, "call-fund-not-of-scheme")

    at_the_office(database, tmp_path, story)


def test_somebody_who_writes_and_approves_does_not_publish_their_own_terms(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.registers_letters(LETTERS[:1])
        both = signed_in(office.settings, "siv", Role.caseworker, Role.approver)
        key = {"Idempotency-Key": "siv writes"}
        client = office.client
        await client.post("/v1/schemes", json=JOBBSJANSEN.scheme, headers=both | key)
        key = {"Idempotency-Key": "siv publishes", "If-Match": '"1"'}
        answer = await client.post(f"{AT}/calls", json=JOBBSJANSEN.calls[0], headers=both | key)
        assert (answer.status_code, answer.json()["code"]) == (409, "same-person-twice")

    at_the_office(database, tmp_path, story)


def test_every_scheme_of_2020_is_registered_on_funds_that_exist(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.registers_letters(LETTERS)
        for file in FILES:
            opened = await office.does(KARI, "POST", "/v1/schemes", json=file.scheme)
            address, seen = f"{opened.headers['Location']}/calls", opened.headers["ETag"]
            for call in file.calls:
                seen = (await office.does(INGRID, "POST", address, json=call, seen=seen)).headers["ETag"]
        listed = (await office.reads("/v1/schemes?year=2020"))["items"]
        assert [each["scheme_id"] for each in listed] == sorted(file.scheme["scheme_id"] for file in FILES)
        assert (await office.reads("/v1/schemes?year=2021"))["items"] == []
        calls = [call["call_id"] for each in listed for call in each["calls"]]
        assert sorted(calls) == sorted(call["call_id"] for file in FILES for call in file.calls)

        funds = [
            fund
            for post in ("290/01", "291/60", "291/61", "291/62", "291/71", "291/73", "292/60")
            for fund in (await office.reads(f"/v1/posts/2020/{post}/funds?valid_at=2020-12-31"))["items"]
        ]
        at_disposal_ore = {fund["fund_id"]: fund["at_disposal_ore"] for fund in funds}
        extra = {
            "jobbsjansen-ekstraordinaer": 25_000_000_00,
            "ekstraordinaert-informasjonstiltak": 20_000_000_00,
            "informasjonstiltak-koronavirus": 6_580_000_00,
        }
        for name, amount_ore in extra.items():
            (fund_id,) = scheme_file(name).scheme["terms"]["fund_ids"]
            assert at_disposal_ore[fund_id] == amount_ore

    at_the_office(database, tmp_path, story)


# The files themselves

MARKED = re.compile(r"\[(tildelingsbrevet|Instruks|tillegg nr\. \d|bevilgningsreglementet|demonstrasjon)[^\[\]]*\]\Z")


def texts_of(file: SchemeFile) -> Iterator[str]:
    terms = file.scheme["terms"]
    yield from (terms[name] for name in ("aim", "target_group", "criteria_text", "follow_up", "control", "reactions"))
    yield from terms["standard_terms"]
    yield from (each["question"] for each in terms["criteria"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.scheme["scheme_id"])
def test_every_text_says_where_it_stands_or_that_it_is_the_demonstrations(file: SchemeFile) -> None:
    assert [text for text in texts_of(file) if not MARKED.search(text)] == []


def test_the_schemes_are_those_of_the_letter_of_2020() -> None:
    assert sorted(path.stem for path in SCHEMES.glob("*.yaml")) == [
        "ekstraordinaert-informasjonstiltak",
        "enslige-mindrearige",
        "fag-og-yrkesopplaering",
        "frivillige-organisasjoner",
        "informasjonstiltak-koronavirus",
        "integreringsmottak",
        "integreringstilskudd",
        "jobbsjansen",
        "jobbsjansen-ekstraordinaer",
        "kommunale-integreringstiltak",
        "nasjonale-ressursmiljo",
        "norskopplaering",
        "omradesatsing",
        "post-73",
    ]


def test_the_ministry_is_told_of_what_is_applied_for_and_never_of_per_capita_grants() -> None:
    rules = {(file.scheme["terms"]["basis"], file.scheme["terms"]["notice"]["rule"]) for file in FILES}
    assert rules == {
        ("application", "notice"),
        ("agreement", "notice"),
        ("named", "exempt"),
        ("per-capita", "exempt"),
    }


def test_the_extra_jobbsjansen_money_is_for_those_of_the_first_round_with_a_project() -> None:
    asked = scheme_file("jobbsjansen-ekstraordinaer").scheme["terms"]["eligibility"]
    (first,) = JOBBSJANSEN.calls
    assert {"kind": "granted-before", "call_id": first["call_id"]} in asked
    assert {"kind": "established-project"} in asked


def test_no_call_of_supplement_4_opens_before_the_supplement() -> None:
    late = (*scheme_file("jobbsjansen-ekstraordinaer").calls, *scheme_file("ekstraordinaert-informasjonstiltak").calls)
    assert late
    assert all(date.fromisoformat(call["opens_on"]) >= date(2020, 6, 22) for call in late)
