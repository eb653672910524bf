"""What stands out in a name and its numbers is told in the very answer to whatever records them; it is looked up by an
index, however many cases there are."""

from pathlib import Path
from typing import Any

import psycopg

from services.grants.case.recipient_remarks import BEFORE
from services.grants.main import create_app
from tests.conftest import Database
from tests.faults.service import DECIDED_OUTSIDE, open_funds, settings_of
from tests.grants.application.desk import APPLICATION, KARI, VERSION, Desk, at_the_desk
from tests.grants.round.rounds import BY_NAME, NAMED, SETTLING, at_work, line, open_year
from tests.grants.round.rounds import Office as Rounds
from tests.journeys.office import FUND, LETTER_OUT, LIV, OLA, Office, work
from tests.patience import until

OF_AWARDS = {
    ("post", "/v1/cases"),
    ("put", "/v1/cases/{case_id}/award"),
    ("post", "/v1/award-imports"),
    ("put", "/v1/cases/{case_id}/award/import"),
    ("post", "/v1/cases/{case_id}/complaints"),
    ("put", "/v1/cases/{case_id}/party"),
}
OF_APPLICATIONS = {("post", "/v1/applications"), ("post", "/v1/cases/{case_id}/application/versions")}
OF_ROUNDS = {("post", "/v1/rounds/{round_id}/lines")}

BERGEN = {"name": "Bergen", "organisation_number": "958935420", "municipality_number": "0301"}
OSLO = BERGEN | {"name": "Oslo kommune"}
DRAMMEN = {"name": "Drammen", "organisation_number": "921234554", "municipality_number": "3005"}
ESTATE = {"name": "Boet etter Foreningen", "organisation_number": "958935420"}


def names_somebody(schema: Any, schemas: dict[str, Any], seen: tuple[str, ...] = ()) -> bool:
    """Whether a body holds somebody's name beside an organisation number."""
    if isinstance(schema, list):
        return any(names_somebody(each, schemas, seen) for each in schema)
    if not isinstance(schema, dict):
        return False
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        return name not in seen and names_somebody(schemas[name], schemas, (*seen, name))
    if {"name", "organisation_number"} <= schema.get("properties", {}).keys():
        return True
    return any(names_somebody(each, schemas, seen) for each in schema.values())


def test_every_act_that_names_somebody_is_played_here(database: Database, tmp_path: Path) -> None:
    told = create_app(settings_of(database, tmp_path)).openapi()
    schemas = told["components"]["schemas"]
    naming = {
        (method, path)
        for path, acts in told["paths"].items()
        for method, act in acts.items()
        if names_somebody(act.get("requestBody"), schemas)
    }
    assert naming == OF_AWARDS | OF_APPLICATIONS | OF_ROUNDS


def codes(answer: dict[str, Any]) -> list[str]:
    return [each["code"] for each in answer["remarks"]]


def test_who_proposes_an_award_or_names_a_party_is_told(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)
    register = ["name-not-the-registers"]

    async def story(office: Office) -> None:
        plan = office.plan((400,), FUND)
        assert codes(await office.does(KARI, "POST", "", **plan)) == []
        assert codes(await office.does(KARI, "POST", "", **plan | {"recipient": BERGEN})) == register
        await office.does(KARI, "POST", "award/returns", reason="Feil navn.")
        assert codes(await office.does(KARI, "PUT", "award", **plan | {"recipient": OSLO})) == []
        office.version = '"0"'
        imported = plan | DECIDED_OUTSIDE
        assert (
            codes(await office.does(KARI, "POST", "imports", **imported | {"recipient": DRAMMEN | {"name": "Bergen"}}))
            == register
        )
        await office.does(KARI, "POST", "award/returns", reason="Feil navn.")
        assert codes(await office.does(KARI, "PUT", "award/import", **imported | {"recipient": DRAMMEN})) == []
        await office.does(OLA, "PUT", "award/import/confirmation")
        await office.does(KARI, "PUT", "letter-release", **LETTER_OUT)
        await office.does(LIV, "PUT", "letter-release/confirmation")
        await listed(office, 3)
        arrival = {
            "disputed": "award",
            "decision_arrived_on": "2020-02-12",
            "lodged_on": "2020-02-20",
            "grounds": "Nei",
        }
        complained = await office.does(KARI, "POST", "complaints", **arrival, party=ESTATE)
        assert codes(complained) == ["name-not-as-before"]
        changed = {"capacity": "bankruptcy-estate", "changed_on": "2020-02-21", "document": "20/1"}
        party = await office.does(KARI, "PUT", "party", **changed, party=ESTATE | {"name": "Et annet bo"})
        assert codes(party) == ["name-not-as-before"]
        assert "remarks" not in await office.does(OLA, "PUT", "award/import/confirmation"), "an act that names nobody"

    work(database, tmp_path, story)


