"""A round from its opening to letters that are out: the way most grants of the year go."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dev.demo import told
from dev.demo.books import Books
from dev.demo.days import Days
from dev.demo.office import AUTHORITY, INGRID, KARI, OLA, Office


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One award as its story knows it: `case` is its address, `parts` its instalments (whole øre)."""

    case: str
    name: str
    organisation_number: str
    fund_id: str
    parts: tuple[int, ...]

    @property
    def amount_ore(self) -> int:
        return sum(self.parts)

    @property
    def case_id(self) -> str:
        return self.case.rpartition("/")[2]


def open_round(office: Office, scheme_id: str, name: str, opened_on: str, call_id: str | None = None) -> str:
    """A round of a scheme. Its address."""
    opening = {"scheme_id": scheme_id, "name": name, "opened_on": opened_on}
    address = office.opens(KARI, "/v1/rounds", opening | ({"call_id": call_id} if call_id else {}))
    told.part(f"Kari åpner runden «{name}» {opened_on}")
    return address


def look_ahead(office: Office, address: str, approved_on: str) -> dict[str, Any]:
    """The round held against every fund, before anything is bound."""
    ahead = dict(office.reads(f"{address}/funds?approved_on={approved_on}"))
    told.line(f"Hva om alle {ahead['lines']} linjer godkjennes {approved_on}?", ahead["planned_ore"])
    told.line(f"  {'Det er plass på alle bevilgningslinjer.' if ahead['fits'] else 'Det er ikke plass.'}")
    return ahead


def approve(
    office: Office,
    books: Books,
    address: str,
    approved_on: str,
    grants: Sequence[Grant],
    *,
    planned_on: str,
    objects: bool = False,
) -> Days[None]:
    """Letters frozen by the caseworker; all lines approved by another, in one transaction; the ministry told, where it
    is owed that. `objects`: it objects first, and then thinks better of it."""
    yield approved_on
    office.forgets()
    frozen = office.acts(KARI, "PUT", address, "letters", {"dated_on": approved_on})
    told.line(f"Kari fryser {len(frozen['frozen'])} tilskuddsbrev (PDF med SHA-256)")
    office.forgets()
    decide(office, address, approved_on)
    for grant in grants:
        books.promise(grant.fund_id, grant.amount_ore)
        told.line(f"{grant.name}: tilsagn", grant.amount_ore)
    case_ids = [grant.case_id for grant in grants]
    office.letters_out.notify(address.rpartition("/")[2], case_ids, planned_on=planned_on, objects=objects)


def decide(office: Office, address: str, approved_on: str) -> None:
    """Whoever prepared it is refused; the approver approves all that waits."""
    approval = {"approved_on": approved_on, "disposal_authority": AUTHORITY}
    office.acts(INGRID, "PUT", address, "approval", approval)
    office.forgets()
    told.line(f"Ingrid godkjenner alle linjene i én handling {approved_on}")
    office.acts(KARI, "PUT", address, "closing", {"closed_on": approved_on})


def release(office: Office, grants: Sequence[Grant], released_on: str, accepted_on: str) -> Days[None]:
    """The letters go out, and the recipients accept the terms."""
    yield released_on
    case_ids = [grant.case_id for grant in grants]
    office.letters_out.release(case_ids)
    for grant in grants:
        office.waits_for(partial(_delivered, office, grant.case), f"the letter of {grant.name}")
        told_by = {"accepted_on": accepted_on, "document": "demonstrasjon: svarskjema"}
        office.acts(OLA, "PUT", grant.case, "award/acceptance", told_by)
    office.letters_out.certify(case_ids)
    told.line(f"{len(grants)} brev er sendt {released_on} og framme; vilkårene er godtatt {accepted_on}")


def _delivered(office: Office, case: str) -> Any:
    """What the case shows of its letter's arrival; None until the feed has told."""
    return office.reads(case)["letter"]["delivered"]
