"""`make verify` against the bare loop that reads the same rows and hashes them, and how its memory grows.

    python -m bench.verifying [EVENTS] [MORE EVENTS]

Small by default; 100000 1000000 is the size that counts. Ends with what did not reach its target.
"""

import contextlib
import io
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg_pool import AsyncConnectionPool

from bench.ground import EARMARK, POST, Ground, ground
from bench.left import fill
from bench.measure import Figure, compared, timed
from dev.verifying.commands import check_commands
from dev.verifying.reading import rows
from dev.verifying.signatures import check_signatures, read_signatures
from dev.verifying.whole import look_at_all
from migrations import SERVICES, upgrade
from migrations.roles import LOGINS, prepare, url
from services.calendar.clock import today
from services.eventlog.checkpoints.chain import COLUMNS, Chain, StoredEvent
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY, Checkpoints
from services.eventlog.checkpoints.checkpointer import Checkpointer
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.back_dating.events import BoundConfirmed, BoundProposed, DecisionBackDated
from services.grants.back_dating.guard import STREAM as BACK_DATING
from services.grants.balance.digest import read_digest
from services.grants.balance.movements import effects
from services.grants.budget_year.events.allocation import FundOpened, LetterRegistered, Posting, Statement
from services.grants.budget_year.letter import Dated, Letter
from services.grants.case.events.award import AwardApproved, AwardProposed, Instalment, NamedIn, Recipient
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.scheme.events import NoticePolicy, Source
from services.grants.scheme.notice_policy.events import NoticePolicyConfirmed
from services.notifications.gate.digest import read_digest as digest_of_the_gate

SMALL, LARGE = 3_000, 9_000
ROUNDS = 5
OF_A_CASE = 4
CASES_TOGETHER = 100
EVENTS = f"SELECT {COLUMNS} FROM {{}}.event ORDER BY position"
NEW_YEAR = date(2020, 1, 1)
TODAY = today()
BOUND: dict[str, Any] = {"days": 36_500, "valid_from": TODAY, "reason": "Et etterslep."}


EXEMPT = NoticePolicyConfirmed(
    policy=NoticePolicy(
        rule="exempt", source=Source(document="Instruks", section="5.4"), valid_from=NEW_YEAR, document_sha256="0" * 64
    ),
    written_by=("siri",),
    confirmed_by="liv",
)


def letter() -> LetterRegistered:
    """A post and an earmark with room for everything."""
    kept: dict[str, Any] = {"year": 2020, "chapter": 291, "post": "71"}
    given: dict[str, Any] = {"effective_on": NEW_YEAR, "of_which_carried_over_ore": 0, "ground": "allocated"}
    given |= {"letter_number": 0, "cite": "4.2", "at_disposal_ore": 10**15}
    return LetterRegistered(
        letter=Letter(
            year=2020, number=0, title="-", reference=None, dated=Dated(on=NEW_YEAR, ground="printed", reason=None)
        ),
        source_sha256="0" * 64,
        registered_by="siri",
        funds=(
            FundOpened(fund_id=POST, kind="post", name="Tilskudd", **kept),
            FundOpened(fund_id=EARMARK, kind="earmark", name="Ressursmiljø", **kept),
        ),
        postings=(Posting(fund_id=POST, **given), Posting(fund_id=EARMARK, **given)),
        statements=(Statement(fund_id=POST, effective_on=NEW_YEAR, name="transferable", amount=1),),
    )


