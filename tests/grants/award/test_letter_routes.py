"""Grant letters over HTTP: seen, frozen, read, a round's together, and let out by the feed alone."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from dev import standin_feed
from services.eventlog.events import Event
from services.grants.case.command_handler import stream_of
from services.grants.case.events.round import RoundLine, RoundLinesProposed, RoundLinesReturned, RoundOpened
from services.grants.grant_letter import routes as letter_routes
from tests.conftest import Database
from tests.grants.award.grant_letters import DATED_ON, PROPOSED
from tests.grants.award.letter_routes import DATED, FUND, PROPOSAL, SCHEME, Desk, at_work, record, text_of
from tests.grants.fodt_fri import MILLION
from tests.patience import PATIENCE_SECONDS, until

ROUND = uuid4()


def test_a_letter_is_seen_frozen_approved_and_read(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        case = await desk.open_case()
        preview = await desk.ask("GET", f"{case}/letter/preview?dated_on={DATED_ON}")
        assert (preview.status_code, preview.headers["content-type"]) == (200, "application/pdf")
        assert preview.headers["cache-control"] == "no-store"
        assert "UTKAST" in text_of(preview.content)
        assert (await desk.ask("GET", f"{case}/letter")).status_code == 404

        frozen = await desk.ask("PUT", f"{case}/letter", DATED, seen='"1"')
        assert (frozen.status_code, frozen.headers["etag"]) == (200, '"2"')
        sha256 = frozen.json()["letter"]["frozen"]["sha256"]

        letter = await desk.ask("GET", f"{case}/letter")
        assert letter.headers["etag"] == f'"{sha256}"'
        assert hashlib.sha256(letter.content).hexdigest() == sha256
        assert text_of(letter.content) == text_of(preview.content).replace("UTKAST", "")
        unchanged = await desk.ask("GET", f"{case}/letter", **{"If-None-Match": f'"{sha256}"'})
        assert (unchanged.status_code, unchanged.content) == (304, b"")

        approval = {"approved_on": "2020-02-10", "disposal_authority": "Instruks 4.2"}
        approved = await desk.ask("PUT", f"{case}/award/approval", approval, person="ola", seen='"2"')
        assert approved.status_code == 200, approved.text
        assert (await desk.ask("GET", f"{case}/letter")).content == letter.content
        late = await desk.ask("GET", f"{case}/letter/preview")
        assert (late.status_code, late.json()["code"]) == (409, "no-proposal-waits")

    at_work(database, tmp_path, story)


def test_an_award_on_no_scheme_has_its_letter_with_texts_of_its_own(database: Database, tmp_path: Path) -> None:
    own = {"title": "Smittevern", "control": "Vi kontrollerer bruken.", "reactions": "Vi kan kreve pengene tilbake."}

    async def story(desk: Desk) -> None:
        case = await desk.open_case(scheme_id=None)
        without = await desk.ask("PUT", f"{case}/letter", DATED, seen='"1"')
        assert (without.status_code, without.json()["code"]) == (409, "no-letter-made-here")
        frozen = await desk.ask("PUT", f"{case}/letter", DATED | {"own": own}, seen='"1"')
        assert frozen.status_code == 200, frozen.text
        said = text_of((await desk.ask("GET", f"{case}/letter")).content)
        assert all("".join(text.split()) in said for text in own.values())
        approval = {"approved_on": "2020-02-10", "disposal_authority": "Instruks 4.2"}
        approved = await desk.ask("PUT", f"{case}/award/approval", approval, person="ola", seen='"2"')
        assert approved.status_code == 200, approved.text
        on_scheme = await desk.open_case()
        both = await desk.ask("PUT", f"{on_scheme}/letter", DATED | {"own": own}, seen='"1"')
        assert both.json()["code"] == "own-texts-beside-scheme"

    at_work(database, tmp_path, story)


def test_an_award_cannot_be_approved_before_its_letter_is_frozen(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        case = await desk.open_case()
        approval = {"approved_on": "2020-02-10", "disposal_authority": "Instruks 4.2"}
        refused = await desk.ask("PUT", f"{case}/award/approval", approval, person="ola", seen='"1"')
        assert refused.json()["code"] == "letter-missing"

    at_work(database, tmp_path, story)


def test_the_same_key_again_gives_the_same_answer_whatever_came_between(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        case = await desk.open_case()
        key = {"Idempotency-Key": "freeze it"}
        first = await desk.ask("PUT", f"{case}/letter", DATED, seen='"1"', **key)
        returned = await desk.ask("POST", f"{case}/award/returns", {"reason": "Endre."}, person="ola", seen='"2"')
        assert returned.status_code == 200
        again = await desk.ask("PUT", f"{case}/letter", DATED, seen='"1"', **key)
        assert (again.status_code, again.content) == (200, first.content)
        gone = await desk.ask("PUT", f"{case}/letter", DATED, seen='"3"')
        assert gone.json()["code"] == "no-proposal-waits"
        assert (await desk.ask("GET", f"{case}/letter")).status_code == 404

    at_work(database, tmp_path, story)


def test_a_letter_that_lacks_parts_is_neither_shown_nor_frozen(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        case = await desk.open_case(reports=[])
        for answer in (
            await desk.ask("GET", f"{case}/letter/preview"),
            await desk.ask("PUT", f"{case}/letter", DATED, seen='"1"'),
        ):
            assert (answer.status_code, answer.json()["code"]) == (422, "letter-incomplete")
            assert answer.json()["missing"] == ["reporting"]

    at_work(database, tmp_path, story)


def test_a_text_that_cannot_be_set_is_refused_where_it_is_written_without_repeating_it(
    database: Database, tmp_path: Path
) -> None:
    async def story(desk: Desk) -> None:
        for field, code in (
            ({"purpose": "Glede \U0001f600"}, "letter-unsettable"),
            ({"terms": ["Ja.\n\n" * 1_900 + "Ja."]}, "letter-too-long"),
            ({"terms": ["x" * 9_900] * 5}, "letter-too-long"),
        ):
            refused = await desk.ask("POST", "/v1/cases", PROPOSAL | field)
            assert (refused.status_code, refused.json()["code"]) == (422, code)
            assert "\U0001f600" not in refused.text

    at_work(database, tmp_path, story)


def test_a_proposal_from_before_the_bounds_is_refused_when_its_letter_is_asked_for(
    database: Database, tmp_path: Path
) -> None:
    async def story(desk: Desk) -> None:
        case_id = uuid4()
        older = replace(PROPOSED, fund_id=FUND, purpose="Glede \U0001f600")
        record(database, **{stream_of(case_id): (older,)})
        refused = await desk.ask("PUT", f"/v1/cases/{case_id}/letter", DATED, seen='"1"')
        assert (refused.status_code, refused.json()["code"]) == (422, "letter-unsettable")
        assert "\U0001f600" not in refused.text

    at_work(database, tmp_path, story)


def test_the_longest_term_is_previewed_and_frozen(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        case = await desk.open_case(terms=[("Vilkår " * 1_400).strip(), "ord" * 3_300])
        assert (await desk.ask("GET", f"{case}/letter/preview?dated_on=2020-02-10")).status_code == 200
        frozen = await desk.ask("PUT", f"{case}/letter", DATED, seen='"1"')
        assert frozen.status_code == 200, frozen.text

    at_work(database, tmp_path, story)


def proposals(database: Database, names: list[str]) -> list[UUID]:
    """A round of these recipients' proposals, each on a case of its own."""
    ids = [uuid4() for _ in names]
    bodies = [replace(PROPOSED.recipient, name=name) for name in names]
    facts: dict[str, tuple[Event, ...]] = {
        stream_of(case_id): (replace(PROPOSED, fund_id=FUND, recipient=body, round_id=ROUND),)
        for case_id, body in zip(ids, bodies, strict=True)
    }
    lines = tuple(
        RoundLine(case_id=case_id, fund_id=FUND, amount_ore=6 * MILLION, recipient=body)
        for case_id, body in zip(ids, bodies, strict=True)
    )
    opened = RoundOpened(
        scheme_id=SCHEME, year=2020, call_id=None, name="Runde 1", opened_on=DATED_ON, opened_by="kari"
    )
    proposed = RoundLinesProposed(lines=lines, file=None, proposed_by="kari")
    returned = RoundLinesReturned(case_ids=(ids[0],), reason="Ikke nå.", returned_by="ola")
    record(database, **facts, **{f"round-{ROUND}": (opened, proposed, returned)})
    return ids


