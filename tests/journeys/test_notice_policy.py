"""Nobody opens the gate of a scheme alone, and no date reaches back: what somebody with a caseworker's token tried,
over HTTP through both services.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Database
from tests.faults.service import open_funds
from tests.grants.application.desk import APPLICATION, ASSESSMENT, IMPARTIAL
from tests.grants.award.grant_letters import TERMS
from tests.grants.award.letter_routes import FUND, PROPOSAL, SCHEME, record
from tests.grants.fodt_fri import MILLION
from tests.journeys.two_services import FREE, OWED, Clock, Town, confirmed, scheme, town

ONE: dict[str, Any] = {"instalments": [{"number": 1, "amount_ore": MILLION}]}
NOTE = {"document": "Eget notat", "section": "1"}
AT_ONCE = {"source": "Eget notat: 1", "kind": "scheme-policy"}


def policy(rule: str, valid_from: str = "2020-01-01") -> dict[str, Any]:
    """What somebody writes in a note of their own."""
    return {"rule": rule, "source": NOTE, "valid_from": valid_from, "document_sha256": "ab" * 32}


def terms(rule: str, **more: Any) -> dict[str, Any]:
    """The terms of a scheme as somebody writes them."""
    source = {"document": TERMS.source.document, "section": TERMS.source.section}
    told = {"name": TERMS.name, "fund_ids": [FUND], "basis": "named", "source": source, "notice": policy(rule)}
    return told | {"control": TERMS.control, "reactions": TERMS.reactions} | more


@pytest.fixture
def standing(database: Database) -> Database:
    """A scheme that owes notice, as two people have said."""
    open_funds(database, post_ore=100 * MILLION, fodt_fri=100 * MILLION)
    record(database, **{f"scheme_{SCHEME}": (scheme(OWED), confirmed(OWED))})
    return database


async def proposes(here: Town, person: str, scheme_id: str, asked: dict[str, Any]) -> None:
    told = await here.acts_on(person, "PUT", f"{here.grants}/v1/schemes/{scheme_id}", "notice-policy", asked)
    assert told.is_success, told.text


async def confirms(here: Town, person: str, scheme_id: str) -> tuple[int, str | None]:
    told = await here.acts_on(person, "PUT", f"{here.grants}/v1/schemes/{scheme_id}", "notice-policy/confirmation")
    return told.status_code, told.json().get("code")


async def stays(here: Town, award: str) -> None:
    """The letter is held, owes notice, and does not leave when it is ordered out."""
    await here.comes(award, lambda it: it["state"] == "held")
    await here.has_bytes(award)
    refused = await here.acts_on("kari", "PUT", award, "release", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "notice-missing")
    kept = await here.acts_on("kari", "PUT", award, "release", {"when_open": True})
    assert kept.is_success, kept.text
    await here.sweeps("release-sweep")
    assert (await here.ask("r", "GET", award)).json()["state"] == "held"


def test_exempting_a_whole_scheme_takes_two(standing: Database, tmp_path: Path, free_ports: tuple[int, int]) -> None:
    async def story(here: Town, _: Clock) -> None:
        address = f"{here.grants}/v1/schemes/{SCHEME}"
        seen = (await here.ask("kari", "GET", address)).headers["ETag"]
        revision = {"terms": terms("exempt"), "reason": "Ny lesning.", "revised_on": "2020-01-09"}
        revised = await here.ask("kari", "PUT", address, revision, seen=seen)
        assert revised.is_success, revised.text
        assert await confirms(here, "kari", SCHEME) == (409, "same-person-twice")
        award = (await here.approved_award(**ONE))[1]
        await stays(here, award)

        own = {"scheme_id": "egen-2020", "year": 2020, "terms": terms("exempt"), "registered_on": "2020-01-02"}
        opened = await here.ask("kari", "POST", f"{here.grants}/v1/schemes", own)
        assert opened.is_success, opened.text
        assert await confirms(here, "KARI", "egen-2020") == (409, "same-person-twice")
        award = (await here.approved_award(**ONE, scheme_id="egen-2020"))[1]
        await stays(here, award)

    town(standing, tmp_path, story, free_ports)


def test_what_two_people_exempt_is_free_from_then_on_and_nothing_before(
    standing: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    async def story(here: Town, clock: Clock) -> None:
        before = (await here.approved_award(**ONE))[1]
        await proposes(here, "kari", SCHEME, policy("exempt"))
        between = (await here.approved_award(**ONE))[1]
        assert await confirms(here, "ola", SCHEME) == (200, None)
        clock.set(clock.at + timedelta(microseconds=1))  # in the very instant of its confirmation it frees nothing
        after = (await here.approved_award(**ONE))[1]
        await stays(here, before)
        await stays(here, between)
        await here.comes(after, lambda it: it["state"] == "held" and it["exemption"])
        await here.has_bytes(after)
        out = await here.acts_on("ola", "PUT", after, "release", {})
        assert out.is_success, out.text
        assert out.json()["released"]["ground"] == AT_ONCE

    town(standing, tmp_path, story, free_ports)


def test_no_typed_date_brings_an_exemption_back(
    standing: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    """Exempt from 2020, notice from 2021, approved today as of 30 December 2020."""

    async def story(here: Town, _: Clock) -> None:
        for asked in (policy("exempt"), policy("notice", "2021-01-01")):
            await proposes(here, "kari", SCHEME, asked)
            assert await confirms(here, "ola", SCHEME) == (200, None)
        award = (await here.approved_award(**ONE, approved_on="2020-12-30"))[1]
        await stays(here, award)

    town(standing, tmp_path, story, free_ports)


async def applied_for_and_approved(here: Town, *, call_id: str, scheme_id: str) -> str:
    """An award of what was applied for under the call, whose letter is frozen: its address in notifications."""
    sought = APPLICATION | {"call_id": call_id, "arrived_on": "2020-01-20", "amount_sought_ore": MILLION}
    sought |= {"budget": [{"what": "Lønn", "amount_ore": MILLION}]}
    received = await here.ask("kari", "POST", f"{here.grants}/v1/applications", sought)
    assert received.status_code == 201, received.text
    path = received.headers["Location"]
    case = f"{here.grants}{path}"
    assessed = ASSESSMENT | {"scores": [], "recommended_ore": MILLION}
    recipient = {name: value for name, value in APPLICATION["applicant"].items() if name != "kind"}
    proposal = PROPOSAL | ONE | {"amount_ore": MILLION, "scheme_id": scheme_id, "recipient": recipient}
    proposal |= {"basis": {"kind": "applied", "call_id": call_id, "version": 1}}
    for person, method, act, body in (
        ("kari", "PUT", "impartiality", IMPARTIAL),
        ("kari", "POST", "assessments", assessed),
        ("kari", "PUT", "award", proposal),
        ("kari", "PUT", "letter", {"dated_on": "2020-03-12"}),
        ("ola", "PUT", "award/approval", {"approved_on": "2020-03-12", "disposal_authority": "Instruks 4.2"}),
    ):
        done = await here.acts_on(person, method, case, act, body)
        assert done.is_success, f"{act}: {done.text}"
    return f"{here.notifications}{path.replace('cases', 'awards')}"


def test_a_call_published_on_exempt_terms_exempts_nothing(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    open_funds(database, post_ore=100 * MILLION, fodt_fri=100 * MILLION)
    record(database, **{f"scheme_{SCHEME}": (scheme(FREE),)})

    async def story(here: Town, _: Clock) -> None:
        texts = dict.fromkeys(("aim", "target_group", "criteria_text", "follow_up", "control"), "Slik.")
        for_all = terms("exempt", **texts) | {"basis": "application"}
        own = {"scheme_id": "egen-2020", "year": 2020, "terms": for_all, "registered_on": "2020-01-02"}
        assert (await here.ask("kari", "POST", f"{here.grants}/v1/schemes", own)).is_success
        call = {"call_id": "egen-2020.en", "title": "En", "fund_id": FUND, "opens_on": "2020-01-10"}
        call |= {"closes_on": "2020-02-10", "published_on": "2020-01-09"}
        address = f"{here.grants}/v1/schemes/egen-2020"
        published = await here.acts_on("ola", "POST", address, "calls", call)
        assert published.is_success, published.text
        frozen = await here.ask("r", "GET", f"{here.grants}/v1/calls/egen-2020.en")
        assert frozen.json()["terms"]["notice"]["rule"] == "exempt"
        award = await applied_for_and_approved(here, call_id="egen-2020.en", scheme_id="egen-2020")
        await stays(here, award)

    town(database, tmp_path, story, free_ports)