async def listed(office: Office, cases: int) -> None:
    """The list of cases follows the log within moments."""
    await until(
        lambda: office.client.get("/v1/cases", params={"year": 2020}, headers=office.signed(KARI)),
        lambda it: len(it.json()["items"]) == cases,
    )


def test_who_registers_an_application_is_told(database: Database, tmp_path: Path) -> None:
    wrong = APPLICATION["applicant"] | {"name": "Bergen kommune"}

    async def story(desk: Desk) -> None:
        opened = await desk.opens(APPLICATION | {"applicant": wrong})
        assert codes(opened.json()) == ["name-not-the-registers"]
        again = VERSION | {"title": "Jobbsjansen anno 2020"}
        assert codes(await desk.does(KARI, "POST", "application/versions", again)) == []

    at_the_desk(database, tmp_path, story)


def test_who_proposes_lines_of_a_round_is_told_line_by_line(database: Database, tmp_path: Path) -> None:
    open_year(database, {SETTLING: 100_000, NAMED: 100_000})

    async def story(office: Rounds) -> None:
        await office.opens(BY_NAME)
        told = await office.proposes(
            line(NAMED, 100), line(NAMED, 100) | {"recipient": OSLO}, line(NAMED, 100) | {"recipient": BERGEN}
        )
        assert [(each["line"], each["code"]) for each in told["remarks"]] == [(3, "name-not-the-registers")]

    at_work(database, tmp_path, story)


MANY = """
    INSERT INTO grants_view.case_row (edition, case_id, opened_position, year, recipient, organisation_number,
        municipality_number, state, changed_position, changed_at, amount_ore, disbursed_ore, withheld_ore)
    SELECT 1, gen_random_uuid(), n, 2020, 'Forening ' || n, (800000000 + n)::text, lpad((n % 357)::text, 4, '0'), 'new',
           n, now(), 100, 0, 0 FROM generate_series(1, 3000) AS n
"""


def test_what_cases_had_before_is_found_by_an_index(database: Database) -> None:
    asked = {
        "numbers": ["800000017"],
        "municipalities": ["0301"],
        "reads": ["forening9"],
        "in_case": None,
        "limit": 200,
    }
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO grants_view.edition (projection, edition, version, state, position)"
            " VALUES ('cases', 1, 1, 'live', 0)"
        )
        connection.execute(MANY)
        connection.execute("ANALYZE grants_view.case_row")
        plan = "\n".join(row[0] for row in connection.execute(f"EXPLAIN {BEFORE}", asked))
        found = {row[0] for row in connection.execute(BEFORE, asked)}
    assert found == {"Forening 9", "Forening 17", *(f"Forening {n}" for n in range(1, 3001) if n % 357 == 301)}
    assert "Seq Scan on case_row" not in plan, plan
    used = set(plan.split())
    assert {"case_row_municipality", "case_row_reads"} <= used, plan
    assert used & {"case_row_number", "case_row_named"}, plan  # either has the number first
