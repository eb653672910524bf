"""What each message to a receiver outside says: its members, and an example. The schemas, the examples and the AsyncAPI
in `contracts/` are made from this table (`python -m dev.webhooks`); tests hold it against what is really sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
INSTANT: Mapping[str, Any] = {"type": "string", "format": "date-time", "description": "UTC."}
DAY: Mapping[str, Any] = {"type": "string", "format": "date", "description": "Europe/Oslo."}
ID: Mapping[str, Any] = {"type": "string", "pattern": UUID_PATTERN}
TEXT: Mapping[str, Any] = {"type": "string"}
COUNT: Mapping[str, Any] = {"type": "integer", "minimum": 0}
TEXT_OR_NONE: Mapping[str, Any] = {"type": ["string", "null"]}
MANY: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}, "maxItems": 50}

AT = datetime(2020, 6, 1, 8, tzinfo=UTC)
MESSAGE = UUID("7d2f6c1e-0b1f-4a54-9d3a-2f4c8e6b1a90")
NOTICE, CASE = "3d6f0a52-6c0e-4b8e-9a30-6f1c2d3e4f50", "3f2b9c1e-5d47-4a8e-9b60-7c1d2e3f4a5b"
ENDPOINT, LETTER = "b9d0c3f6-8a51-5e0e-8e0b-5b1a0c6f7d12", "5f2c" * 16


@dataclass(frozen=True, kw_only=True)
class Told:
    """One type. `always` and `sometimes` are members of `data`, beside `as_of`."""

    title: str
    says: str
    always: Mapping[str, Mapping[str, Any]]
    sometimes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    subject: Mapping[str, Any]
    data: Mapping[str, Any]
    numbered: bool = True


OF_A_NOTICE: Mapping[str, Mapping[str, Any]] = {
    "notice_id": ID,
    "letters": COUNT,
    "publications": COUNT,
    "about": {"type": ["object", "null"], "properties": {"kind": TEXT, "id": TEXT}},
    "planned_on": {"type": ["string", "null"], "format": "date"},
    "see": TEXT,
}
LISTED: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(("scheme_ids", "posts", "case_ids", "case_numbers"), MANY),
    **dict.fromkeys(("scheme_id_count", "post_count", "case_id_count", "case_number_count"), COUNT),
}
OF_A_LETTER: Mapping[str, Mapping[str, Any]] = {
    "case_id": ID,
    "case_number": TEXT_OR_NONE,
    "scheme_id": TEXT_OR_NONE,
    "post": TEXT_OR_NONE,
    "letter_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "see": TEXT,
}
NOTICE_SUBJECT = {
    "notice_id": NOTICE,
    "scheme_ids": ["jobbsjansen-2020"],
    "posts": ["671.60"],
    "case_ids": [CASE],
    "case_numbers": ["2020/17"],
}
NOTICE_DATA: Mapping[str, Any] = {
    "letters": 1,
    "publications": 0,
    "about": {"kind": "scheme", "id": "jobbsjansen-2020"},
    "planned_on": "2020-06-18",
    "see": f"/v1/notices/{NOTICE}",
}
LETTER_SUBJECT = {"case_id": CASE, "case_number": "2020/17", "scheme_id": "jobbsjansen-2020", "post": "671.60"}
LETTER_DATA: Mapping[str, Any] = {"letter_sha256": LETTER, "see": f"/v1/awards/{CASE}"}
OF_AN_ENDPOINT: Mapping[str, Mapping[str, Any]] = {"endpoint_id": ID, "host": TEXT}
FAILING: Mapping[str, Any] = {"host": "saksbehandling.example.no", "failing_since": "2020-05-31T20:00:00+00:00"}


DEADLINE = "0b9c7c52-1d0c-5f3a-9a53-5d6f7a8b9c0d"
INTEGER_OR_NONE: Mapping[str, Any] = {"type": ["integer", "null"]}
OF_A_DEADLINE: Mapping[str, Mapping[str, Any]] = {
    "deadline_id": ID,
    "kind": {**TEXT, "description": "What is due, as a code."},
    "what": {**TEXT, "description": "What is due, in words."},
    "state": {**TEXT, "description": "due, met, fallen, over or history."},
    "overdue": {"type": "boolean"},
    "due_on": {**DAY, "description": "The last day, which counts. Europe/Oslo."},
    "due_at": INSTANT,
    "roles": {**MANY, "description": "Who it is for."},
    "part": {**INTEGER_OR_NONE, "description": "Which instalment, report, complaint or claim it is of."},
    "cases": {**COUNT, "description": "Of how many cases it is, also where not all are named."},
    "waiting": {**INTEGER_OR_NONE, "description": "Of a notice: how many of its letters wait for it."},
    "year": {**INTEGER_OR_NONE, "description": "The budget year whose letters say it."},
    "letter_number": INTEGER_OR_NONE,
    "assignment": TEXT_OR_NONE,
    "amount_ore": {**INTEGER_OR_NONE, "description": "Whole øre."},
    "see": TEXT,
}
THRESHOLD: Mapping[str, Any] = {
    **TEXT,
    "description": "Which threshold has passed: before-5 (days), due, after-7. Each is told once.",
}
CHANGE: Mapping[str, Any] = {**TEXT, "description": "moved, reopened, met or fallen."}
DEADLINE_SUBJECT = {
    "deadline_id": DEADLINE,
    "scheme_ids": ["jobbsjansen-2020"],
    "posts": ["671.60"],
    "case_ids": [CASE],
    "case_numbers": ["2020/17"],
}
DEADLINE_DATA: Mapping[str, Any] = {
    "kind": "instalment",
    "what": "Utbetaling av termin 2",
    "state": "due",
    "overdue": False,
    "due_on": "2020-06-05",
    "due_at": "2020-06-05T22:00:00Z",
    "roles": ["attestor"],
    "part": 2,
    "cases": 1,
    "waiting": None,
    "year": None,
    "letter_number": None,
    "assignment": None,
    "amount_ore": 300000000,
    "see": f"/v1/deadlines/{DEADLINE}",
}
OPENING_DATA: Mapping[str, Any] = {
    "kind": "notice-opens",
    "what": "Orienteringen åpner",
    "roles": ["caseworker", "ministry"],
    "part": None,
    "waiting": 1,
    "amount_ore": None,
}


def _deadline(title: str, says: str, data: Mapping[str, Any]) -> Told:
    """`data` says which threshold has passed, or what has changed, and what differs from an instalment's."""
    tells = {"threshold": THRESHOLD} if "threshold" in data else {"changed": CHANGE}
    of_a_notice = data.get("kind", "").startswith("notice-")
    return Told(
        title=title,
        says=says,
        always={**OF_A_DEADLINE, **tells},
        sometimes={**LISTED, "notice_id": ID},
        subject={**DEADLINE_SUBJECT, **({"notice_id": NOTICE} if of_a_notice else {})},
        data={**DEADLINE_DATA, **data},
    )


