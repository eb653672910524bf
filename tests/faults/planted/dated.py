"""Decisions dated otherwise than they were made, and bounds on back-dating that no two people set: recorded through the
log's own function by whoever holds a service's role, or written anew by the owner."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.calendar.clock import today
from services.grants.back_dating.events import BoundConfirmed, BoundProposed, DecisionBackDated
from services.grants.back_dating.guard import STREAM
from services.grants.case.events.award import AwardApproved, AwardImportProposed
from services.grants.case.events.withholding import WithholdingReleased
from services.notifications.deadline.events import ThresholdsSet, UndatedMet
from tests.eventlog.played import case
from tests.faults.planted.rewritten import rewritten
from tests.faults.planted.told import APPROVED, BY_GRANTS, BY_NOTIFICATIONS, NEW, PROPOSED, told

assert isinstance(APPROVED, AwardApproved)
NOW = today()  # the copies' clock is the machine's own, as shipped
LAST_WEEK, LONG_AGO, NEXT_YEAR = NOW - timedelta(days=7), NOW - timedelta(days=400), NOW + timedelta(days=365)
RECENT = replace(APPROVED, approved_on=LAST_WEEK)
OLD = replace(APPROVED, approved_on=LONG_AGO)
LIVED = case(5)
WIDE: dict[str, Any] = {"days": 36_500, "valid_from": NOW, "reason": "Det trengs."}


def because(day: date, *, bound_days: int = 90, reason: str = "Ferie.") -> DecisionBackDated:
    """What the service would have told beside an approval of that day."""
    return DecisionBackDated(
        decisions=(APPROVED.TOPIC,), day=day, today=NOW, bound_days=bound_days, reason=reason, dated_by="ola"
    )


FAR_BACK = r"more than 90 days before it was recorded"
OF_ONE_AWARD = rf"position \d+: day: award.approved.v1 of {NEW} "
OF_THE_CLAIM = rf"position {{at}}: day: award.import-proposed.v1 of {NEW} is said to be of 2020-03-02,"
OF_DAYS = (
    told("an award approved further back than the bound", BY_GRANTS, NEW, OF_ONE_AWARD + f".*{FAR_BACK}",
         PROPOSED, OLD),
    told("an award approved further back than the bound, for a reason", BY_GRANTS, NEW, OF_ONE_AWARD + f".*{FAR_BACK}",
         PROPOSED, OLD, because(LONG_AGO, bound_days=36_500), together=True),
    told("an award dated back for no reason", BY_GRANTS, NEW, r"position {at}: day: .*nothing says why",
         PROPOSED, RECENT),
    told("an award dated back, and why told of afterwards", BY_GRANTS, NEW, OF_ONE_AWARD + ".*nothing says why",
         PROPOSED, RECENT, because(LAST_WEEK)),
    told("an award dated back for a blank reason", BY_GRANTS, NEW, OF_ONE_AWARD + ".*nothing says why",
         PROPOSED, RECENT, because(LAST_WEEK, reason=" \u200b"), together=True),
    told("an award dated back under a bound that is not the one in force", BY_GRANTS, NEW,
         OF_ONE_AWARD + ".*not the one in force", PROPOSED, RECENT, because(LAST_WEEK, bound_days=400), together=True),
    told("an award dated ahead", BY_GRANTS, NEW, rf"position {{at}}: day: .*is dated {NEXT_YEAR}",
         PROPOSED, replace(APPROVED, approved_on=NEXT_YEAR)),
    told("an award said to be decided outside when the log had begun", BY_GRANTS, NEW,
         OF_THE_CLAIM + r".* before this system, and its log begins on 2020-03-02", PROPOSED,
         AwardImportProposed(decided_on=date(2020, 3, 2), disposal_authority="Instruks 4.2", document="20/1",
                             document_sha256="ab" * 32, proposed_by="kari"), together=True),
    told("money that is withheld released long ago", BY_GRANTS, LIVED, rf"position {{at}}: day: .*{FAR_BACK}",
         WithholdingReleased(number=1, instalment=2, amount_ore=1, reason="Levert.", released_on=LONG_AGO,
                             released_by="ola")),
    told("a bound that nobody proposed", BY_GRANTS, STREAM, r"position {at}: day: .*no bound that two people",
         BoundConfirmed(**WIDE, confirmed_by="siri")),
    told("a bound that reaches back", BY_GRANTS, STREAM, r"position {at}: day: .*no bound that two people",
         BoundProposed(**WIDE | {"valid_from": LONG_AGO}, proposed_by="siri")),
    told("a bound confirmed otherwise than it was proposed", BY_GRANTS, STREAM,
         r"position {at}: day: .*no bound that two people",
         BoundProposed(**WIDE | {"days": 40}, proposed_by="siri"), BoundConfirmed(**WIDE, confirmed_by="liv")),
    told("a bound confirmed by whoever proposed it", BY_GRANTS, STREAM, r"position {at}: duties: .*siri",
         BoundProposed(**WIDE, proposed_by="siri"), BoundConfirmed(**WIDE, confirmed_by="siri")),
    told("an undated matter met tomorrow", BY_NOTIFICATIONS, "deadlines-2020", r"position {at}: day: .*tells of",
         UndatedMet(key="x", met_on=NEXT_YEAR, ground="Brev.", recorded_by="kari")),
    told("days of reminders that reach back", BY_NOTIFICATIONS, "thresholds-x", r"position {at}: day: .*counts from",
         ThresholdsSet(before_days=(1,), every_days=None, counted="working", valid_from=LONG_AGO, reason="x",
                       set_by="kari")),
    rewritten(
        "an award dated back in its stored bytes, and the log written anew from there",
        "grants",
        "UPDATE grants.event SET data = convert_to(regexp_replace(convert_from(data, 'UTF8'),"
        " '\"approved_on\": ?\"[0-9-]+\"', '\"approved_on\":\"2019-06-01\"'), 'UTF8') WHERE position = {at}",
        f"SELECT position FROM grants.event WHERE topic = '{APPROVED.TOPIC}' ORDER BY position DESC LIMIT 1",
        r"position {at}: day: award.approved.v1 .*is dated 2019-06-01",
    ),
    rewritten(
        "a wider bound in its stored bytes, and the log written anew from there",
        "grants",
        "UPDATE grants.event SET data = convert_to(replace(convert_from(data, 'UTF8'), '90', '9000'), 'UTF8')"
        " WHERE position = {at}",
        "SELECT position FROM grants.event WHERE topic = 'back-dating.bound-confirmed.v1'",
        r"position {at}: day: .*no bound that two people",
    ),
)  # fmt: skip
