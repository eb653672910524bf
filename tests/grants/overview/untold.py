"""What the tests of untold build, for other tests to use as well."""

from datetime import UTC, date, datetime

from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import Ground, SupplementaryAwardApproved
from services.grants.case.events.grant_letter import LetterReleased
from services.grants.notice.events import NoticeReceiptHeard, NoticeSendingHeard

AT = datetime(2020, 6, 1, 8, tzinfo=UTC)
SENT, RECEIVED = NoticeSendingHeard(sent_at=AT), NoticeReceiptHeard(received_at=AT)
RELEASED = LetterReleased(released_on=date(2020, 3, 1), sha256="0" * 64, message_id="m")
GROUND = Ground(code="other", text="Mer ble gitt.")
MORE = SupplementaryAwardApproved(
    amount_ore=200, added=(Instalment(number=3, amount_ore=200),), ground=GROUND, approved_on=date(2020, 5, 1),
    approved_by="ola", disposal_authority="Instruks 4.2", letter_owed=True,
)  # fmt: skip
