"""What bounds a day from below where no earlier fact of its stream does: how long ago something can have happened that
is recorded for the first time, and the day that a plan is made on. Tables only; `order.py` asks them."""

from collections.abc import Mapping

YEARS_BACK: Mapping[tuple[str, str], int] = {
    ("allocation.carry-over-applied.v1", "accounts_on"): 15,
    ("application.received.v1", "arrived_on"): 15,
    ("award.proposed.v1", "basis.agreed_on"): 30,
    ("complaint.party-changed.v1", "changed_on"): 15,
    ("complaint.received.v1", "decision_arrived_on"): 15,
    ("organisation.tie-ended.v1", "ended_on"): 30,
}
"""Of what happened elsewhere, and that no fact of its stream need bound: how many years before the one it is recorded
in, whole. Our own numbers: what is older is a slip of the pen. An agreement and a tie may be of long standing."""

COUNTS_FROM: Mapping[tuple[str, str], int] = {
    ("scheme.call-published.v1", "terms.notice.valid_from"): 15,
    ("scheme.notice-policy-proposed.v1", "policy.valid_from"): 15,
    ("scheme.registered.v1", "terms.notice.valid_from"): 15,
    ("scheme.revised.v1", "terms.notice.valid_from"): 15,
    ("staff.entry-ended.v1", "valid_until"): 50,
    ("staff.named.v1", "valid_from"): 50,
    ("staff.named.v1", "valid_until"): 50,
}
"""The days a rule or a title counts from and to, by its own words: no further ahead than plans are made, and at most so
many years before this one. A person may have had a title for a working life."""

PLANNED_FROM: Mapping[tuple[str, str], str] = {
    ("allocation.authority-used.v1", "until_on"): "used_on",
    ("application.supplement-requested.v1", "reply_by"): "requested_on",
    ("award.approved.v1", "cover_valid_until"): "approved_on",
    ("award.change-proposed.v1", "hearing.reply_by"): "hearing.warned_on",
    ("award.letter-frozen.v1", "accept_by"): "dated_on",
    ("award.supplement-approved.v1", "added.due_on"): "approved_on",
    ("complaint.completion-asked.v1", "reply_by"): "asked_on",
    ("complaint.received.v1", "last_day_on"): "decision_arrived_on",
    ("disbursement.payment-attested.v1", "pay_on"): "attested_on",
    ("report.deadline-moved.v1", "due_on"): "moved_on",
    ("report.returned.v1", "reply_by"): "returned_on",
    ("scheme.call-published.v1", "closes_on"): "opens_on",
    ("scheme.call-published.v1", "opens_on"): "published_on",
    ("withholding.prior-warning-given.v1", "reply_by"): "warned_on",
    ("withholding.reclaim-decided.v1", "pay_by"): "decided_on",
    ("withholding.reclaim-warned.v1", "reply_by"): "warned_on",
}
"""Of what is planned, by stored name and field: the day of the same fact that it is planned from, and cannot lie
before."""

PLANNED_OTHERWISE: Mapping[tuple[str, str], str] = {
    ("award.change-proposed.v1", "added.due_on"): "the day the change is decided bounds it, once known",
    ("award.letter-frozen.v1", "instalments.due_on"): "the letter repeats the plan it tells of",
    (
        "award.proposed.v1",
        "instalments.due_on",
    ): "none before its fund's year or what the award stands on (`InstalmentDueTooSoon`); what is"
    " overdue when the award is approved is paid at once",
    ("award.proposed.v1", "reports.due_on"): "no report falls due before its fund's year (`ReportDueTooSoon`)",
    ("back-dating.bound-confirmed.v1", "valid_from"): "it is the day that was proposed",
    ("back-dating.bound-proposed.v1", "valid_from"): "a bound counts from today at the earliest (`BoundReachesBack`)",
    ("disbursement.pay-out-deadline-told.v1", "pay_by"): "the letter says it",
    ("disbursement.pay-out-met.v1", "pay_by"): "the letter says it",
    ("kept-answers.term-confirmed.v1", "valid_from"): "it is the day that was proposed",
    ("kept-answers.term-proposed.v1", "valid_from"): "a term counts from today at the earliest",
    ("notice.listing-heard.v1", "planned_on"): "another service says it",
    ("report.reminded.v1", "due_on"): "it is the day the report is due, which may be past",
    ("round.lines-proposed.v1", "lines.last_due_on"): "it is the last day of the lines' own plans",
    ("scheme.call-deadline-moved.v1", "closes_on"): "no deadline is moved to an earlier day (`DeadlineNotLater`)",
}
"""Days that are planned and that nothing of the same fact bounds from below, and why."""

BEGINS: Mapping[str, str] = {
    "award.proposed.v1": "an agreement comes before the award that stands on it",
    "allocation.": "the letter it is about bounds it, in the rules of the budget year",
    "complaint.party-changed.v1": "an estate may have been opened before anybody here knew",
    "complaint.received.v1": "the decision bounds it, whichever it is (`BeforeDecision`)",
    "control.drawn.v1": "it begins a draw",
    "disbursement.batch-made.v1": "it begins a batch, of what was attested by then",
    "disbursement.condition-met.v1": "it may have come about before the award; how long, its rule says (`MetTooEarly`)",
    "organisation.tie-": "a tie, and its end, are recorded when they are known",
    "round.opened.v1": "it begins a round",
    "scheme.registered.v1": "it begins a scheme",
}
"""How the stored names begin of days that no earlier fact of their stream bounds, and why."""
