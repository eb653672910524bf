"""What the tests of reclaim build, for other tests to use as well."""

from datetime import date

from services.grants.case.events.complaint import ComplaintDecided, ComplaintReceived, Party, SuspensiveEffectGranted
from services.grants.case.events.withholding import ReclaimReduced
from tests.grants.fodt_fri import MILLION

reduced = ReclaimReduced(
    number=1, amount_ore=MILLION, reason="Halvparten er dokumentert.", reduced_on=date(2020, 11, 10), reduced_by="ola"
)
complained = ComplaintReceived(
    number=1,
    disputed="reclaim",
    decision_number=1,
    party=Party(name="Stiftelsen Født Fri"),
    decision_arrived_on=date(2020, 11, 3),
    lodged_on=date(2020, 11, 10),
    last_day_on=date(2020, 11, 24),
    grounds="Midlene er brukt til formålet.",
    defects=(),
    registered_by="kari",
)
suspended = SuspensiveEffectGranted(
    number=1, suspends="reclaim", reason="Kravet truer driften.", granted_on=date(2020, 11, 12), granted_by="ola"
)
outcome = ComplaintDecided(
    number=1, outcome="upheld", document="20/00123-30", decided_on=date(2021, 2, 1), recorded_by="kari"
)
