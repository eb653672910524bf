"""What the tests of handling build, for other tests to use as well."""

from datetime import date

from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import Ground, SupplementaryAwardApproved
from tests.grants.fodt_fri import MILLION

more = SupplementaryAwardApproved(
    amount_ore=MILLION, added=(Instalment(number=3, amount_ore=MILLION),),
    ground=Ground(code="complaint-upheld", text="Klagen førte fram."), approved_on=date(2020, 12, 10),
    approved_by="liv", disposal_authority="Delegert", across_years=False,
)  # fmt: skip
