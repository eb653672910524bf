"""Account numbers: eleven digits of a Norwegian bank, the last of them a check digit."""

import re

from stdnum.no import kontonr

from services.eventlog.refusal import Refusal
from services.grants.registers.number_ranges import is_given


class AccountNumberInvalid(Refusal):
    """Not eleven digits whose check digit holds."""

    code = "account-number-invalid"
    status = 422
    title = "Ugyldig kontonummer"


def check_account_number(number: str) -> None:
    """Refuse (`AccountNumberInvalid`) what no Norwegian bank can have given: eleven digits, the first four
    a bank's, the last a check digit."""
    if not (re.fullmatch(r"[0-9]{11}", number) and kontonr.is_valid(number) and is_given("account", number)):
        raise AccountNumberInvalid("The account number is not valid. Check it with the recipient.")