def life(number: int) -> tuple[Event, ...]:
    """A case: proposed, approved on a day of that year, which is said and why, and paid. No letter is sent of it."""
    day = NEW_YEAR + timedelta(days=30 + number % 300)
    back = {"day": day, "today": TODAY, "bound_days": BOUND["days"], "reason": "Et etterslep.", "dated_by": "ola"}
    return (
        AwardProposed(
            fund_id=EARMARK, recipient=Recipient(name=f"Forening {number}", organisation_number="974760673"),
            amount_ore=600, purpose="Drift", terms=("Rapport",), proposed_by="kari",
            instalments=(Instalment(number=1, amount_ore=600),), basis=NamedIn(year=2020, letter=0, section="4.2.5"),
        ),
        AwardApproved(
            fund_id=EARMARK, amount_ore=600, approved_on=day, approved_by="ola", disposal_authority="Instruks 4.2",
            across_years=False, letter_owed=False, scheme_id="bench-2020",
        ),
        DecisionBackDated(decisions=(AwardApproved.TOPIC,), **back),
        InstalmentPaid(instalment=1, amount_ore=600, paid_on=day, reference="b1", attested_by="per"),
    )  # fmt: skip


def plain(number: int) -> tuple[UUID, tuple[Event, ...]]:
    """A case that is not numbered: its name is none that a case is opened under."""
    return UUID(int=number), life(number)


