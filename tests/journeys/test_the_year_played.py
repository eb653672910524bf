"""The year as `make run` plays it: a running service, the real letters, and the people of the demonstration."""

from pathlib import Path
from typing import Any

import httpx

from dev.people import PEOPLE
from dev.play2020 import play
from tests.conftest import Database
from tests.faults.service import issuer_of, running, settings_of
from tests.patience import PATIENCE_SECONDS

MILLION_ORE = 100_000_000
POST = "2020/291/71"
KRONER = {
    (290, 1): 291_964_000,
    (291, 60): 7_068_926_000,
    (291, 61): 1_612_175_000,
    (291, 62): 227_971_000,
    (291, 71): 145_443_000,
    (292, 60): 1_286_502_000,
}


def test_the_year_2020_stands_as_the_letters_and_the_cases_say(database: Database, tmp_path: Path) -> None:
    settings = settings_of(database, tmp_path)
    issuer = issuer_of(settings)
    tokens = {person: issuer.mint(person, roles) for person, roles in PEOPLE.items()}
    with running(settings, tmp_path) as service:
        reader = httpx.Client(
            base_url=service.address,
            timeout=PATIENCE_SECONDS,
            headers={"Authorization": f"Bearer {tokens['riksrevisjonen']}"},
            params={"valid_at": "2020-12-31", "limit": "500"},
        )
        with reader:
            play(service.address, tokens)
            before = figures(reader)
            play(service.address, tokens)
            assert figures(reader) == before, "a year that has been played is found, not played twice"

    posts, funds = before
    assert {place: posts[place]["at_disposal_ore"] // 100 for place in KRONER} == KRONER
    named = posts[291, 71]
    assert named["transferable"]
    assert named["withheld_ore"] == 3 * MILLION_ORE
    assert named["disbursed_ore"] == named["committed_ore"] - 3 * MILLION_ORE
    assert funds[f"{POST}/nasjonale-ressursmiljo"]["committed_ore"] == 42_110_000 * 100
    covid = f"{POST}/frivillige-organisasjoner/informasjonstiltak-koronavirus"
    assert funds[covid]["committed_ore"] == 6_580_000 * 100
    assert named["committed_ore"] == (42_110_000 + 6_580_000) * 100
    fodt_fri = funds[f"{POST}/nasjonale-ressursmiljo/fodt-fri"]
    assert (fodt_fri["disbursed_ore"], fodt_fri["withheld_ore"]) == (3 * MILLION_ORE, 3 * MILLION_ORE)


def figures(reader: httpx.Client) -> tuple[dict[tuple[int, int], dict[str, Any]], dict[str, dict[str, Any]]]:
    """The posts of the year, and the funds under 291/71 with the cases' own, at the end of the year."""
    posts = reader.get("/v1/posts", params={"year": "2020"}).json()["items"]
    funds = reader.get("/v1/posts/2020/291/71/funds").json()["items"]
    return {(post["chapter"], post["post"]): post for post in posts}, {fund["fund_id"]: fund for fund in funds}
