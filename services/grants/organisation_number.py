"""Organisation numbers: nine digits of the Norwegian register, the last of them a check digit (modulo 11)."""

import re
from functools import lru_cache

from stdnum.no import orgnr

from services.eventlog.refusal import Refusal


class OrganisationNumberInvalid(Refusal):
    """The number is not one the register can have given: nine digits, the last a check digit modulo 11."""

    code = "organisation-number-invalid"
    status = 422
    title = "Ugyldig organisasjonsnummer"


@lru_cache(maxsize=4_096)
def is_organisation_number(number: str) -> bool:
    """Whether nine digits weigh up to a multiple of 11, as every number of the Norwegian register does."""
    return re.fullmatch(r"[0-9]{9}", number) is not None and bool(orgnr.is_valid(number))


def check_organisation_number(number: str) -> None:
    """Refuse (`OrganisationNumberInvalid`) a number the register cannot have given."""
    if not is_organisation_number(number):
        raise OrganisationNumberInvalid("The organisation number is not valid. Look it up in the register.")
