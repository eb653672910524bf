"""Drammen's application to the first round of Jobbsjansen, and what might have happened to it. All of it is invented
but the municipality and the scheme. Kari and Ola are caseworkers, Ingrid and Liv approvers.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from services.eventlog.events import Event
from services.grants.application.content import Content, content_of, content_sha256
from services.grants.application.eligibility import Call
from services.grants.application.rules import Application, evolve
from services.grants.case.events.application import (
    Applicant,
    ApplicationAssessed,
    ApplicationReceived,
    ApplicationWithdrawn,
    BudgetLine,
    CriterionScore,
    DismissalProposed,
    Finding,
    ImpartialityStated,
    LateAccepted,
    RejectionProposed,
    SupplementRequested,
)
from services.grants.case.events.award import Applied, AwardApproved, AwardProposed, Instalment, Recipient
from services.grants.scheme.events import Criterion
from tests import given as sentences
from tests.grants.scheme.schemes import CALL, JOBBSJANSEN, PUBLISHED

KRONE = 100
SOUGHT_ORE = 2_000_000 * KRONE
CLOSES_ON: date = CALL["closes_on"]
DAY_AFTER = date(2020, 2, 29)
REPLY_BY = date(2020, 3, 20)

DRAMMEN = Applicant(
    kind="municipality", name="Drammen kommune", organisation_number="974760673", municipality_number="3005"
)
CONTENT = Content(
    call_id=PUBLISHED.call_id,
    applicant=DRAMMEN,
    title="Jobbsjansen i Drammen",
    summary="Kvalifisering av hjemmeværende kvinner.",
    amount_sought_ore=SOUGHT_ORE,
    budget=(BudgetLine(what="Lønn", amount_ore=SOUGHT_ORE), BudgetLine(what="Lokaler", amount_ore=0, paid_by="oss")),
    established_project=True,
    form="nb",
)
CALL_OF_SPRING = Call(scheme_id="jobbsjansen-2020", year=2020, published=PUBLISHED)
CRITERIA: tuple[Criterion, ...] = PUBLISHED.terms.criteria


def version(number: int = 1, *, content: Content = CONTENT, **more: Any) -> ApplicationReceived:
    """A version of the application, in time unless it says otherwise."""
    as_recorded = {name: getattr(content, name) for name in Content.__dataclass_fields__}
    known: dict[str, Any] = {
        "version": number,
        "scheme_id": "jobbsjansen-2020",
        "year": 2020,
        "contact_id": None,
        "arrived_on": date(2020, 2, 20),
        "late": False,
        "answers": None,
        "findings": (
            Finding(
                rule="applicant-is", met=True, sentence="The call is for: municipality. The applicant is: municipality."
            ),
        ),
        "content_sha256": content_sha256(content),
        "registered_by": "kari",
    }
    return ApplicationReceived(**(as_recorded | known | more))


def asked(received: ApplicationReceived, **more: Any) -> dict[str, Any]:
    """What a caseworker asks for who registers this."""
    plain: dict[str, Any] = {
        "content": content_of(received),
        "call": CALL_OF_SPRING,
        "granted": {},
        "contact_id": received.contact_id,
        "arrived_on": received.arrived_on,
        "registered_by": received.registered_by,
    }
    return plain | more


received = version()
late = version(arrived_on=DAY_AFTER, late=True)
taken_in = LateAccepted(
    version=1, ground="directorate-error", reason="Skjemaet var nede.", accepted_on=date(2020, 3, 2), accepted_by="liv"
)
requested = SupplementRequested(
    number=1,
    asks=("Budsjettet mangler underskrift.",),
    reply_by=REPLY_BY,
    requested_on=date(2020, 3, 2),
    requested_by="kari",
)
withdrawn = ApplicationWithdrawn(reason="", withdrawn_on=date(2020, 3, 3), recorded_by="kari")
impartial = ImpartialityStated(person="kari", impartial=True, stated_on=date(2020, 3, 2))
partial = replace(impartial, impartial=False)
scores = (
    CriterionScore(criterion_id="behov", score=4, reason="Godt dokumentert."),
    CriterionScore(criterion_id="gjennomforing", score=3, reason="Planen er kort."),
)
assessed = ApplicationAssessed(
    version=1,
    scores=scores,
    total_basis_points=7_200,
    summary="Bør innvilges i hovedsak.",
    recommended_ore=1_500_000 * KRONE,
    assessed_on=date(2020, 3, 10),
    assessed_by="kari",
)
dismissal = DismissalProposed(
    ground="late", reason="Søknaden kom etter fristen.", proposed_on=date(2020, 3, 2), proposed_by="kari"
)
rejection = RejectionProposed(
    ground="not-prioritised", reason="Andre søknader er bedre.", proposed_on=date(2020, 3, 20), proposed_by="ola"
)
award = AwardProposed(
    fund_id=JOBBSJANSEN,
    recipient=Recipient(name=DRAMMEN.name, organisation_number=DRAMMEN.organisation_number, municipality_number="3005"),
    amount_ore=SOUGHT_ORE,
    purpose="Jobbsjansen",
    terms=("Rapport leveres.",),
    instalments=(Instalment(number=1, amount_ore=SOUGHT_ORE),),
    basis=Applied(call_id=PUBLISHED.call_id, version=1),
    proposed_by="kari",
    scheme_id="jobbsjansen-2020",
)
granted = AwardApproved(
    fund_id=JOBBSJANSEN,
    amount_ore=SOUGHT_ORE,
    approved_on=date(2020, 4, 1),
    approved_by="ingrid",
    disposal_authority="Instruks 4.2",
    across_years=False,
)


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Application())


def without(event: Event, *names: str) -> dict[str, Any]:
    """The event's fields, as what is asked for, but for these."""
    return {name: value for name, value in vars(event).items() if name not in names}
