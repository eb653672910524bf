"""Where every number that is recorded for the first time is held against what the registers have given by today, in
this environment: development may use its test range, production has none.

What stands in a case already stays usable there: a number is looked at when it is first recorded, and never again.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from services.eventlog.log import History
from services.grants.case.command_handler import organisations_of
from services.grants.registers.account_numbers import AccountNumberInvalid, check_account_number
from services.grants.registers.number_ranges import list_not_given
from services.grants.registers.organisation_numbers import OrganisationNumberInvalid
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.guards import Decided
from services.httpapi.commands.idempotency import IdempotencyKey


@dataclass(frozen=True, slots=True)
class Numbers:
    """The registers as this service may use them. `today` is the day in Norway."""

    environment: str
    today: Callable[[], date]

    async def __call__(
        self, _: Caller, __: IdempotencyKey, histories: Mapping[str, History], decided: Decided
    ) -> tuple[Decided, Mapping[str, int]]:
        """What is decided, as it is. Refuses `OrganisationNumberInvalid`."""
        for stream, events in decided.items():
            if named := organisations_of(events):
                self.check_organisations(named, recorded=organisations_of(histories[stream].events))
        return decided, {}

    def check_organisations(self, numbers: Collection[str], *, recorded: Collection[str]) -> None:
        """Refuse (`OrganisationNumberInvalid`) a number that no register has given by today, and that is not recorded
        already."""
        today, environment = self.today(), self.environment
        if strange := list_not_given("organisation", numbers, on=today, environment=environment, recorded=recorded):
            raise OrganisationNumberInvalid(f"No register has given {', '.join(strange)}. Look the number up.")

    def check_account(self, number: str) -> None:
        """Refuse (`AccountNumberInvalid`) an account that no bank can have given by today."""
        check_account_number(number)
        if list_not_given("account", [number], on=self.today(), environment=self.environment):
            raise AccountNumberInvalid("No bank has given such an account. Check it with the recipient.")