@contextmanager
def filled(
    here: Ground,
    folder: Path,
    events: int,
    *,
    case: Callable[[int], tuple[UUID, tuple[Event, ...]]] = plain,
    of_a_case: int = OF_A_CASE,
    letters: Sequence[Event] = (),
) -> Iterator[str]:
    """A database of so many facts, signed for to its end; how its reader reaches it. `letters` are what the year begins
    with, and `case` gives the name of each and its facts, of which there are so many."""
    name = f"verify_{events}"
    prepare(here.admin_dsn, name, {login.name: "bench" for login in LOGINS})
    dsn = url(here.admin_dsn, database=name, user="grants_service", password="bench")
    for service in SERVICES:
        upgrade(url(here.admin_dsn, database=name, user="tilsagn_migrator", password="bench"), service)
    log = Log(dsn, AsyncConnectionPool(dsn, open=False), schema="grants", effects=effects)
    log.append_now(Command(actor="siri"), Write("allocation-2020", 0, tuple(letters) or (letter(),)))
    log.append_now(Command(actor="liv"), Write("scheme-bench-2020", 0, (EXEMPT,)))
    log.append_now(Command(actor="siri"), Write(BACK_DATING, 0, (BoundProposed(**BOUND, proposed_by="siri"),)))
    log.append_now(Command(actor="liv"), Write(BACK_DATING, 1, (BoundConfirmed(**BOUND, confirmed_by="liv"),)))
    for first in range(0, events // of_a_case, CASES_TOGETHER):
        cases = range(first, first + CASES_TOGETHER)
        writes = [Write(f"case-{name}", 0, facts) for name, facts in map(case, cases)]
        outcome = log.append_now(Command(actor="kari"), *writes)
        assert outcome.outcome == "recorded", outcome
    log.close()
    signed(here, dsn, folder, name, log="grants", digest=read_digest)
    yield url(here.admin_dsn, database=name, user="grants_reader", password="bench")


@contextmanager
def left(here: Ground, folder: Path, events: int) -> Iterator[str]:
    """The same of the notifications log: letters that left."""
    name = f"left_{events}"
    prepare(here.admin_dsn, name, {login.name: "bench" for login in LOGINS})
    for service in SERVICES:
        upgrade(url(here.admin_dsn, database=name, user="tilsagn_migrator", password="bench"), service)
    dsn = url(here.admin_dsn, database=name, user="notifications_service", password="bench")
    fill(dsn, url(here.admin_dsn, database=name), events)
    signed(here, dsn, folder, name, log="notifications", digest=digest_of_the_gate)
    yield url(here.admin_dsn, database=name, user="notifications_reader", password="bench")


def signed(here: Ground, dsn: str, folder: Path, name: str, **of: Any) -> None:
    """The log is signed to its end, and at rest."""
    assert Checkpointer(dsn, Checkpoints(folder / name), Ed25519PrivateKey.generate(), **of).sign()
    with psycopg.connect(url(here.admin_dsn, database=name), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def bare(dsn: str, log: str = "grants") -> None:
    """Read every row and hash what varies in it, each with the one before."""
    previous = b""
    with psycopg.connect(dsn) as connection:
        for row in rows(connection, "bare", EVENTS.format(log)):
            previous = sha256(previous + row[4] + row[5]).digest()


def chained(dsn: str, folder: Path) -> None:
    """Both chains and the signatures."""
    signatures, faults = read_signatures(folder, folder / PUBLIC_KEY)
    with psycopg.connect(dsn) as connection:
        chain = Chain({made.position: bytes.fromhex(made.hash) for made in signatures.made})
        for row in rows(connection, "events", EVENTS.format("grants")):
            chain.follow(StoredEvent(*row))
        faults += chain.end() + check_commands(connection, "grants", {})[1]
        faults += check_signatures(connection, "grants", signatures)[1]
    assert faults == [], faults


def whole(dsn: str, folder: Path) -> None:
    """All that `make verify` does of one log, and the very same: days of decisions, who was told first and what notices
    say, and the schema. But for the read models, which nobody filled here."""
    schema = "notifications" if folder.name.startswith("left") else "grants"
    with contextlib.redirect_stdout(said := io.StringIO()):
        wrong = look_at_all({schema: dsn}, {schema: folder}, {schema: folder / PUBLIC_KEY}, without_views=True)
    assert wrong == 0, said.getvalue()
    assert re.search(r"\b1 checkpoints\b", said.getvalue()), said.getvalue()


def ratios(dsn: str, ours: Callable[[], None], log: str = "grants") -> Iterator[float]:
    for _ in range(ROUNDS):
        mine = timed(ours)
        yield timed(lambda: bare(dsn, log)) / mine


def memory(dsn: str, folder: Path) -> float:
    """The most memory a process of its own, and one that it began, held while it verified everything (KiB)."""
    asked = [sys.executable, "-m", "bench.verifying", "--held", dsn, str(folder)]
    return float(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)


def verifying(here: Ground, small: int = SMALL, large: int = LARGE) -> list[Figure]:
    """The rate of the chains and of everything to the bare loop's, and the memory of the large log to the small's."""
    with TemporaryDirectory() as kept, filled(here, Path(kept), small) as few, filled(here, Path(kept), large) as many:
        at = Path(kept) / f"verify_{large}"
        return [
            compared(f"chain and signatures of {large:,} events, to the bare loop",
                     ratios(many, lambda: chained(many, at)), least=1 / 3),
            compared(f"everything recomputed of {large:,} events, to the bare loop",
                     ratios(many, lambda: whole(many, at)), least=0.1),
            compared(f"memory at {large:,} events, to that at {small:,}",
                     iter([memory(many, at) / memory(few, Path(kept) / f"verify_{small}")]), most=1.2),
            *of_letters(here, Path(kept), small, large),
        ]  # fmt: skip


def of_letters(here: Ground, kept: Path, small: int, large: int) -> list[Figure]:
    """The rate of everything about a log of letters to the bare loop's, and the memory of a large one to a small's."""
    with left(here, kept, small) as few, left(here, kept, large) as many:
        at = kept / f"left_{large}"
        held = memory(many, at) / memory(few, kept / f"left_{small}")
        return [
            compared(f"everything recomputed of {large:,} events of letters, to the bare loop",
                     ratios(many, lambda: whole(many, at), log="notifications"), least=0.1),
            compared(f"memory at {large:,} events of letters, to that at {small:,}", iter([held]), most=1.2),
        ]  # fmt: skip


def main() -> None:
    if sys.argv[1:2] == ["--held"]:
        whole(sys.argv[2], Path(sys.argv[3]))
        held = (resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(sum(held))
        return
    small, large = [int(size) for size in sys.argv[1:3]] or [SMALL, LARGE]
    with ground() as here:
        for figure in verifying(here, small, large):
            print(figure, flush=True)


if __name__ == "__main__":
    main()
