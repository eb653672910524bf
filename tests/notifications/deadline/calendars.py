"""What the tests of calendars build, for other tests to use as well."""

from datetime import UTC, date, datetime
from uuid import UUID

from services.notifications.deadline.listing import DeadlineRow

AT = datetime(2026, 1, 3, tzinfo=UTC)
ROW = DeadlineRow(
    deadline_id=UUID(int=5), stream="x", key="k", kind="instalment", state="due", overdue=False,
    due_on=date(2026, 12, 15), due_at=datetime(2026, 12, 15, 23, tzinfo=UTC), roles=["attestor"],
    what='Æ, ø; "å" \\ ' + "x" * 120, part=1, case_ids=[], case_numbers=["2026/17"], scheme_ids=["a"], posts=["291.62"],
    items=[], notice_id=None, year=None, letter_number=None, assignment=None, amount_ore=1, cite="§ 3", known_at=AT,
    history=False, changed="moved", changed_at=AT, changed_position=4, moves=3, version=4,
    position=4, first_roles=["attestor"], stood="due", changed_found=False, told=True, waiting=None,
)  # fmt: skip
