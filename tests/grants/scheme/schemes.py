"""The scheme the tests tell of: whole, with one call."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.grants.scheme.events import (
    ApplicantIs,
    CallPublished,
    Criterion,
    InstalmentShare,
    NoticePolicy,
    ReportDuty,
    SchemeRegistered,
    SchemeTerms,
    Source,
)

JOBBSJANSEN = "2020/291/62/jobbsjansen"
JANUARY = date(2020, 1, 15)
LETTER = Source(document="Tildelingsbrev", section="5.1")
TERMS = SchemeTerms(
    name="Jobbsjansen",
    fund_ids=(JOBBSJANSEN,),
    basis="application",
    notice=NoticePolicy(rule="notice", source=LETTER, valid_from=date(2020, 1, 1)),
    source=LETTER,
    aim="Raskt over i arbeid eller utdanning.",
    target_group="Hjemmeværende innvandrerkvinner.",
    criteria_text="Behov og gjennomføring.",
    follow_up="Rapport om bruken.",
    control="Kontroll av bruken.",
    eligibility=(ApplicantIs(kinds=("municipality",)),),
    criteria=(
        Criterion(criterion_id="behov", question="Behovet?", most=5, weight=60),
        Criterion(criterion_id="gjennomforing", question="Planen?", most=5, weight=40),
    ),
    instalments=(
        InstalmentShare(share_basis_points=5_000),
        InstalmentShare(share_basis_points=5_000, month=9, day=15),
    ),
    report_duties=(ReportDuty(kind="final", month=3, day=1, years_after=1),),
)
REGISTERED = SchemeRegistered(
    scheme_id="jobbsjansen-2020", year=2020, terms=TERMS, registered_on=date(2020, 1, 2), registered_by="kari"
)
CALL: dict[str, Any] = {
    "call_id": "jobbsjansen-2020.forste-runde",
    "title": "Første runde",
    "fund_id": JOBBSJANSEN,
    "opens_on": JANUARY,
    "closes_on": date(2020, 2, 28),
    "total_ore": 85_300_000_00,
    "published_on": JANUARY,
    "published_by": "ingrid",
}
PUBLISHED = CallPublished(**CALL, terms=TERMS)


def lacking(*names: str) -> SchemeTerms:
    """The terms without these texts."""
    blank: dict[str, Any] = dict.fromkeys(names, " ")
    return replace(TERMS, **blank)
