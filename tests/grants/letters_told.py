"""What the tests of letters that are out build: two letters of an award, and what becomes of them."""

from dataclasses import replace
from datetime import date

from services.eventlog.events import Event
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import Ground, SupplementaryAwardApproved
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterFrozen,
    LetterLeft,
    LetterMayLeave,
    LetterReleased,
    LetterReleaseEnded,
)
from tests.grants.acts_on_a_case import approved, proposed

FIRST, SECOND = "ab" * 32, "cd" * 32
frozen = LetterFrozen(
    proposal_version=1,
    template="grant-letter/2",
    form="nb",
    sha256=FIRST,
    size_bytes=1,
    dated_on=date(2020, 2, 3),
    frozen_by="kari",
)
out = LetterReleased(released_on=date(2020, 2, 10), sha256=FIRST, message_id="m-1")
more = SupplementaryAwardApproved(
    amount_ore=100,
    added=(Instalment(number=3, amount_ore=100),),
    ground=Ground(code="more-granted", text="Mer."),
    approved_on=date(2020, 3, 1),
    approved_by="ola",
    disposal_authority="Instruks 4.2",
    letter_owed=True,
)
as_before = replace(more, letter_owed=False)
of_change = replace(frozen, proposal_version=5, sha256=SECOND, follows=FIRST, amount_ore=300)
also_out = replace(out, sha256=SECOND, released_on=date(2020, 4, 1), message_id="m-2")
not_out = LetterReleaseEnded(sha256=SECOND, message_id="m-3", another_is_out=True)
first_not_out = LetterReleaseEnded(sha256=FIRST, message_id="m-3")
told: tuple[Event, ...] = (proposed, frozen, approved, out)
may_leave = LetterMayLeave(released_on=date(2020, 2, 10), sha256=FIRST, message_id="m-4")
left = LetterLeft(left_on=date(2020, 2, 11), sha256=FIRST, message_id="m-5")
arrived = LetterDelivered(delivered_on=date(2020, 2, 12), sha256=FIRST, message_id="m-6")
anew = replace(of_change, follows=None)
