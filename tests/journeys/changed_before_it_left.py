"""What the tests of changed before it left build, for other tests to use as well."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.inbox.follower import Follower
from tests.conftest import Database
from tests.faults.service import open_funds
from tests.grants.award.change_routes import DECIDED
from tests.grants.award.letter_routes import SCHEME, record
from tests.grants.fodt_fri import MILLION
from tests.journeys.two_services import FREE, Town, confirmed, scheme

TWO: dict[str, Any] = {
    "amount_ore": 2 * MILLION,
    "instalments": [{"number": 1, "amount_ore": MILLION}, {"number": 2, "amount_ore": MILLION}],
}
WRONG = {"code": "reversal-invalid", "text": "Vedtaket var ugyldig."}
NEIGHBOUR: dict[str, Any] = {
    "disputed": "award", "decision_arrived_on": "2020-09-01", "lodged_on": "2020-09-01",
    "grounds": "Vi søkte om de samme midlene.", "party": {"name": "Naboforeningen"},
}  # fmt: skip
ANNULMENT = {"kind": "annulment", "ground": WRONG}


@dataclass
class Lag:
    """Whether what one service tells is held up on its way to the other, by the name of who tells. `passes` is then
    not set."""

    held_up: set[str]
    passes: asyncio.Event

    def hold_up(self, who: str) -> None:
        self.held_up.add(who)
        self.passes.clear()

    def let_pass(self) -> None:
        self.held_up.clear()
        self.passes.set()


@pytest.fixture
def lag(monkeypatch: pytest.MonkeyPatch) -> Lag:
    """Thousands of messages may wait: nothing of them is taken in until the test lets it."""
    it = Lag(set(), asyncio.Event())
    ask = Follower._ask

    async def held_up(follower: Follower, at: Any) -> Any:
        answered = await ask(follower, at)
        if follower._source.name in it.held_up:
            await it.passes.wait()
        return answered

    monkeypatch.setattr(Follower, "_ask", held_up)
    return it


async def held_letter(here: Town) -> tuple[str, str]:
    """A case whose letter owes no days and is here, bytes and all: its address in each service."""
    case, award = await here.approved_award(**TWO)
    await here.comes(award, lambda it: it["state"] == "held" and it["blocked"] is None)
    await here.has_bytes(award)
    return case, award


async def changed(here: Town, case: str, change: dict[str, Any]) -> Any:
    """Two people change the award, or are told why not."""
    proposed = await here.acts_on("kari", "POST", case, "award/changes", change)
    assert proposed.is_success, proposed.text
    return await here.acts_on("ola", "PUT", case, "award/changes/approval", DECIDED)


def left(folder: Path) -> int:
    return len(list((folder / "outbox").glob("*/*.pdf")))


def prepared(database: Database) -> None:
    open_funds(database, post_ore=100 * MILLION, fodt_fri=100 * MILLION)
    record(database, **{f"scheme_{SCHEME}": (scheme(FREE), confirmed(FREE))})
