"""2020 as it was, played through the REST API by its people: letters registered, named grants and their letters
imported as decided before this system, paid, and the second half of Født Fri's money held back.

Recipients and amounts are the letters' own. The days of Født Fri's case are public facts; other days, voucher and
document numbers are the demonstration's, and say so. Every act carries a key of its own, so a year that has been played
before is found, not played twice.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.dated_back import allow_back_dating
from dev.people import People
from dev.schemes import register_schemes

LETTERS = Path(__file__).parent.parent / "data" / "letters" / "2020"
RESOURCES = "2020/291/71/nasjonale-ressursmiljo"
COVID = "2020/291/71/frivillige-organisasjoner/informasjonstiltak-koronavirus"
FODT_FRI = f"{RESOURCES}/fodt-fri"

KARI, INGRID, PER, ANNE = "kari-saksbehandler", "ingrid-godkjenner", "per-attestant", "anne-controller"


@dataclass(frozen=True)
class Plan:
    """How the grants of one letter's table are played: why, on which terms, and on which days."""

    fund: str
    letter: int
    section: str
    purpose: str
    term: str
    decided_on: str
    released_on: str
    paid_on: tuple[str, ...]


PLANS = (
    Plan(
        fund=RESOURCES,
        letter=0,
        section="5.1, kap. 291 post 71",
        purpose="Tilskudd til nasjonale ressursmiljø på integreringsfeltet 2020",
        term="Midlene brukes i tråd med Prop. 1 S (2019–2020). Rapport og regnskap leveres etter årets slutt.",
        decided_on="2020-02-03",
        released_on="2020-02-10",
        paid_on=("2020-02-28", "2020-09-15"),
    ),
    Plan(
        fund=COVID,
        letter=2,
        section="4.2, oppdrag 2020-14",
        purpose="Informasjonstiltak om koronaviruset rettet mot innvandrerbefolkningen",
        term="Helsemyndighetenes råd legges til grunn, og informasjonen spres også på andre språk enn norsk.",
        decided_on="2020-04-08",
        released_on="2020-04-14",
        paid_on=("2020-04-20",),
    ),
)


def play(base_url: str, tokens: Mapping[str, str]) -> None:
    """Plays the year, or finds it played. Raises Unexpected if the service answers otherwise."""
    people = People(base_url, tokens)
    days = allow_back_dating(people, proposes=ANNE, confirms=INGRID)
    say(f"  Decisions may be dated {days} days back here: set by {ANNE} and {INGRID}, for 2020 is played today")
    for file in sorted(LETTERS.glob("*.yaml")):
        register(people, file)
    schemes, calls = register_schemes(people, writes=KARI, publishes=INGRID)
    say(f"  {schemes} grant schemes registered, their notice policies confirmed by another, {calls} calls published")
    funds = people.reads("/v1/posts/2020/291/71/funds?valid_at=2020-12-31&limit=500")["items"]
    known = granted_here(people, funds)
    for plan in PLANS:
        named = [fund for fund in funds if fund["kind"] == "recipient" and fund["parent_id"] == plan.fund]
        total_ore = sum(fund["at_disposal_ore"] for fund in named)
        for fund in named:
            if fund["fund_id"] not in known:
                grant(people, plan, fund)
        say(f"  Letter {plan.letter}: {len(named)} named recipients promised {kroner(total_ore)}, letters out, paid")
    post = people.reads("/v1/posts/2020/291/71?valid_at=2020-12-31")
    figures = ((name, kroner(post[f"{name}_ore"])) for name in ("committed", "disbursed", "withheld", "remaining"))
    say("  291/71 at the end of 2020: " + ", ".join(f"{name} {amount}" for name, amount in figures))


def register(people: People, file: Path) -> None:
    """The controller sends one letter as transcribed."""
    source = file.read_bytes()
    act = f"{file.stem}:{hashlib.sha256(source).hexdigest()[:16]}"
    sent: dict[str, Any] = {"content": source, "headers": {"Content-Type": "application/yaml"}}
    answer = people.does(ANNE, "POST", "/v1/letters", act, **sent).json()
    say(f"  Letter {answer['number']} of {answer['year']} registered: {answer['title']}")