def _notice(title: str, says: str, data: Mapping[str, Any], **always: Mapping[str, Any]) -> Told:
    return Told(
        title=title,
        says=says,
        always={**OF_A_NOTICE, **always},
        sometimes=LISTED,
        subject=NOTICE_SUBJECT,
        data={**NOTICE_DATA, **data},
    )


def _letter(title: str, says: str, data: Mapping[str, Any], **always: Mapping[str, Any]) -> Told:
    return Told(
        title=title, says=says, always={**OF_A_LETTER, **always}, subject=LETTER_SUBJECT, data={**LETTER_DATA, **data}
    )


def _endpoint(title: str, says: str, data: Mapping[str, Any], **always: Mapping[str, Any]) -> Told:
    return Told(
        title=title, says=says, always={**OF_AN_ENDPOINT, **always}, subject={"endpoint_id": ENDPOINT}, data=data
    )


MESSAGES: Mapping[str, Told] = {
    "notice.sent": _notice(
        "A notice was sent",
        "The channel has the notice to the ministry. Its days do not run yet: they run from receipt.",
        {"channel": "eformidling", "sent_at": "2020-06-01T08:00:00Z"},
        channel=TEXT,
        sent_at=INSTANT,
    ),
    "notice.received": _notice(
        "A notice was received",
        "The ministry has the notice. What it lists may leave from `opens_at`, on the day `opens_on`, and no longer"
        " after `stale_at`.",
        {
            "received_at": "2020-06-01T07:58:11Z",
            "opens_at": "2020-06-15T22:00:00Z",
            "opens_on": "2020-06-16",
            "stale_at": "2020-08-29T22:00:00Z",
        },
        received_at=INSTANT,
        opens_at=INSTANT,
        opens_on=DAY,
        stale_at=INSTANT,
    ),
    "notice.delivery_failed": _notice(
        "A notice did not arrive",
        "The channel says that the notice was not sent or not delivered. `lasting`: somebody must look.",
        {"lasting": True},
        lasting={"type": "boolean"},
    ),
    "notice.objected": _notice(
        "The ministry objected",
        "The ministry stops what is named here until it lifts the objection.",
        {"objection": 1, "stopped": 1},
        objection={"type": "integer", "minimum": 1},
        stopped=COUNT,
    ),
    "notice.superseded": _notice(
        "A notice counts no longer",
        "It was withdrawn, or the notice `by` took over from it.",
        {"by": None},
        by=TEXT_OR_NONE,
    ),
    "letter.released": _letter(
        "A letter was let out",
        "The gate let the letter out, on this ground. That the recipient has it is told apart.",
        {
            "channel": "eformidling",
            "released_at": "2020-06-01T08:00:00Z",
            "released_on": "2020-06-01",
            "ground": {"kind": "notice", "notice_id": NOTICE, "opened_at": "2020-05-31T22:00:00Z"},
        },
        channel=TEXT,
        released_at=INSTANT,
        released_on=DAY,
        ground={"type": "object", "required": ["kind"], "properties": {"kind": TEXT}},
    ),
    "letter.delivered": _letter(
        "A letter arrived",
        "The recipient has the letter, by what counts as received on its channel.",
        {"channel": "eformidling", "delivered_at": "2020-06-01T08:00:00Z", "delivered_on": "2020-06-01"},
        channel=TEXT,
        delivered_at=INSTANT,
        delivered_on=DAY,
    ),
    "letter.refused": _letter(
        "A released letter was stopped",
        "Grants would not have the letter sent, and nothing left. It, or another of the award, can be released anew.",
        {"code": "award-changed-since"},
        code=TEXT,
    ),
    "endpoint.failing": _endpoint(
        "Deliveries fail",
        "Deliveries to an endpoint have failed since then, and it is disabled at `disabled_at` if that goes on. What"
        " was tried last, what came of it, and when it is tried again.",
        {
            **FAILING,
            "disabled_at": "2020-06-05T20:00:00+00:00",
            "message_type": "notice.received",
            "message_id": str(MESSAGE),
            "problem": "it answered 503",
            "status": 503,
            "next_try_at": "2020-06-01T08:30:00+00:00",
        },
        failing_since=INSTANT,
        disabled_at=INSTANT,
        message_type=TEXT,
        message_id=ID,
        problem=TEXT,
        status={"type": ["integer", "null"]},
        next_try_at={"type": ["string", "null"], "format": "date-time"},
    ),
    "endpoint.disabled": _endpoint(
        "An endpoint is disabled",
        "It is told no more until an administrator resumes it: it said that it is gone (410), or did nothing but fail.",
        {**FAILING, "reason": "failing"},
        failing_since=INSTANT,
        reason={"enum": ["gone", "failing"]},
    ),
    "endpoint.recovered": _endpoint(
        "Deliveries are taken again",
        "Something was taken by an endpoint that had failed since then.",
        FAILING,
        failing_since=INSTANT,
    ),
    "notice.due_soon": _deadline(
        "A notice must soon go",
        "The last day for the ministry to have the notice, for its letters to leave as planned, is near.",
        {**OPENING_DATA, "kind": "notice-must-go", "threshold": "before-5"},
    ),
    "notice.overdue": _deadline(
        "A notice is late",
        "That day has passed, and the ministry does not have it. Told again until it does.",
        {**OPENING_DATA, "kind": "notice-must-go", "overdue": True, "threshold": "due"},
    ),
    "notice.opens_soon": _deadline(
        "A notice soon opens",
        "The ministry's days are soon over, and letters wait for it.",
        {**OPENING_DATA, "threshold": "before-2"},
    ),
    "notice.opened": _deadline(
        "A notice has opened", "`waiting` letters may leave.", {**OPENING_DATA, "state": "over", "threshold": "due"}
    ),
    "notice.stale_soon": _deadline(
        "A notice is soon too old",
        "It soon lets out no more of the letters that still wait: the ministry must then be told anew.",
        {**OPENING_DATA, "kind": "notice-stale", "threshold": "before-15"},
    ),
    "deadline.approaching": _deadline("Something is soon due", "Its day is near.", {"threshold": "before-5"}),
    "deadline.passed": _deadline(
        "Something is overdue",
        "Its day has passed. Of what ends by itself that is told once; of anything else again until it is met.",
        {"overdue": True, "threshold": "after-7"},
    ),
    "deadline.moved": _deadline(
        "Something is due on another day", "The day named here replaces the one told before.", {"changed": "moved"}
    ),
    "deadline.met": _deadline(
        "What was due has come", "Nobody is reminded of it any more.", {"state": "met", "changed": "met"}
    ),
    "deadline.fallen": _deadline(
        "What was due is waited for no more",
        "Nobody is reminded of it any more.",
        {"state": "fallen", "changed": "fallen"},
    ),
    "webhook.challenge": Told(
        title="Does the receiver want to be told?",
        says="Answer 200 with `data.challenge` as the body, exactly and alone. Nothing else is sent before.",
        always={"endpoint_id": ID, "challenge": TEXT},
        subject={"endpoint_id": ENDPOINT},
        data={"challenge": "4f8b1f0e2d5c4a7f9e3b6a1c0d8e7f2a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e"},
        numbered=False,
    ),
    "webhook.test": Told(
        title="A test",
        says="An administrator asked for it. It tells of nothing, and has no number.",
        always={"endpoint_id": ID},
        subject={"endpoint_id": ENDPOINT},
        data={},
        numbered=False,
    ),
}
