"""Organisation numbers: nine digits of the Norwegian register, the last of them a check digit (modulo 11), in a range
that the register has given (`number_ranges.py`)."""

import re
from collections.abc import Collection
from functools import lru_cache

from stdnum.no import orgnr

from services.eventlog.refusal import Refusal
from services.grants.registers.number_ranges import is_given


class OrganisationNumberInvalid(Refusal):
    """The number is not one the register can have given: nine digits in a range of its own, the last a check digit
    modulo 11."""

    code = "organisation-number-invalid"
    status = 422
    title = "Ugyldig organisasjonsnummer"


@lru_cache(maxsize=4_096)
def has_check_digit(number: str) -> bool:
    """Whether nine digits weigh up to a multiple of 11, as every number of the Norwegian register does. What is asked
    of a number that may have been recorded before its range was looked at."""
    return re.fullmatch(r"[0-9]{9}", number) is not None and bool(orgnr.is_valid(number))


@lru_cache(maxsize=4_096)
def is_organisation_number(number: str) -> bool:
    """Whether the register, of the country or of development, can have given the number."""
    return has_check_digit(number) and is_given("organisation", number)


def check_organisation_number(number: str, *, recorded: Collection[str | None] = ()) -> None:
    """Refuse (`OrganisationNumberInvalid`) a number the register cannot have given. One that is `recorded` in the case
    already stays usable in it."""
    if not (has_check_digit(number) and (number in recorded or is_organisation_number(number))):
        raise OrganisationNumberInvalid("The organisation number is not valid. Look it up in the register.")
