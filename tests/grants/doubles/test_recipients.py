"""Names and numbers of recipients that meet are shown, before they are used and where they stand; none is refused."""

import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grants.case.events.award import Recipient as Named
from services.grants.case.recipient_remarks import READS, Recipient, list_remarks
from services.grants.doubles.view import NAMES, WITH_SEVERAL_NUMBERS
from tests.conftest import Database
from tests.grants.balance.limits import Year, case, proposal
from tests.grants.round.rounds import INGRID, NAMED, SETTLING, Office, at_work, open_year
from tests.patience import until

OSLO = Recipient(name="Oslo kommune", organisation_number="958935420", municipality_number="0301")
DRAMMEN = Recipient(name="Drammen", organisation_number="921234554", municipality_number="3005")
FUND = Recipient(name="Stiftelsen Født Fri", organisation_number="974760673", municipality_number=None)


def told(asked: Recipient, *before: Recipient) -> list[tuple[str, str]]:
    return [(each.column, each.code) for each in list_remarks(asked, before)]


def test_what_is_as_the_register_and_earlier_cases_have_it_is_told_nothing_of() -> None:
    for asked in (OSLO, replace(OSLO, name="OSLO"), DRAMMEN, FUND, replace(FUND, organisation_number=None)):
        assert told(asked) == told(asked, OSLO, DRAMMEN, FUND, replace(FUND, name="STIFTELSEN  FØDT FRI")) == []


@pytest.mark.parametrize(
    ("asked", "before", "remarks"),
    [
        (replace(OSLO, name="Bergen"), (), [("name", "name-not-the-registers")]),
        (replace(FUND, name="Født Fri AS"), (FUND,), [("name", "name-not-as-before")]),
        (replace(FUND, name="Født Fri AS"), (FUND, replace(FUND, name="Født fri as")), []),
        (replace(FUND, organisation_number="923609016"), (FUND,),
         [("organisation_number", "organisation-number-not-as-before")]),
        (replace(OSLO, organisation_number="923609016"), (OSLO,),
         [("organisation_number", "organisation-number-not-as-before")]),
        (replace(DRAMMEN, organisation_number="958935420"), (OSLO,),
         [("name", "name-not-as-before"), ("organisation_number", "organisation-number-of-another")]),
        (replace(DRAMMEN, municipality_number=None, organisation_number="958935420"), (DRAMMEN,),
         [("organisation_number", "organisation-number-not-as-before")]),
        (Recipient(name="Herøy", organisation_number="964978840", municipality_number="1515"),
         (Recipient(name="Herøy", organisation_number="872417982", municipality_number="1818"),), []),
        (replace(FUND, organisation_number=None, name="Født Fri AS"), (FUND,), []),
    ],
)  # fmt: skip
def test_what_stands_out_is_told(
    asked: Recipient, before: tuple[Recipient, ...], remarks: list[tuple[str, str]]
) -> None:
    assert told(asked, *before) == remarks


WHO = st.builds(
    Recipient,
    name=st.sampled_from(["Oslo", "OSLO kommune", "Drammen", "Stiftelsen"]),
    organisation_number=st.sampled_from([None, "958935420", "921234554"]),
    municipality_number=st.sampled_from([None, "0301", "3005"]),
)


@given(WHO, st.lists(WHO, max_size=4))
def test_whoever_was_used_just_so_before_is_told_of_the_register_alone(
    asked: Recipient, before: list[Recipient]
) -> None:
    codes = {code for _, code in told(asked, *before, asked)}
    assert codes <= {"name-not-the-registers", "organisation-number-of-another"}
    assert ("name-not-the-registers" in codes) == ("name-not-the-registers" in {code for _, code in told(asked)})


async def listed(office: Office, cases: int) -> dict[str, Any]:
    """What is listed once the list of cases has them all: it follows the log within moments."""
    await until(
        lambda: office.client.get("/v1/cases", params={"year": 2020}, headers=office.headers(INGRID)),
        lambda it: len(it.json()["items"]) == cases,
    )
    answer = await office.client.get("/v1/doubles", headers=office.headers(INGRID))
    found: dict[str, Any] = answer.json()
    return found


