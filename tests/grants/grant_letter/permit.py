"""What the tests of permit build, for other tests to use as well."""

from datetime import date
from typing import Any

from services.grants.case.events.award_change import AwardAnnulled, Ground
from services.grants.case.events.complaint import ComplaintReceived, Party

GROUND = Ground(code="other", text="Vedtaket var feil.")
annulled = AwardAnnulled(reductions=(), ground=GROUND, annulled_on=date(2020, 3, 1), approved_by="ola")


def complaint(disputed: Any) -> ComplaintReceived:
    return ComplaintReceived(
        number=1,
        disputed=disputed,
        decision_number=None,
        party=Party(name="Naboen"),
        decision_arrived_on=date(2020, 2, 20),
        lodged_on=date(2020, 2, 21),
        last_day_on=date(2020, 3, 12),
        grounds="Vedtaket er feil.",
        defects=(),
        registered_by="kari",
    )
