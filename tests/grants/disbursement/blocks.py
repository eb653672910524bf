"""What the tests of blocks build, for other tests to use as well."""

from datetime import date

from services.grants.case.events.complaint import ComplaintReceived, Party, SuspensiveEffectGranted
from services.grants.case.events.year_end import CommitmentCarriedOver
from tests.grants.fodt_fri import MILLION

complained = ComplaintReceived(
    number=1, disputed="withholding", decision_number=1, party=Party(name="Stiftelsen Født Fri"),
    decision_arrived_on=date(2020, 11, 2), lodged_on=date(2020, 11, 23), last_day_on=date(2020, 11, 23),
    grounds="Uenig", defects=(), registered_by="kari",
)  # fmt: skip
suspended = SuspensiveEffectGranted(
    number=1, suspends="payment", reason="Utfallet er uvisst", granted_on=date(2020, 11, 24), granted_by="ola"
)
held_over = CommitmentCarriedOver(
    year=2020, held_ore=6 * MILLION, ground="transferable", held_on=date(2020, 12, 31), into_post_id="2021/291/71",
    recorded_by="anne",
)  # fmt: skip
