"""What the tests of answers build, for other tests to use as well."""

from datetime import date

from services.grants.case.events.application import ApplicationDismissed, ApplicationRejected
from services.grants.case.events.complaint import ComplaintReceived, Party
from tests.grants.application.story import DRAMMEN, dismissal, rejection

dismissed = ApplicationDismissed(
    ground="late", reason=dismissal.reason, dismissed_on=date(2020, 3, 3), dismissed_by="liv"
)
rejected = ApplicationRejected(
    ground="not-prioritised", reason=rejection.reason, rejected_on=date(2020, 3, 23), rejected_by="liv"
)


complained = ComplaintReceived(
    number=1,
    disputed="rejection",
    decision_number=None,
    party=Party(name=DRAMMEN.name),
    decision_arrived_on=date(2020, 3, 25),
    lodged_on=date(2020, 4, 1),
    last_day_on=date(2020, 4, 15),
    grounds="Vi er uenige.",
    defects=(),
    registered_by="siri",
)
