"""A whole round in one HTTP request, beside the raw insert of the same rows: its events and command, its cases' lines
in the tree of funds, and the entries of all three levels.

The floor that is meant is the least a program could do that has the rows and sends them: one COPY a table, in binary,
all of them in one commit, into tables of the same shape with nothing checked, chained or summed. Two other floors are
told beside it. A row at a time, pipelined and prepared (`executemany`), is what most programs do, and easier to reach.
Rows that lie in the database already, copied there, never meet a program, so that none can reach it.
"""

import csv
import io
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date
from functools import partial
from itertools import count
from statistics import median
from typing import Any

import httpx
import psycopg

from bench.bare import bare_rows
from bench.ground import EARMARK, METADATA, Ground
from bench.measure import Figure, compared, timed
from bench.serving import served
from services.eventlog.command import Command
from services.eventlog.mapper import encode
from services.eventlog.writing.writer import Row, Waiting, Writer
from services.grants.budget_year.events.allocation import LetterRegistered
from services.grants.budget_year.letter import Dated, Letter
from services.grants.registers.municipalities import list_municipalities
from services.grants.registers.organisation_numbers import is_organisation_number
from services.grants.scheme.events import Basis, NoticePolicy, SchemeRegistered, SchemeTerms, Source
from services.grants.scheme.notice_policy.events import NoticePolicyConfirmed
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer

AWARDS, LINES, ROUNDS = 1_000, 5_000, 5
NEW_YEAR = date(2020, 1, 1)


class Office:
    """One who prepares rounds and one who approves them, at the service."""

    def __init__(self, base_url: str, issuer: DevelopmentIssuer) -> None:
        self.client = httpx.Client(base_url=base_url, timeout=120)
        self.tokens = {role: issuer.mint(role, {role}, ttl_seconds=3600) for role in (Role.caseworker, Role.approver)}
        self.keys = count(1)

    def act(self, role: Role, method: str, path: str, *, seen: str | None = None, **sent: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[role]}", "Idempotency-Key": f"bench-{next(self.keys)}"}
        headers |= ({"If-Match": seen} if seen else {}) | sent.pop("headers", {})
        answer = self.client.request(method, path, headers=headers, **sent)
        assert answer.is_success, answer.text
        return answer

    def opens(self, scheme_id: str) -> httpx.Response:
        asked = {"scheme_id": scheme_id, "name": "bench", "opened_on": "2020-05-05"}
        return self.act(Role.caseworker, "POST", "/v1/rounds", json=asked)

    def imports(self, address: str, seen: str, content: bytes) -> None:
        csv_file = {"Content-Type": "text/csv"}
        self.act(Role.caseworker, "POST", f"{address}/batches", seen=seen, content=content, headers=csv_file)

    def approves(self, address: str, seen: str) -> None:
        asked = {"approved_on": "2020-05-05", "disposal_authority": "bench"}
        self.act(Role.approver, "PUT", f"{address}/approval", seen=seen, json=asked)


def rounds(ground: Ground) -> list[Figure]:
    """A round of 1,000 awards approved in one request, and a per-capita file of 5,000 lines imported and approved, each
    to its bare rows."""
    register(ground, "named")
    register(ground, "per-capita")
    with served(ground) as (base_url, issuer):
        office = Office(base_url, issuer)
        pairs = {
            f"{AWARDS} awards approved in one request, to their rows": list(_approved(ground, office)),
            f"{LINES} per-capita lines imported and approved, to their rows": list(_imported(ground, office)),
        }
    return [
        compared(name, (pair.mine_to("copied") for pair in each), least=0.3, note=note(each))
        for name, each in pairs.items()
    ]


def note(pairs: Sequence["Pair"]) -> str:
    """The same held against the two other floors."""
    by_row, inside = (median(pair.mine_to(floor) for pair in pairs) for floor in ("by_row", "inside"))
    return f"({by_row:.2f} of a row at a time, {inside:.2f} of copying them inside the database)"


@dataclass(frozen=True)
class Pair:
    """Seconds of one act of ours, and of its rows coming in bare: by COPY, a row at a time, and inside the database."""

    mine: float
    copied: float
    by_row: float
    inside: float

    def mine_to(self, floor: str) -> float:
        """Our speed to that floor's."""
        return float(getattr(self, floor)) / self.mine


def _approved(ground: Ground, office: Office) -> Iterator[Pair]:
    recipient = {"recipient": {"name": "Født Fri"}, "named_in": {"year": 2020, "letter": 0, "section": "5.1"}}
    lines = {"lines": [{"fund_id": EARMARK, "amount_ore": 100} | recipient] * AWARDS}
    for nth in range(ROUNDS + 1):
        opened = office.opens("named-2020")
        address, seen = opened.headers["Location"], opened.headers["ETag"]
        filled = office.act(Role.caseworker, "POST", f"{address}/lines", seen=seen, json=lines)
        pair = beside_bare(ground, partial(office.approves, address, filled.headers["ETag"]))
        if nth:
            yield pair


