"""What the tests of application granted build, for other tests to use as well."""

from datetime import date
from typing import Any

from services.eventlog.events import Event
from services.grants.award.state import Award, evolve
from services.grants.case.events.application import (
    Applicant,
    ApplicationAssessed,
    ApplicationReceived,
    ImpartialityStated,
)
from services.grants.case.events.award import Applied, AwardProposed, Instalment, Recipient
from services.grants.case.events.grant_letter import LetterFrozen
from services.grants.scheme.events import NoticePolicy, SchemeTerms, Source
from tests import given as sentences
from tests.grants.fodt_fri import MILLION

FUND = "2020/291/62/jobbsjansen"
SOURCE = Source(document="Tildelingsbrev 2020", section="5.1")
TERMS = SchemeTerms(
    name="Jobbsjansen",
    fund_ids=(FUND,),
    basis="application",
    notice=NoticePolicy(rule="notice", source=SOURCE, valid_from=date(2020, 1, 1)),
    source=SOURCE,
)
received = ApplicationReceived(
    version=1,
    scheme_id="jobbsjansen-2020",
    call_id="jobbsjansen-2020.forste-runde",
    year=2020,
    applicant=Applicant(kind="municipality", name="Drammen kommune", organisation_number="921234554"),
    title="Jobbsjansen i Drammen",
    summary="Kvalifisering",
    amount_sought_ore=2 * MILLION,
    budget=(),
    established_project=True,
    form="nb",
    contact_id=None,
    arrived_on=date(2020, 2, 1),
    late=False,
    answers=None,
    findings=(),
    content_sha256="ab" * 32,
    registered_by="kari",
)
assessed = ApplicationAssessed(
    version=1,
    scores=(),
    total_basis_points=8_000,
    summary="God søknad",
    recommended_ore=2 * MILLION,
    assessed_on=date(2020, 2, 20),
    assessed_by="siri",
)
award = AwardProposed(
    fund_id=FUND,
    recipient=Recipient(name="Drammen kommune", organisation_number="921234554"),
    amount_ore=2 * MILLION,
    purpose="Jobbsjansen",
    terms=("Rapport leveres.",),
    instalments=(Instalment(number=1, amount_ore=2 * MILLION),),
    basis=Applied(call_id="jobbsjansen-2020.forste-runde", version=1),
    proposed_by="kari",
    scheme_id="jobbsjansen-2020",
)
frozen = LetterFrozen(
    proposal_version=3,
    template="grant-letter",
    form="nb",
    sha256="cd" * 32,
    size_bytes=1,
    dated_on=date(2020, 3, 1),
    frozen_by="kari",
)
partial = ImpartialityStated(person="kari", impartial=False, stated_on=date(2020, 2, 2))


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Award())


def asked(proposal: AwardProposed = award) -> dict[str, Any]:
    return {"proposal": proposal, "scheme": TERMS}


def approval(**otherwise: Any) -> dict[str, Any]:
    plain = {"approved_by": "ola", "approved_on": date(2020, 3, 1), "disposal_authority": "Instruks 4.2"}
    return {**plain, "scheme": TERMS, **otherwise}
