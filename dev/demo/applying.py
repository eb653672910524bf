"""Applications as they come in, and how they are looked at: who may, who is impartial, how good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dev.demo import told
from dev.demo.books import Books
from dev.demo.days import Days
from dev.demo.invented import Invented
from dev.demo.office import INGRID, KARI, Office
from dev.demo.payments import pay, register_accounts
from dev.demo.rounds import Grant, approve, look_ahead, open_round, release

CRITERIA = ("behov", "gjennomforing", "resultat")


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call, and the days the demonstration gives its applications."""

    call_id: str
    fund_id: str
    title: str
    arrived_on: str
    assessed_on: str
    established: bool = False


def application(call: Call, applicant: Invented, sought_ore: int) -> dict[str, Any]:
    """An application as it is registered."""
    return {
        "call_id": call.call_id,
        "applicant": applicant.applicant(),
        "title": call.title,
        "summary": "Oppdiktet søknad i demonstrasjonen.",
        "amount_sought_ore": sought_ore,
        "budget": [{"what": "Lønn og drift", "amount_ore": sought_ore}],
        "established_project": call.established,
        "arrived_on": call.arrived_on,
    }


def receive(office: Office, call: Call, sought: Mapping[Invented, int]) -> dict[Invented, str]:
    """Applications registered by Kari. Each one's case."""
    cases = {}
    for applicant, sought_ore in sought.items():
        cases[applicant] = office.opens(KARI, "/v1/applications", application(call, applicant, sought_ore))
        told.line(f"{applicant.name} søker {call.arrived_on}", sought_ore)
    return cases


def assess(office: Office, call: Call, case: str, *, score: int, recommended_ore: int | None) -> None:
    """Kari states that she is impartial, then scores every criterion with a reason."""
    office.acts(KARI, "PUT", case, "impartiality", {"impartial": True, "stated_on": call.arrived_on})
    scores = [{"criterion_id": each, "score": score, "reason": "Demonstrasjon."} for each in CRITERIA]
    assessment = {
        "version": 1,
        "scores": scores,
        "summary": "Demonstrasjon.",
        "recommended_ore": recommended_ore,
        "assessed_on": call.assessed_on,
    }
    office.acts(KARI, "POST", case, "assessments", assessment)


def reject(office: Office, call: Call, applicant: Invented, case: str) -> None:
    """Assessed, found too weak, and rejected by two people."""
    assess(office, call, case, score=1, recommended_ore=None)
    why = {"ground": "not-prioritised", "reason": "Andre søknader er prioritert (demonstrasjon)."}
    office.acts(KARI, "PUT", case, "application/rejection-proposal", why | {"proposed_on": call.assessed_on})
    office.acts(INGRID, "PUT", case, "application/rejection", {"rejected_on": call.assessed_on})
    told.line(f"{applicant.name} får avslag {call.assessed_on}: foreslått av Kari, avgjort av Ingrid")


def propose(
    office: Office,
    call: Call,
    round_at: str,
    cases: Mapping[Invented, str],
    granted: Mapping[Invented, tuple[int, ...]],
) -> Sequence[Grant]:
    """Assessed and put into the round, in the scheme's own instalments."""
    for applicant, parts in granted.items():
        assess(office, call, cases[applicant], score=4, recommended_ore=sum(parts))
    told.line(f"Kari erklærer seg habil og vurderer {len(granted)} søknader, kriterium for kriterium")
    grants = [
        Grant(
            case=cases[applicant],
            name=applicant.name,
            organisation_number=applicant.organisation_number,
            fund_id=call.fund_id,
            parts=parts,
        )
        for applicant, parts in granted.items()
    ]
    into(office, round_at, grants)
    return grants


def into(office: Office, round_at: str, grants: Sequence[Grant]) -> None:
    """Lines of the round, each in the case that was applied in."""
    lines = [
        {"case_id": grant.case.rsplit("/", 1)[1], "fund_id": grant.fund_id, "amount_ore": grant.amount_ore}
        for grant in grants
    ]
    office.acts(KARI, "POST", round_at, "lines", {"lines": lines})
    office.forgets()
    told.line(f"Kari foreslår {len(lines)} tildelinger i runden", sum(grant.amount_ore for grant in grants))


def play_call(
    office: Office,
    books: Books,
    call: Call,
    shares: Mapping[str, tuple[int, ...]],
    days: Sequence[str],
    *,
    objects: bool = False,
) -> Days[None]:
    """One call of organisations, from applications to payment. `days`: approved, letters out, terms accepted, then one
    for each instalment."""
    approved_on, released_on, accepted_on, *paid_on = days
    told.part(f"{call.title}: søknader")
    granted = {office.numbers.society(name): parts for name, parts in shares.items()}
    cases = receive(office, call, {who: sum(parts) for who, parts in granted.items()})
    scheme_id = call.call_id.partition(".")[0]
    round_at = open_round(office, scheme_id, call.title, call.assessed_on, call.call_id)
    grants = propose(office, call, round_at, cases, granted)
    look_ahead(office, round_at, approved_on)
    yield from approve(office, books, round_at, approved_on, grants, planned_on=released_on, objects=objects)
    yield from release(office, grants, released_on, accepted_on)
    register_accounts(office, grants, accepted_on)
    for number, day in enumerate(paid_on, 1):
        pay(office, books, grants, number, day)