def test_a_rounds_letters_are_frozen_so_many_at_a_time(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    """Two hundred; in an ordinary run as many fewer as there are fewer letters."""
    assert letter_routes.TOGETHER == 200
    together = 200 if long else 20
    monkeypatch.setattr(letter_routes, "TOGETHER", together)
    cases = proposals(database, [f"Kommune {number}" for number in range(together + 4)])

    async def story(desk: Desk) -> None:
        address, key = f"/v1/rounds/{ROUND}/letters", {"Idempotency-Key": "the first ones"}
        first = await desk.ask("PUT", address, DATED, seen='"3"', **key)
        assert first.status_code == 200, first.text
        assert (len(first.json()["frozen"]), first.json()["remaining"]) == (together, 3)
        again = await desk.ask("PUT", address, DATED, seen='"3"', **key)
        assert again.content == first.content
        rest = await desk.ask("PUT", address, DATED, seen='"3"')
        assert (len(rest.json()["frozen"]), rest.json()["remaining"]) == (3, 0)
        done = await desk.ask("PUT", address, DATED, seen='"3"')
        assert (done.json()["frozen"], done.json()["remaining"]) == ([], 0)

        told = {each["case_id"]: each["sha256"] for each in first.json()["frozen"] + rest.json()["frozen"]}
        assert set(told) == {str(case_id) for case_id in cases[1:]}
        assert len(set(told.values())) == together + 3
        letter = await desk.ask("GET", f"/v1/cases/{cases[7]}/letter")
        assert hashlib.sha256(letter.content).hexdigest() == told[str(cases[7])]
        assert "Kommune7" in text_of(letter.content)
        stale = await desk.ask("PUT", address, DATED, seen='"2"')
        assert stale.status_code == 412
        assert (await desk.ask("PUT", f"/v1/rounds/{uuid4()}/letters", DATED, seen='"3"')).status_code == 404

    at_work(database, tmp_path, story)


def test_one_letter_of_a_round_that_cannot_be_made_freezes_none(database: Database, tmp_path: Path) -> None:
    cases = proposals(database, ["Ingen", "Asker", "Glede \U0001f600", "Drammen"])

    async def story(desk: Desk) -> None:
        refused = await desk.ask("PUT", f"/v1/rounds/{ROUND}/letters", DATED, seen='"3"')
        assert (refused.status_code, refused.json()["code"]) == (422, "letters-not-made")
        assert [(each["case_id"], each["code"]) for each in refused.json()["cases"]] == [
            (str(cases[2]), "letter-unsettable")
        ]
        for case_id in cases:
            assert (await desk.ask("GET", f"/v1/cases/{case_id}/letter")).status_code == 404

    at_work(database, tmp_path, story)


@contextmanager
def feed_served() -> Iterator[str]:
    """The stand-in feed on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = standin_feed.server(port)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def test_the_feed_lets_the_letter_out_and_payment_may_begin(database: Database, tmp_path: Path) -> None:
    with feed_served() as address:

        async def story(desk: Desk) -> None:
            case = await desk.open_case()
            frozen = await desk.ask("PUT", f"{case}/letter", DATED, seen='"1"')
            approval = {"approved_on": "2020-02-10", "disposal_authority": "Instruks 4.2"}
            await desk.ask("PUT", f"{case}/award/approval", approval, person="ola", seen='"2"')
            told = {
                "case_id": case.rsplit("/", 1)[-1],
                "letter_sha256": frozen.json()["letter"]["frozen"]["sha256"],
                "organisation_number": "974760673",
                "on": "2020-02-12",
            }
            async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_SECONDS) as notifications:
                for kind in ("released", "dispatched", "delivered"):
                    assert (await notifications.post("/told", json={"kind": kind, **told})).status_code == 201
            answer = await until(lambda: desk.ask("GET", case), lambda it: it.json()["letter"]["delivered"])
            shown = answer.json()
            assert shown["state"] == "released"
            assert shown["letter"]["released"]["released_on"] == "2020-02-12"
            assert shown["award"]["letter_out_on"] == "2020-02-12"

        at_work(database, tmp_path, story, notifications_feed=f"{address}/v1/feed")


def test_there_is_no_letter_of_a_case_that_is_not(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        for address in ("letter/preview", "letter"):
            assert (await desk.ask("GET", f"/v1/cases/{uuid4()}/{address}")).status_code == 404
        assert (await desk.ask("PUT", f"/v1/cases/{uuid4()}/letter", DATED, seen='"1"')).status_code == 404

    at_work(database, tmp_path, story)
