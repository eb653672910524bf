"""What the tests of waiting build, for other tests to use as well."""

from datetime import date
from uuid import UUID

from services.grants.case.events.award import ReportOwed
from services.grants.case.events.complaint import ComplaintForwarded, ComplaintReceived, Party
from services.grants.case.events.disbursement import PayeeAccountRegistered, PayeeAccountVerified
from services.grants.case.events.recipient_report import ReportReceived
from tests.grants.fodt_fri import MILLION

FINAL = ReportOwed(number=1, kind="final", due_on=date(2021, 4, 1))
ACCOUNT = UUID("8f0d4a52-6d5e-4c64-9f29-6b4b2f7c9d10")
registered = PayeeAccountRegistered(account_id=ACCOUNT, registered_on=date(2020, 2, 4), registered_by="kari")
verified = PayeeAccountVerified(
    account_id=ACCOUNT, source="Foretaksregisteret", verified_on=date(2020, 2, 5), verified_by="anne"
)
complaint = ComplaintReceived(
    number=1,
    disputed="withholding",
    decision_number=1,
    party=Party(name="Stiftelsen Født Fri"),
    decision_arrived_on=date(2020, 11, 2),
    lodged_on=date(2020, 11, 23),
    last_day_on=date(2020, 11, 23),
    grounds="Vilkårene er fulgt.",
    defects=(),
    registered_by="kari",
)
forwarded = ComplaintForwarded(
    number=1, statement="Vedtaket opprettholdes.", forwarded_on=date(2020, 12, 1), forwarded_by="kari"
)
report = ReportReceived(
    number=1,
    version=1,
    summary="",
    results="",
    used_ore=3 * MILLION,
    accounts_attested=True,
    document_sha256=None,
    received_on=date(2021, 3, 1),
    registered_by="kari",
)
