"""Every table is one of three, and `make verify` is what sees to it.

`recomputed`: its rows are worked out from the log's facts and compared, column by column. `bound`: what stands there is
not in the log, but its digest is, or what is held against one that is. `nothing`: it carries nothing anybody relies on,
for the reason given. A column that is left out of a comparison stands in `apart`, with its reason. A test holds this
table against the description of what is shipped: a new relation or column has no place until it is put here. Another
(tests/faults/planted/test_every_column.py) changes each column that is looked at and requires that it is told. Of those
`in_part` not every other value is: the reason says what of it is held.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Class = Literal["recomputed", "bound", "nothing"]


@dataclass(frozen=True, kw_only=True)
class Relation:
    """One table or view. `by` is the module that looks at it, or the reason that none does; `columns` are those
    covered by that, `apart` the others, each with its reason. Of those `in_part` the reason says what is covered."""

    holds: Class
    by: str
    columns: frozenset[str]
    apart: Mapping[str, str] = field(default_factory=dict)
    in_part: Mapping[str, str] = field(default_factory=dict)


def _recomputed(by: str, columns: str, in_part: Mapping[str, str] | None = None, **apart: str) -> Relation:
    return Relation(
        holds="recomputed", by=by, columns=frozenset(columns.split()), apart=apart, in_part=dict(in_part or {})
    )


def _bound(by: str, columns: str, in_part: Mapping[str, str] | None = None, **apart: str) -> Relation:
    return Relation(holds="bound", by=by, columns=frozenset(columns.split()), apart=apart, in_part=dict(in_part or {}))


def _nothing(because: str, columns: str) -> Relation:
    return Relation(holds="nothing", by=because, columns=frozenset(columns.split()))


EVENT = "position stream version topic data metadata recorded_at hash"
COMMAND = "id key actor request_hash answer answer_sha256 first_position last_position recorded_at nth hash"
REVISION = "version_num"
BALANCES, LIMITS = (
    "dev.verifying.balances",
    "dev.verifying.limits",
)  # and dev.verifying.entries: that the ledger adds up from there
A_VIEW = "a view of the log: what it is, is compared with what was shipped"
A_TURN = "has no columns: who writes locks it"
CLAIMED = (
    "attempt_id delivery_id endpoint_id kind sequence message_id tries challenge type occurred_at subject data"
    " expires_at url contract secret_id previous_secret_id now_at turns by_hand turn_at"
)
TOLD_OUTSIDE = "tells receivers of what the log holds; nothing is decided by it here, and it says where to ask"
STORED_AT = "says when the row was written; nothing is decided by it"
ERASED = {"erased_at": "that it stands is held against the fact that says so; which instant it names is in no fact"}
LET_OUT = {
    "released_at": "PostgreSQL's own reading of the clock, which is in no fact: held to the minute after its fact was"
    " recorded"
}

HELD_OVER = "dev.verifying.held_over"
GRANTS = {
    "event": _recomputed("services.eventlog.checkpoints.chain", EVENT),
    "event_text": _nothing(A_VIEW, EVENT),
    "letter_fact": _nothing(A_VIEW, "position stream version topic data metadata recorded_at"),
    "turned_before": _nothing(A_VIEW, "stream position year"),
    "case_fact": _nothing(A_VIEW, "position stream version topic data metadata recorded_at"),
    "disputed_case": _nothing(A_VIEW, "stream"),
    "notice_heard": _nothing(A_VIEW, "position stream version topic data metadata recorded_at"),
    "scheme_fact": _nothing(A_VIEW, "position stream version topic data metadata recorded_at"),
    "round_fact": _nothing(A_VIEW, "position stream version topic data metadata recorded_at"),
    "command": _recomputed("dev.verifying.commands", COMMAND),
    "alembic_version": _recomputed("dev.verifying.shipped", REVISION),
    "log_turn": _nothing(A_TURN, ""),
    "tending_turn": _nothing(A_TURN, ""),
    "fund": _recomputed(
        BALANCES,
        "id parent_id path kind year chapter post name hard_stop available_ore carried_over_ore earmarked_ore"
        " committed_ore disbursed_ore withheld_ore direct_ore overdrawn_ore overbound_ore last_on marks said_on",
    ),
    "entry": _recomputed(
        BALANCES,
        "position line fund_id effective_on available_ore carried_over_ore earmarked_ore committed_ore disbursed_ore"
        " withheld_ore effective_month day_totals month_totals ground letter_number cite recorded_at",
    ),
    "mark": _recomputed(BALANCES, "position fund_id effective_on name amount recorded_at"),
    "authority": _recomputed(LIMITS, "post_id letter_number effective_on until_year limit_ore position"),
    "authority_use": _recomputed(LIMITS, "post_id promised_ore"),
    "case_number": _recomputed("dev.verifying.case_numbers", "year number case_id position label"),
    "month_taken": _recomputed(LIMITS, "stream paid_for month position standing read_as"),
    "held_over": _recomputed(
        HELD_OVER, "stream into_year post_id from_post_id ground promised_on promised_at position"
    ),
    "held_over_entry": _recomputed(
        HELD_OVER, "position line stream into_year post_id effective_on recorded_at claimed_ore paid_ore withheld_ore"
    ),
    "held_over_order": _recomputed(HELD_OVER, "post_id effective_on position place stream"),
    "letter_permit": _recomputed(
        "dev.verifying.permits", "case_stream position attempt letter_sha256 granted_at until outcome"
    ),
    "letter_file": _bound("dev.verifying.files", "sha256 content size_bytes", stored_at=STORED_AT),
    "payment_file": _bound("dev.verifying.files", "sha256 content batch_id", stored_at=STORED_AT),
    "contact": _bound(
        "dev.verifying.erasable",
        "id case_id name email phone salt erased_at",
        ERASED,
        created_at=STORED_AT,
        settled_at="when its fact was looked for and found; a row is removed only if none is there then",
    ),
    "payee_account": _bound(
        "dev.verifying.erasable",
        "id account_number organisation_number salt erased_at",
        ERASED | {"organisation_number": "bound with the number; of an erased row nothing is left that binds it"},
        created_at=STORED_AT,
    ),
    "staff": _bound("dev.verifying.staff", "id subject name title salt erased_at", ERASED, created_at=STORED_AT),
}
VIEWS = "dev.verifying.views"
WHICH = "the number of a filling: the rows of the one that is read are compared, whichever it is"
GRANTS_VIEW = {
    "application": _recomputed(
        VIEWS,
        "case_id call_id scheme_id year title applicant applicant_kind organisation_number municipality_number"
        " state versions first_arrived_on last_arrived_on reply_by sought_ore assessments counting stale_assessments"
        " mean_basis_points recommended_min_ore recommended_max_ore",
        edition=WHICH,
    ),
    "case_row": _recomputed(
        VIEWS,
        "case_id recipient organisation_number municipality_number fund_id scheme_id call_id round_id year"
        " chapter post state sought_ore amount_ore disbursed_ore withheld_ore established_project proposed_by"
        " approved_by left_ore letter_awaited_from letters_telling opened_position changed_position changed_at",
        edition=WHICH,
        recipient_digest="PostgreSQL makes it of the recipient, which is compared",
    ),
    "case_notice": _recomputed(VIEWS, "case_id notice_id state planned_on sent_at received_at position", edition=WHICH),
    "award": _recomputed(
        VIEWS,
        "case_id opened_position year scheme_id call_id round_id recipient read_as organisation_number made_on"
        " made_position",
        edition=WHICH,
    ),
    "award_recipient": _recomputed(VIEWS, "read_as organisation_number since_position", edition=WHICH),
    "award_move": _recomputed(
        VIEWS,
        "case_id position effective_on awards approved_ore booked_committed_ore booked_disbursed_ore"
        " booked_withheld_ore committed_ore disbursed_ore withheld_ore",
        edition=WHICH,
    ),
    "award_sum": _recomputed(
        VIEWS,
        "year span size starts_on block scheme_id call_id round_id awards approved_ore booked_committed_ore"
        " booked_disbursed_ore booked_withheld_ore",
        edition=WHICH,
    ),
    "complaint_row": _recomputed(
        VIEWS,
        "case_id number party lodged_on last_day_on late disputed state suspends forwarded_on decided_on"
        " decision_number outcome",
        edition=WHICH,
    ),
    "report_row": _recomputed(
        VIEWS,
        "case_id number kind recipient scheme_id fund_id due_on received_on state reminders next_reminder_on",
        edition=WHICH,
    ),
    "task": _recomputed(
        VIEWS,
        "case_id task part role not_by recipient fund_id amount_ore from_on until_on due_on organisations"
        " only_by since_at since_position",
        edition=WHICH,
    ),
    "recipient_met": _recomputed(VIEWS, "kind key digest", edition=WHICH),
    "voucher_met": _recomputed(VIEWS, "case_id key written positions", edition=WHICH),
    "payment": _recomputed(
        VIEWS,
        "payment_id case_id instalment account_id batch_id amount_ore state pay_on attested_on answered_on voucher"
        " post_id booked_year",
        edition=WHICH,
    ),
    "payment_sum": _recomputed(VIEWS, "post_id state amount_ore", edition=WHICH),
    "payment_batch": _recomputed(
        VIEWS,
        "batch_id made_position made_on made_by count control_total_ore file_name sha256 answered handed_over_on",
        edition=WHICH,
    ),
    "edition": _nothing(
        "how far a read model has come: what stands is held against the log up to there, and beyond its end is a fault",
        "projection edition version position state changed_at kept_at hash",
    ),
    "parked": _nothing(
        "what a read model could not follow, told to whoever runs the service; tried again, it goes",
        "projection edition stream position topic error attempts held parked_at",
    ),
}
NOTIFICATIONS = {
    "event": _recomputed("services.eventlog.checkpoints.chain", EVENT),
    "letter_publication": _nothing(A_VIEW, "stream position recorded_at key published_on"),
    "event_text": _nothing(A_VIEW, EVENT),
    "notice_fact": _nothing(A_VIEW, "position stream version topic data metadata recorded_at"),
    "command": _recomputed("dev.verifying.commands", COMMAND),
    "alembic_version": _recomputed("dev.verifying.shipped", REVISION),
    "log_turn": _nothing(A_TURN, ""),
    "item": _recomputed(
        "dev.verifying.gate",
        "item position manifest_sha256 letter_sha256 scheme_id round_id exempt_source ended ordered released opens_at"
        " stale_at",
    ),
    "notice": _recomputed(
        "dev.verifying.gate", "notice ordered_position policy_version withdrawn dispatch dispatched_at received_at"
    ),
    "notice_line": _recomputed("dev.verifying.gate", "notice item manifest_sha256"),
    "objection": _recomputed("dev.verifying.gate", "notice objection item lifted_at"),
    "scheme_policy": _recomputed(
        "dev.verifying.policies",
        "scheme_id version rule source valid_from confirmed_at document_sha256 written_by confirmed_by",
    ),
    "decision": _recomputed("dev.verifying.policies", "item version decided_at"),
    "waiver": _recomputed(
        "dev.verifying.sending", "item manifest_sha256 document_sha256 proposed_by confirmed_by position"
    ),
    "sending": _recomputed("dev.verifying.sending", "stream state attempt next_at left_here"),
    "release": _recomputed(
        "dev.verifying.sending",
        "item number position manifest_sha256 letter_sha256 ground basis said_at recorded_at opens_at released_at",
        LET_OUT,
    ),
    "release_ending": _recomputed("dev.verifying.gate", "item number position followed"),
    "sending_permit": _recomputed("dev.verifying.gate", "position hash stream attempt granted_at until begun_at"),
    "policy": _bound(
        "dev.verifying.sending",  # as the notices froze it, and dev.verifying.releases: as the ministry's own list says
        "version valid_from days day_of_notice_counted starts min_hours roll_forward tz basis stale_after_days",
    ),
    "letter_file": _bound("dev.verifying.files", "sha256 content"),
    "endpoint": _recomputed(
        "dev.verifying.endpoints",
        "id position url types wanted ordered rate_per_second contract pulled_by secret_id previous_secret_id"
        " previous_until consented numbered paused disabled deleted",
    ),
    "endpoint_secret": _bound("dev.verifying.endpoints", "id endpoint_id sealed", stored_at=STORED_AT),
    "message": _nothing(TOLD_OUTSIDE, "id type occurred_at put_at expires_at subject data position"),
    "message_waiting": _nothing("what no worker has handed on yet: gone once it is", "nth id"),
    "endpoint_count": _nothing(
        "counters of deliveries, which nobody decides by but who delivers",
        "endpoint_id last committed next_start_at failing_since told_at",
    ),
    "delivery": _nothing(
        TOLD_OUTSIDE,
        "id endpoint_id kind sequence message_id challenge url state tries next_at attempt_id expires_at made_at"
        " settled_at turns by_hand turn_at hand_at",
    ),
    "attempt": _nothing(TOLD_OUTSIDE, "id delivery_id number begun_at worker by_hand"),
    "attempt_outcome": _nothing(TOLD_OUTSIDE, "attempt_id ended_at outcome status problem took_ms"),
    "delivery_request": _nothing(TOLD_OUTSIDE, "id endpoint_id asked deliveries asked_by asked_at"),
    "message_turn": _nothing("a counter, and the turn of who hands messages on", "told"),
    "message_number": _nothing(
        "the order in which messages were handed on, and what receivers hold theirs against", "number id hash"
    ),
    "message_place": _nothing("how far the log has been read for messages: behind it, none is lost", "position"),
    "claimed": _nothing("a type of rows that are answered, and holds none", CLAIMED),
}
NOTIFICATIONS_VIEW = {
    "deadline": _recomputed(
        VIEWS,
        "deadline_id stream key kind state due_on due_at roles what part case_ids case_numbers scheme_ids posts items"
        " item_numbers notice_id year letter_number assignment amount_ore cite known_at changed changed_at"
        " changed_position moves history version position first_roles stood changed_found",
        edition=WHICH,
    ),
    "calendar_entry": _nothing(
        "which edition of each entry calendars were given: what it says follows from the register",
        "deadline_id sha256 sequence said_at",
    ),
    "deadline_timer": _nothing(
        "when the sweep looks next; what it then tells follows from the register", "deadline_id look_at"
    ),
    "edition": GRANTS_VIEW["edition"],
    "parked": GRANTS_VIEW["parked"],
}
DASHBOARD = {
    "session": _nothing(
        "who is signed in to the dashboard: no fact, and gone within two days",
        "token_sha256 sign_in_sha256 subject name roles idle began_at seen_at ends_at ended_at own_token "
        "own_token_until",
    ),
    "alembic_version": _nothing("the revision of a store that holds no fact", REVISION),
}
OF_SCHEMAS = {
    "dashboard": DASHBOARD,
    "grants": GRANTS,
    "grants_view": GRANTS_VIEW,
    "notifications": NOTIFICATIONS,
    "notifications_view": NOTIFICATIONS_VIEW,
}
RELATIONS: Mapping[str, Relation] = {
    f"{schema}.{name}": relation for schema, relations in OF_SCHEMAS.items() for name, relation in relations.items()
}


def misplaced(description: Mapping[str, str], relations: Mapping[str, Relation] = RELATIONS) -> list[str]:
    """What is shipped (`migrations/description.json`) and has no place here, and what has one and is not shipped."""
    shipped: dict[str, set[str]] = {}
    for line in description:
        kind, _, name = line.partition(" ")
        if kind == "relation":
            shipped.setdefault(name, set())
        elif kind == "column":
            of, _, column = name.rpartition(".")
            shipped.setdefault(of, set()).add(column)
    said = []
    for name in sorted(shipped.keys() | relations.keys()):
        relation = relations.get(name)
        if relation is None:
            said.append(f"{name} has no class")
            continue
        placed = relation.columns | relation.apart.keys()
        said += [f"{name}.{column} has no class" for column in sorted(shipped.get(name, set()) - placed)]
        said += [f"{name}.{column} is not shipped" for column in sorted(placed - shipped.get(name, set()))]
        said += [f"{name}.{column} has two classes" for column in sorted(relation.columns & relation.apart.keys())]
        in_part = sorted(relation.in_part.keys() - relation.columns)
        said += [f"{name}.{column} is held in part and not at all" for column in in_part]
    return said
