"""A small year on a real log: a letter with one post and an earmark, and cases that are awarded, paid and withheld."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg_pool import AsyncConnectionPool

from services.eventlog.checkpoints.checkpoint import Checkpoints
from services.eventlog.checkpoints.checkpointer import Checkpointer
from services.eventlog.command import Command, Outcome, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.balance.digest import read_digest
from services.grants.balance.movements import effects
from services.grants.budget_year.events.allocation import FundOpened, LetterRegistered, Posting, Statement
from services.grants.budget_year.letter import Dated, Letter
from services.grants.case.events.award import AwardApproved, AwardProposed, Instalment, NamedIn, Recipient
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.case.events.withholding import Reason, WithholdingDecided, WithholdingReleased
from tests.conftest import Database

POST, EARMARK = "2020/291/71", "2020/291/71/ressursmiljo"
NEW_YEAR = date(2020, 1, 1)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def fund(fund_id: str, kind: str, name: str) -> FundOpened:
    return FundOpened(fund_id=fund_id, kind=kind, name=name, year=2020, chapter=291, post="71")  # type: ignore[arg-type]


def letter(number: int, on: date, *postings: tuple[str, int], funds: tuple[FundOpened, ...] = ()) -> LetterRegistered:
    """A letter that puts so many øre at the disposal of these funds."""
    dated = Dated(on=on, ground="printed", reason=None)
    return LetterRegistered(
        letter=Letter(year=2020, number=number, title="Tildelingsbrev", reference=None, dated=dated),
        source_sha256="0" * 64,
        registered_by="siri",
        funds=funds,
        postings=tuple(
            Posting(
                fund_id=fund_id, effective_on=on, at_disposal_ore=ore, of_which_carried_over_ore=0,
                ground="allocated", letter_number=number, cite="4.2",
            )
            for fund_id, ore in postings
        ),
        statements=(Statement(fund_id=POST, effective_on=on, name="transferable", amount=1),),
    )  # fmt: skip


def case(number: int) -> str:
    return f"case-{UUID(int=number)}"


def life(number: int, amount_ore: int = 600, *, on: date | None = None) -> list[Event]:
    """All that happens to one case: awarded, half of it paid, the rest withheld and a part of that released. All of it
    on one day, where that is given."""
    day = on or NEW_YEAR + timedelta(days=30 + number % 300)
    later = timedelta(days=0 if on else 1)
    reasons = (Reason(code="other", text="Regnskapet mangler."),)
    half = amount_ore // 2
    return [
        AwardProposed(
            fund_id=EARMARK, recipient=Recipient(name=f"Forening {number}", organisation_number="974760673"),
            amount_ore=amount_ore, purpose="Drift", terms=("Rapport",), proposed_by="kari",
            instalments=(Instalment(number=1, amount_ore=half), Instalment(number=2, amount_ore=amount_ore - half)),
            basis=NamedIn(year=2020, letter=0, section="4.2.5"),
        ),
        AwardApproved(
            fund_id=EARMARK, amount_ore=amount_ore, approved_on=day, approved_by="ola",
            disposal_authority="Instruks 4.2", across_years=False,
        ),
        InstalmentPaid(instalment=1, amount_ore=half, paid_on=day, reference="b1", attested_by="per"),
        WithholdingDecided(
            number=1, instalment=2, amount_ore=half, reasons=reasons, prepared_reasons=reasons, reasons_changed=False,
            exemption=None, decided_on=day + later, decided_by="ola",
        ),
        WithholdingReleased(
            number=1, instalment=2, amount_ore=half // 3, reason="Levert.", released_on=day + 2 * later,
            released_by="ola",
        ),
    ]  # fmt: skip


class Played:
    """A log that is written by its own code, with its balances, and the place of its checkpoints."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.pool = AsyncConnectionPool(database.service_dsn, open=False)
        self.log = Log(database.service_dsn, self.pool, schema="grants", effects=effects)
        self.checkpoints = Checkpoints(folder / "checkpoints")
        self.checkpointer = Checkpointer(
            database.service_dsn, self.checkpoints, KEY, log="grants", digest=read_digest, registry=None
        )

    def say(self, stream: str, after: int, *events: Event, actor: str = "kari") -> Outcome:
        outcome = self.log.append_now(Command(actor=actor), Write(stream, after, tuple(events)))
        assert outcome.outcome == "recorded", outcome
        return outcome

    def open_year(self) -> None:
        funds = (fund(POST, "post", "Tilskudd"), fund(EARMARK, "earmark", "Ressursmiljø"))
        self.say("allocation-2020", 0, letter(0, NEW_YEAR, (POST, 1_000_000), (EARMARK, 600_000), funds=funds))

    def live_through(self, *numbers: int) -> None:
        """Each of these cases from beginning to end, one command a step."""
        for number in numbers:
            for version, event in enumerate(life(number)):
                self.say(case(number), version, event)


@contextmanager
def played(database: Database, folder: Path) -> Iterator[Played]:
    year = Played(database, folder)
    try:
        yield year
    finally:
        year.log.close()