def granted_here(people: People, funds: Sequence[Mapping[str, Any]]) -> set[str]:
    """The funds whose grants an older Tilsagn played as approved here: they stand as they were, and are not played
    anew."""
    entries = people.reads("/v1/posts/2020/291/71/entries?valid_at=2020-12-31&limit=500")["items"]
    approved = {f"case-{entry['case_id']}" for entry in entries if entry["ground"] == "award.approved.v1"}
    return {fund["parent_id"] for fund in funds if fund["fund_id"] in approved}


def grant(people: People, plan: Plan, fund: Mapping[str, Any]) -> None:
    """Record the award and its letter as decided and sent before this system, each by two people, and pay; or, for
    Født Fri's second half, withhold."""
    fund_id, amount_ore = fund["fund_id"], fund["at_disposal_ore"]
    parts = split(amount_ore, len(plan.paid_on))
    name = fund_id.removeprefix("2020/291/71/")
    proposal = {
        "fund_id": fund_id,
        "recipient": {"name": fund["name"]},
        "amount_ore": amount_ore,
        "purpose": plan.purpose,
        "terms": [plan.term],
        "instalments": [{"number": n, "amount_ore": part} for n, part in enumerate(parts, 1)],
        "basis": {"kind": "named", "year": 2020, "letter": plan.letter, "section": plan.section},
    }
    document = f"demonstrasjon-{fund_id.rpartition('/')[2]}"
    outside = {
        "decided_on": plan.decided_on,
        "disposal_authority": "Instruks 4.2, demonstrasjon",
        "document": document,
        "document_sha256": hashlib.sha256(document.encode()).hexdigest(),
    }
    opened = people.does(KARI, "POST", "/v1/award-imports", f"{name}:import", json=proposal | outside)
    case, seen = opened.headers["Location"], opened.headers["ETag"]

    def does(person: str, method: str, path: str, act: str, **body: Any) -> None:
        nonlocal seen
        sent = {"json": body} if body else {}
        seen = people.does(person, method, f"{case}/{path}", f"{name}:{act}", seen=seen, **sent).headers["ETag"]

    does(INGRID, "PUT", "award/import/confirmation", "confirm-import")
    does(KARI, "PUT", "letter-release", "claim-letter", released_on=plan.released_on, document=document)
    does(INGRID, "PUT", "letter-release/confirmation", "confirm-letter")
    for number, (part, paid_on) in enumerate(zip(parts, plan.paid_on, strict=True), 1):
        if fund_id == FODT_FRI and number == len(parts):
            withhold(does, number, part)
        else:
            voucher = f"demo-{plan.letter}-{fund_id.rpartition('/')[2]}-{number}"
            payment = {"amount_ore": part, "paid_on": paid_on, "reference": voucher}
            does(PER, "POST", f"instalments/{number}/payments", f"pay-{number}", **payment)


def withhold(does: Any, number: int, amount_ore: int) -> None:
    """Født Fri: warned on 11 August, withheld on 2 November (public facts); the reply period is the demonstration's."""
    reasons = [{"code": "terms-broken", "text": "Vilkårene for tilskuddet er ikke oppfylt (demonstrasjon)."}]
    warning = {"amount_ore": amount_ore, "reasons": reasons, "reply_by": "2020-09-01", "warned_on": "2020-08-11"}
    does(KARI, "PUT", f"instalments/{number}/warning", "warn", **warning)
    decision = {"instalment": number, "amount_ore": amount_ore, "reasons": reasons, "decided_on": "2020-11-02"}
    does(INGRID, "POST", "withholdings", "withhold", **decision)
    say(f"  Født Fri: instalment {number} of {kroner(amount_ore)} withheld from 2 November 2020")


def split(amount_ore: int, parts: int) -> list[int]:
    """Equal parts in whole øre; the first takes what is left over."""
    each = amount_ore // parts
    return [amount_ore - each * (parts - 1)] + [each] * (parts - 1)


def kroner(amount_ore: int) -> str:
    return f"{amount_ore // 100:,} kroner".replace(",", " ")


def say(line: str) -> None:
    """Progress, seen at once."""
    print(line, flush=True)