def _imported(ground: Ground, office: Office) -> Iterator[Pair]:
    for nth in range(ROUNDS + 1):
        opened = office.opens("per-capita-2020")
        address, seen = opened.headers["Location"], opened.headers["ETag"]
        imported = beside_bare(ground, partial(office.imports, address, seen, batch(f"regel {nth}")))
        approved = beside_bare(ground, partial(office.approves, address, '"2"'))
        if nth:
            yield Pair(*(sum(each) for each in zip(astuple(imported), astuple(approved), strict=True)))


def beside_bare(ground: Ground, act: Callable[[], object]) -> Pair:
    """The act, once the read models have caught up with what came before, and then its rows."""
    after = last_position(ground)
    wait_for_views(ground, after)
    mine = timed(act)
    wait_for_views(ground, last_position(ground))
    return Pair(mine, *bare_rows(ground, after))


def wait_for_views(ground: Ground, position: int) -> None:
    """Read models follow the log by themselves; neither side of a pair is to bear them."""
    behind = "SELECT count(*) FROM grants_view.edition WHERE state = 'live' AND position < %s"
    with psycopg.connect(ground.admin_dsn, autocommit=True) as connection:
        while connection.execute(behind, (position,)).fetchone() != (0,):
            time.sleep(0.05)


def register(ground: Ground, basis: Basis) -> None:
    """A scheme of that basis on the earmark, without a letter of its own."""
    source = Source(document="bench", section="bench")
    terms = SchemeTerms(
        name="bench",
        fund_ids=(EARMARK,),
        basis=basis,
        notice=NoticePolicy(rule="exempt", source=source, valid_from=NEW_YEAR),
        source=source,
        aim="bench",
        control="bench",
        letter_template=None,
        acceptance_required=False,
    )
    scheme_id = f"{basis}-2020"
    fact = SchemeRegistered(scheme_id=scheme_id, year=2020, terms=terms, registered_on=NEW_YEAR, registered_by="bench")
    policy = replace(terms.notice, document_sha256="cd" * 32)
    exempt = NoticePolicyConfirmed(policy=policy, written_by=("bench",), confirmed_by="another")
    rows = [
        Row(f"scheme-{scheme_id}", nth, each.TOPIC, encode(each), METADATA)
        for nth, each in enumerate((fact, exempt), 1)
    ]
    if basis == "named":
        letter = letter_naming_them()
        rows.append(Row("allocation-2020", 2, letter.TOPIC, encode(letter), METADATA))
    writer = Writer(ground.service_dsn, "grants")
    assert writer.submit(Waiting(Command(actor="bench"), rows, None)).result().outcome == "recorded"
    writer.close()


def letter_naming_them() -> LetterRegistered:
    """The letter the awards of a round stand on. The money is there already, so it moves none."""
    dated = Dated(on=NEW_YEAR, ground="printed", reason=None)
    letter = Letter(year=2020, number=0, title="bench", reference=None, dated=dated)
    return LetterRegistered(
        letter=letter, source_sha256="", registered_by="bench", funds=(), postings=(), statements=()
    )


def batch(rule: str) -> bytes:
    """A file of so many lines: every municipality of the year, month by month."""
    places = list_municipalities(NEW_YEAR)
    numbers = {place.number: number for place, number in zip(places, valid_numbers(), strict=False)}
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(
        ["municipality_number", "name", "organisation_number", "fund", "period", "rule", "count", "rate", "amount",
         "due_on"]
    )  # fmt: skip
    for nth in range(LINES):
        place, month = places[nth // 12 % len(places)], nth % 12 + 1
        part = f"{rule}, del {nth // (12 * len(places)) + 1}"
        writer.writerow(
            [
                place.number,
                place.name,
                numbers[place.number],
                EARMARK,
                f"2020-{month:02}",
                part,
                2,
                "0.50",
                "1.00",
                "2020-06-30",
            ]
        )
    return text.getvalue().encode()


def valid_numbers() -> Iterator[str]:
    """Organisation numbers, one for each municipality: what is shared is remarked on."""
    return (number for number in map(str, count(958_000_000)) if is_organisation_number(number))


def last_position(ground: Ground) -> int:
    with psycopg.connect(ground.admin_dsn) as connection:
        found = connection.execute("SELECT max(position) FROM grants.event").fetchone()
    assert found is not None
    return int(found[0])
