"""Rows of the read models changed or added by whoever owns them: what the pages and the inboxes show."""

from tests.faults.planted.rows import by_the_owner
from tests.faults.planted.tampering import Copy, Tampering

CASE = "'00000000-0000-0000-0000-00000000000f'"
LIVE = "(SELECT edition FROM grants_view.edition WHERE projection = '{}' AND state = 'live')"
CHANGED = {
    "case_row": "amount_ore = amount_ore + 1",
    "case_notice": "planned_on = '2020-01-01'",
    "task": "part = part + 9",
    "award": "made_position = made_position + 1",
    "award_recipient": "since_position = since_position + 1",
    "award_move": "committed_ore = committed_ore + 1",
    "award_sum": "booked_committed_ore = booked_committed_ore + 1",
    "payment": "amount_ore = amount_ore + 1",
    "payment_sum": "amount_ore = amount_ore + 1",
    "payment_batch": "answered = answered + 1",
}
ADDED = {
    "recipient_met": ("cases", "kind, key", "'recipient-name', 'x'"),
    "voucher_met": ("payments", "case_id, key, written, positions", f"{CASE}, 'x', '{{x}}', '{{1}}'"),
    "application": (
        "applications",
        "case_id, call_id, scheme_id, year, applicant, applicant_kind, title, sought_ore, versions,"
        " first_arrived_on, last_arrived_on, assessments, stale_assessments, state",
        f"{CASE}, 'x', 'x', 2020, 'x', 'x', 'x', 1, 1, '2020-01-01', '2020-01-01', 0, 0, 'received'",
    ),
    "complaint_row": (
        "complaints",
        "case_id, number, disputed, party, lodged_on, last_day_on, late, state",
        f"{CASE}, 1, 'x', 'x', '2020-01-01', '2020-01-01', false, 'received'",
    ),
    "report_row": (
        "reports",
        "case_id, number, kind, recipient, fund_id, due_on, state, reminders",
        f"{CASE}, 1, 'x', 'x', 'x', '2020-01-01', 'awaited', 0",
    ),
}


def by_its_own_role(copy: Copy) -> str:
    """The service fills them, so its role can write anything there."""
    place = copy.ask("SELECT min(case_id::text) FROM grants_view.case_row")
    copy.as_service("grants", f"UPDATE grants_view.case_row SET amount_ore = 1 WHERE case_id::text = '{place}'")
    return place


VIEWS = (
    *(
        by_the_owner(
            f"the rows of the read model {table}",
            f"UPDATE grants_view.{table} SET {change}",
            rf"view: grants_view\.{table}: ",
        )
        for table, change in CHANGED.items()
    ),
    *(
        by_the_owner(
            f"a row of the read model {table} that nothing gave",
            f"INSERT INTO grants_view.{table} (edition, {columns}) VALUES ({LIVE.format(projection)}, {values})",
            rf"view: grants_view\.{table}: .*does not follow from the log",
        )
        for table, (projection, columns, values) in ADDED.items()
    ),
    by_the_owner(
        "how far the read models have come",
        "UPDATE grants_view.edition SET position = 100000",
        r"view: .*the log ends at {at}",
        "SELECT max(position) FROM grants.event",
    ),
    by_the_owner(
        "the rows of the register of deadlines",
        "UPDATE notifications_view.deadline SET due_on = due_on + 1",
        r"view: notifications_view\.deadline: ",
    ),
    Tampering(
        name="the rows of the read model case_row",
        by="grants_service",
        does=by_its_own_role,
        found=r"view: grants_view\.case_row: .*{at}",
        touches=("grants_view.case_row",),
    ),
)
