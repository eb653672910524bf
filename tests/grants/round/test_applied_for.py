"""A round of a call: its lines are the applications, on the terms the call was published with."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from services.grants.case.events.application import (
    Applicant,
    ApplicationAssessed,
    ApplicationReceived,
    ImpartialityStated,
)
from services.grants.scheme.events import CallPublished, InForm
from services.grants.scheme.languages import TEXTS
from tests.conftest import Database
from tests.grants.round.rounds import (
    EAST,
    INGRID,
    KARI,
    LIV,
    NAMED,
    NEW_YEAR,
    OLA,
    OSLO,
    WEST,
    Office,
    approval,
    at_work,
    exempted,
    open_year,
    record,
    scheme,
)  # fmt: skip

FUNDS = {NAMED: 1_000, EAST: 400, WEST: 300}
SCHEME, CALL = "frivillige-2020", "frivillige-2020.var"
CASES = [UUID(int=number) for number in (1, 2)]


def publish(database: Database, *, letter_template: str | None) -> None:
    """A scheme on application that pays from both funds, and a call of it on one."""
    registered = scheme(SCHEME, "application", EAST, WEST)
    terms = replace(registered.terms, letter_template=letter_template, standard_terms=("Midlene brukes til formålet.",))
    texts = {name: getattr(terms, name) for name in TEXTS}
    nynorsk = InForm(form="nn", **texts, standard_terms=terms.standard_terms, conditions=(None,))
    terms = replace(terms, translations=(nynorsk,))
    published = CallPublished(
        call_id=CALL, title="Vår", fund_id=EAST, terms=terms, opens_on=NEW_YEAR, closes_on=NEW_YEAR, total_ore=None,
        published_on=NEW_YEAR, published_by=LIV,
    )  # fmt: skip
    record(database, f"scheme-{SCHEME}", registered, published, exempted(registered))


def apply(database: Database, case_id: UUID, *, assessed: bool = True) -> None:
    """An application of 300 øre as it was received, and Kari's assessment of it."""
    received = ApplicationReceived(
        version=1, scheme_id=SCHEME, call_id=CALL, year=2020,
        applicant=Applicant(kind="organisation", name="Norsk folk", organisation_number=OSLO[2]),
        title="Møteplass", summary="En møteplass", amount_sought_ore=300, budget=(), established_project=False,
        form="nn", contact_id=None, arrived_on=NEW_YEAR, late=False, answers=None, findings=(),
        content_sha256="0" * 64, registered_by=KARI,
    )  # fmt: skip
    stated = ImpartialityStated(person=KARI, impartial=True, stated_on=NEW_YEAR)
    done = ApplicationAssessed(
        version=1, scores=(), total_basis_points=8_000, summary="God", recommended_ore=200, assessed_on=NEW_YEAR,
        assessed_by=KARI,
    )  # fmt: skip
    record(database, f"case-{case_id}", received, stated, *([done] if assessed else []))


async def opens(office: Office, call_id: str | None = CALL) -> Any:
    asked = {"scheme_id": SCHEME, "call_id": call_id, "name": "Vår", "opened_on": "2020-02-01"}
    answer = await office.client.post("/v1/rounds", json=asked, headers=office.headers(OLA))
    office.round, office.version = answer.headers.get("Location", ""), answer.headers.get("ETag", '"0"')
    return answer.json()


def line(case_id: UUID, amount_ore: int, fund_id: str = EAST) -> dict[str, Any]:
    return {"case_id": str(case_id), "fund_id": fund_id, "amount_ore": amount_ore}


def test_a_line_takes_recipient_basis_and_form_from_the_application(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await opens(office)
        await office.does(OLA, "POST", "/lines", json={"lines": [line(case_id, 200) for case_id in CASES]})
        proposed = (await office.case(str(CASES[0])))["proposed"]
        assert proposed["basis"] == {"kind": "applied", "call_id": CALL, "version": 1}
        assert (proposed["recipient"]["name"], proposed["form"], proposed["purpose"]) == (
            "Norsk folk",
            "nn",
            "Integrering",
        )
        assert proposed["terms"] == ["Midlene brukes til formålet."]
        approved = await office.does(INGRID, "PUT", "/approval", json=approval())
        assert approved["approved_ore"] == 400

    open_year(database, FUNDS)
    publish(database, letter_template=None)
    for case_id in CASES:
        apply(database, case_id)
    at_work(database, tmp_path, story)


def test_the_rules_of_an_award_made_alone_hold_for_every_line(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        assert (await opens(office, call_id=None))["code"] == "round-call-missing"
        assert (await opens(office, call_id="frivillige-2020.host"))["code"] == "not-found"
        await opens(office)
        for asked, code in (
            (line(CASES[1], 100), "application-not-assessed"),
            (line(CASES[0], 301), "award-beyond-sought"),
            (line(CASES[0], 100, WEST), "fund-not-of-scheme"),
        ):
            told = await office.refused(OLA, "POST", "/lines", json={"lines": [asked]})
            assert [each["code"] for each in told["refused"]] == [code]
        await office.does(OLA, "POST", "/lines", json={"lines": [line(CASES[0], 100)]})
        office.may_all(KARI)  # who assessed it
        for person, code in ((KARI, "same-person-twice"), (INGRID, "letter-missing")):
            told = await office.refused(person, "PUT", "/approval", json=approval())
            assert [each["code"] for each in told["refused"]] == [code]

    open_year(database, FUNDS)
    publish(database, letter_template="grant-letter")
    apply(database, CASES[0])
    apply(database, CASES[1], assessed=False)
    at_work(database, tmp_path, story)
