"""Født Fri's complaint of 23 November 2020, day 21 of 21, and what might have happened to it. The people are invented.

The withholding was decided by ola; siri registered the complaint, liv is the other approver, mona is at the ministry.
"""

from dataclasses import replace
from datetime import date

from services.grants.case.events.complaint import (
    ComplaintCompleted,
    ComplaintCompletionAsked,
    ComplaintDecided,
    ComplaintForwarded,
    ComplaintReceived,
    DecisionReversed,
    Party,
    PartyChanged,
    SuspensiveEffectGranted,
)
from tests.grants.fodt_fri import running, warned, withheld

FODT_FRI = Party(name="Stiftelsen Født Fri")
ESTATE = Party(name="Stiftelsen Født Fri, konkursbo")

received = ComplaintReceived(
    number=1,
    disputed="withholding",
    decision_number=1,
    party=FODT_FRI,
    decision_arrived_on=date(2020, 11, 2),
    lodged_on=date(2020, 11, 23),
    last_day_on=date(2020, 11, 23),
    grounds="Stiftelsen mener at regnskapet viser hva tilskuddet er brukt til.",
    defects=(),
    registered_by="siri",
)
unsigned = replace(received, defects=("not-signed",))
late = replace(received, lodged_on=date(2020, 11, 24))
asked = ComplaintCompletionAsked(number=1, reply_by=date(2020, 12, 7), asked_on=date(2020, 11, 25), asked_by="siri")
completed = ComplaintCompleted(number=1, completed_on=date(2020, 12, 1), recorded_by="siri")
suspended = SuspensiveEffectGranted(
    number=1, suspends="payment", reason="Saken er ikke klar.", granted_on=date(2020, 11, 25), granted_by="liv"
)
half_reversed = DecisionReversed(
    number=1, wholly=False, reason="En del er dokumentert.", reversed_on=date(2020, 12, 1), reversed_by="liv"
)
reversed_wholly = replace(half_reversed, wholly=True)
forwarded = ComplaintForwarded(
    number=1, statement="Vi opprettholder vedtaket.", forwarded_on=date(2020, 12, 10), forwarded_by="siri"
)
upheld = ComplaintDecided(
    number=1, outcome="upheld", document="21/456-3", decided_on=date(2021, 4, 15), recorded_by="mona"
)
bankrupt = PartyChanged(
    party=ESTATE,
    capacity="bankruptcy-estate",
    document="21/456-1",
    changed_on=date(2021, 1, 20),
    recorded_by="siri",
)
disputed_case = (*running, warned, withheld)
