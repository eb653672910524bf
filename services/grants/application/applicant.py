"""An applicant's numbers, checked the day it applied and then kept as recorded: registers change, cases do not."""

from collections.abc import Collection
from datetime import date

from services.eventlog.refusal import Refusal
from services.grants.case.events.application import Applicant
from services.grants.registers.municipalities import MunicipalityUnknown, find_municipality
from services.grants.registers.organisation_numbers import check_organisation_number


class MunicipalityNumberMissing(Refusal):
    """A municipality is known by its number."""

    code = "municipality-number-missing"
    status = 422
    title = "Kommunenummer mangler"


def check_applicant(applicant: Applicant, *, on: date, recorded: Collection[str | None] = ()) -> None:
    """Refuse numbers that cannot be right on that day; an organisation number that is `recorded` in the case stays
    usable.

    `OrganisationNumberInvalid`, `MunicipalityNumberMissing`, `MunicipalityUnknown`.
    """
    if applicant.organisation_number is not None:
        check_organisation_number(applicant.organisation_number, recorded=recorded)
    number = applicant.municipality_number
    if number is None:
        if applicant.kind == "municipality":
            raise MunicipalityNumberMissing("Give the municipality's number, four digits.")
    elif find_municipality(number, on) is None:
        raise MunicipalityUnknown(f"No municipality had that number on {on}. Look it up in the register.")
