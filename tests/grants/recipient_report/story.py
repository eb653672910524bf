"""A grant of six million in two instalments, with an interim and a final report. All of it is invented.

kari proposed it, ola approved it, siri checks content, anne checks money.
"""

from dataclasses import replace
from datetime import date

from services.eventlog.events import Event
from services.grants.case.events.award import ReportOwed
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.case.events.recipient_report import (
    AwardSettled,
    ReportChecked,
    ReportReceived,
    ReportReturned,
    SettlementProposed,
)
from services.grants.recipient_report.rules import Reporting, evolve
from tests.given import Given
from tests.given import given as given_facts
from tests.grants.fodt_fri import MILLION, approved, first_paid, letter_out
from tests.grants.fodt_fri import proposed as award_proposed

owed = (
    ReportOwed(number=1, kind="interim", due_on=date(2020, 9, 1)),
    ReportOwed(number=2, kind="final", due_on=date(2021, 3, 1), attested_accounts=True),
)
proposed = replace(award_proposed, reports=owed)
reporting = (proposed, approved, letter_out, first_paid)
second_paid = InstalmentPaid(
    instalment=2, amount_ore=3 * MILLION, paid_on=date(2020, 10, 1), reference="B-1002", attested_by="per"
)
interim = ReportReceived(
    number=1,
    version=1,
    summary="Arbeidet er i gang.",
    results="Tolv kurs er holdt.",
    used_ore=2 * MILLION,
    accounts_attested=False,
    document_sha256=None,
    received_on=date(2020, 8, 28),
    registered_by="kari",
)
final = replace(interim, number=2, used_ore=6 * MILLION, accounts_attested=True, received_on=date(2021, 2, 20))


def checked(report: ReportReceived) -> tuple[ReportChecked, ReportChecked]:
    """Both checks of a version, by two people."""
    content = ReportChecked(
        number=report.number,
        version=report.version,
        check="content",
        note="I tråd med vilkårene.",
        checked_on=date(2021, 3, 1),
        checked_by="siri",
    )
    return content, replace(content, check="money", note="Stemmer med regnskapet.", checked_by="anne")


returned = ReportReturned(
    number=1,
    version=1,
    check="content",
    reasons=("Måloppnåelsen er ikke omtalt.",),
    reply_by=date(2020, 9, 21),
    returned_on=date(2020, 9, 7),
    returned_by="siri",
)
reported = (*reporting, interim, *checked(interim), final, *checked(final))
settlement = SettlementProposed(used_ore=6 * MILLION, reductions=(), proposed_on=date(2021, 4, 12), proposed_by="kari")
settled = AwardSettled(used_ore=6 * MILLION, reductions=(), settled_on=date(2021, 4, 20), approved_by="ola")


def given(*events: Event) -> Given:
    return given_facts(*events, evolve=evolve, initial=Reporting())
