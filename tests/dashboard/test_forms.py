"""What may be sent from the pages: by whom, from where, and with what. Refused, nothing is asked of any service."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import psycopg
import pytest

from services.dashboard.sign_in.access import FILES, FORMS, PAGES
from tests.browser.reading import read_page
from tests.conftest import Database
from tests.dashboard.access import careful, filled
from tests.dashboard.forms import OURS, signed_in
from tests.dashboard.office import PEOPLE, Browser, Itself, Office, opened, settings_of

FIELDS = {
    "nummer": "1",
    "skjema": "3d6f0a52-6c0e-4b8e-9a30-6f1c2d3e4f50",
    "runde": "3d6f0a52-6c0e-4b8e-9a30-6f1c2d3e4f50",
    "dag": "01.06.2020",
    "brev": "year: 2020",
}


class Counting(httpx.AsyncBaseTransport):
    """A service that counts what it is asked, and with which token."""

    def __init__(self, status: int = 404) -> None:
        self.asked: list[httpx.Request] = []
        self.status = status

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(self.status, json={"code": "not-found", "title": "Finnes ikke", "detail": "Nothing."})


async def send(browser: Browser, address: str, proof: str, **headers: str) -> httpx.Response:
    """The form, as the page it stands on sends it."""
    form = FIELDS | ({"bevis": proof} if proof else {})
    asked = {**OURS, **headers}
    if address == "/prov/brev":
        files = {name: (None, value) for name, value in form.items()}
        return await browser.http.post(address, files=files, headers=asked)
    return await browser.http.post(filled(address), data=form, headers=asked)


def play(database: Database, folder: Path, what: Callable[[Office], Awaitable[None]], service: Counting) -> None:
    async def go() -> None:
        async with opened(settings_of(database, folder), Itself(grants=service, notifications=service)) as office:
            await what(office)

    asyncio.run(go())


def test_every_form_and_file_serves_the_roles_of_the_table_and_no_other(database: Database, tmp_path: Path) -> None:
    service = Counting()

    async def go(office: Office) -> None:
        nobody = office.browser()
        for address in FORMS:
            refused = await send(nobody, address, "0" * 64)
            assert refused.status_code == 401
            careful(refused)
        for each in FILES.values():
            assert (await nobody.open(filled(each.address))).status_code == 401
        for person, roles in PEOPLE.items():
            browser, proof = await signed_in(office, person)
            for address, form in (*FORMS.items(), *FILES.items()):
                served, before = form.sight_of(roles) is not None, len(service.asked)
                sent = address in FORMS
                answer = await (send(browser, address, proof) if sent else browser.open(filled(address)))
                careful(answer)
                assert (answer.status_code != 403) == served, (person, address, answer.text)
                assert served or len(service.asked) == before, (person, address)
                for verb in ("GET", "PUT", "PATCH", "DELETE") if sent else ("POST", "PUT", "PATCH", "DELETE"):
                    other = await browser.http.request(verb, filled(address), headers=OURS)
                    # a page of that address may be there to be read, and is never written to
                    assert other.status_code == 405, (verb, address)

    play(database, tmp_path, go, service)


@pytest.mark.parametrize("address", FORMS)
def test_a_form_that_was_forged_or_comes_from_elsewhere_is_refused_and_asks_nothing(
    database: Database, tmp_path: Path, address: str
) -> None:
    service = Counting()

    async def go(office: Office) -> None:
        browser, proof = await signed_in(office, "everybody")
        _, theirs = await signed_in(office, "everybody")
        forged = [
            await send(browser, address, ""),
            await send(browser, address, theirs),
            await send(browser, address, proof[:-1] + ("0" if proof[-1] != "0" else "1")),
            await send(browser, address, proof, origin="https://evil.example"),
            await send(browser, address, proof, origin="null"),
            await send(browser, address, proof, **{"sec-fetch-site": "cross-site"}),
            await send(browser, address, proof, **{"sec-fetch-site": "same-site"}),
        ]
        assert [each.status_code for each in forged] == [403] * len(forged)
        assert [each for each in service.asked if each.method != "GET"] == []
        held = browser.http.cookies["tilsagn"]
        await browser.send("/logg-ut", {"bevis": proof})
        browser.http.cookies.set("tilsagn", held)
        assert (await send(browser, address, proof)).status_code == 401, "the cookie is used after sign-out"
        assert (await send(office.browser(), address, proof)).status_code == 401
        assert service.asked == []

    play(database, tmp_path, go, service)


def test_what_is_sent_is_bounded_before_it_is_read(database: Database, tmp_path: Path) -> None:
    service = Counting()

    async def go(office: Office) -> None:
        browser, proof = await signed_in(office, "everybody")
        large = {"bevis": (None, proof), "brev": (None, "x" * (1024 * 1024 + 1))}
        answer = await browser.http.post("/prov/brev", files=large, headers=OURS)
        assert (answer.status_code, len(service.asked)) == (400, 0)
        huge = {"bevis": (None, proof), "brev": (None, "x" * (2 * 1024 * 1024))}
        assert (await browser.http.post("/prov/brev", files=huge, headers=OURS)).status_code == 413
        form = {"bevis": proof, "runde": "x" * 100_000}
        assert (await browser.http.post("/prov/runde", data=form, headers=OURS)).status_code == 413
        assert service.asked == []

    play(database, tmp_path, go, service)


@pytest.mark.parametrize(
    "gone", ["run out", "never given", "not believed", "away", "not set up", "nonsense", "too much"]
)
def test_a_token_that_is_no_good_and_a_service_that_does_not_answer_are_told_in_words(
    database: Database, tmp_path: Path, gone: str
) -> None:
    class Silent(Counting):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            if gone == "away":
                raise httpx.ConnectTimeout("too long", request=request)
            if gone == "not believed":
                return httpx.Response(401, json={"code": "token-invalid"})
            if gone == "too much":
                return httpx.Response(200, content=b'{"a": "' + b"x" * (5 * 1024 * 1024) + b'"}')
            return httpx.Response(200, content=b"<html>" if gone == "nonsense" else b"{}")

    service = Silent()
    settings = settings_of(database, tmp_path)
    if gone == "not set up":
        settings = type(settings)(**{**vars(settings), "grants_url": "", "notifications_url": ""})
    if gone == "never given":
        settings = type(settings)(**{**vars(settings), "seal_keys": ()})

    async def go() -> None:
        async with opened(settings, Itself(grants=service, notifications=service)) as office:
            browser, proof = await signed_in(office, "everybody")
            if gone == "run out":
                await run_out(database)
            for address in (*FORMS, "/revisjon/logg/grants"):
                answer = await (send(browser, address, proof) if address in FORMS else browser.open(address))
                if address == "/revisjon/logg/grants" and gone in ("nonsense", "too much"):
                    continue  # whatever it holds, a file is passed on as it is
                told = read_page(answer.text).one("h1").text
                again = gone in ("run out", "never given", "not believed")
                assert answer.status_code == (403 if again else 503), (address, told)
                assert told == (
                    "Du må logge inn på nytt for å gjøre dette" if again else "Tjenesten svarer ikke akkurat nå"
                )
            for page in PAGES:
                assert (await browser.open(filled(page.address))).status_code in (200, 404), page.address

    asyncio.run(go())
    assert all(each.headers["authorization"].startswith("Bearer ") for each in service.asked)


async def run_out(database: Database) -> None:
    async with await psycopg.AsyncConnection.connect(database.admin_dsn, autocommit=True) as owner:
        await owner.execute("UPDATE dashboard.session SET own_token_until = clock_timestamp()")


def test_the_token_goes_to_the_service_that_is_asked_and_no_further(database: Database, tmp_path: Path) -> None:
    """A service that sends on is not followed: whoever it names gets nothing."""

    class Elsewhere(Counting):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            return httpx.Response(307, headers={"location": "http://evil.example/take"})

    service, evil = Elsewhere(), Counting()

    async def go() -> None:
        way = Itself(grants=service, notifications=service, evil=evil)
        async with opened(settings_of(database, tmp_path), way) as office:
            browser, proof = await signed_in(office, "everybody")
            for address in FORMS:
                assert (await send(browser, address, proof)).status_code == 503
            assert (await browser.open("/revisjon/logg/grants")).status_code == 503

    asyncio.run(go())
    assert evil.asked == []
    assert len(service.asked) >= len(FORMS)