def test_recipients_that_meet_are_listed_and_told_of_beforehand(database: Database, tmp_path: Path) -> None:
    open_year(database, {SETTLING: 100_000, NAMED: 100_000})
    year = Year(database, earlier=False)
    recipients = (
        ("Norsk Folkehjelp", "871033552", None),
        ("NORSK  FOLKEHJELP", "974760673", None),
        ("Oslo", "958935420", "0301"),
        ("Oslo kommune", "958935420", "0301"),
        ("Bergen", "958935420", "4601"),
        ("Herøy", "964978840", "1515"),
        ("Herøy", "872417982", "1818"),
    )
    for number, (name, organisation, municipality) in enumerate(recipients, 1):
        who = Named(name=name, organisation_number=organisation, municipality_number=municipality)
        assert year.tells((case(number), [replace(proposal(SETTLING, 100), recipient=who)])) == "recorded"

    async def story(office: Office) -> None:
        found = await listed(office, len(recipients))
        assert [(each["kind"], each["written"], each["organisation_numbers"]) for each in found["items"]] == [
            ("recipient-name", ["Norsk Folkehjelp", "NORSK  FOLKEHJELP"], ["871033552", "974760673"]),
            ("organisation-number", ["Oslo", "Oslo kommune", "Bergen"], ["958935420"]),
        ]
        assert found["total"] == 2
        assert len(found["items"][1]["case_ids"]) == len(found["items"][1]["positions"]) == 3
        query = {"name": "Norsk folkehjelp", "organisation_number": "958935420", "municipality_number": "0301"}
        answer = await office.client.get("/v1/doubles/remarks", params=query, headers=office.headers(INGRID))
        assert [each["code"] for each in answer.json()["items"]] == [
            "name-not-the-registers", "name-not-as-before", "organisation-number-of-another",
        ]  # fmt: skip
        query = {"name": "Norsk folkehjelp", "organisation_number": "871033552"}
        answer = await office.client.get("/v1/doubles/remarks", params=query, headers=office.headers(INGRID))
        assert answer.json() == {"items": []}

    at_work(database, tmp_path, story)


ALL = {"after": "", "limit": None}
LIVE = (
    "INSERT INTO grants_view.edition (projection, edition, version, state, position) VALUES ('cases', 1, 1, 'live', 0)"
)
ROW = """
    INSERT INTO grants_view.case_row (edition, case_id, opened_position, year, recipient, organisation_number,
        municipality_number, fund_id, scheme_id, round_id, proposed_by, approved_by, state, changed_position,
        changed_at, amount_ore, disbursed_ore, withheld_ore)
    SELECT 1, gen_random_uuid(), n, 2020, {name}, {number}, {municipality}, '2020/291/71/nasjonale-ressursmiljo/' || n,
        'nasjonale-ressursmiljo-2020', gen_random_uuid(), 'kari.nordmann@imdi', 'ola.nordmann@imdi', 'new', n, now(),
        100, 0, 0
    FROM generate_series({first}, {last}) AS n
"""
MANY = ROW.format(
    first=1, last=4000,
    name="(ARRAY['Forening ', 'FORENING  ', 'forening\u00a0'])[n % 3 + 1] || n / 4"
    " || CASE WHEN n % 5 = 0 THEN ' kommune' ELSE '' END",
    number="CASE WHEN n % 7 > 0 THEN (800000000 + n / 8 + CASE WHEN n % 97 < 2 THEN 1 ELSE 0 END)::text END",
    municipality="CASE WHEN n % 3 = 0 THEN lpad((n % 357)::text, 4, '0') END",
)  # fmt: skip
LONGEST = ROW.format(first=4001, last=4004, name="%(name)s", number="(900000000 + n)::text", municipality="NULL")
"""A name as long as a name can be, of signs that nothing presses together."""


def test_names_that_meet_are_found_in_an_index_and_are_those_that_every_case_asked_would_give(
    database: Database,
) -> None:
    """However long they are: an index that held the names took no long one, and the list of cases stood still."""
    every_case = NAMES.replace(WITH_SEVERAL_NUMBERS, "")
    assert every_case != NAMES
    signs = (chr(0x20000 + int.from_bytes(sha256(str(n).encode()).digest()[:2]) % 0xA000) for n in range(20_000))
    name = "".join(signs)
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = on")  # else VACUUM does not see at once that all see the rows
        connection.execute(LIVE)
        connection.execute(MANY)
        connection.execute(LONGEST, {"name": name})
        connection.execute("VACUUM ANALYZE grants_view.case_row")
        plan = "\n".join(row[0] for row in connection.execute(f"EXPLAIN {NAMES}", ALL))
        met, all_met = (connection.execute(query, ALL).fetchall() for query in (NAMES, every_case))
    assert met == all_met
    assert 10 < len(met) < 500
    assert [name] * 4 in [row[1] for row in met]
    assert "Seq Scan on case_row" not in plan, plan
    assert re.search("Index Only Scan using case_row_(reads|named)", plan), plan


def test_names_that_share_a_digest_by_chance_are_told_apart(database: Database) -> None:
    """No two such names are at hand; so the digest itself is given to two that do not read alike."""
    reads = READS.replace("grants.folded(recipient)", "'same'")
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute(LIVE)
        connection.execute("ALTER TABLE grants_view.case_row ALTER COLUMN recipient_digest DROP EXPRESSION")
        connection.execute(ROW.format(first=1, last=2, name="'A ' || n", number="n::text", municipality="NULL"))
        connection.execute(f"UPDATE grants_view.case_row SET recipient_digest = hashtextextended({reads}, 0)")
        assert connection.execute(NAMES, ALL).fetchall() == []
        connection.execute("UPDATE grants_view.case_row SET recipient = 'A'")
        assert len(connection.execute(NAMES, ALL).fetchall()) == 1
