"""Rows at the edge of what the database's CHECK constraints let in: those that just pass, and those that just do not.

Each row says the columns that its constraint reads; the others are empty.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

Row = dict[str, Any]
MOST_ORE = 10**18
AT = "2020-06-01T12:00:00Z"
DIGEST = "\\x" + "ab" * 32


@dataclass(frozen=True)
class Edge:
    """What just passes, and what just does not."""

    passes: tuple[Row, ...]
    fails: tuple[Row, ...]


def octets(column: str, least: int, most: int | None = None) -> Edge:
    """Bytes, so many to so many."""
    most = least if most is None else most
    row = [{column: "\\x" + "ab" * count} for count in (least, most, least - 1, most + 1)]
    return Edge((row[0], row[1]), (row[2], row[3]))


def characters(column: str, least: int, most: int) -> Edge:
    """Text, so many to so many."""
    passes = tuple({column: "x" * count} for count in (least, most))
    return Edge(passes, ({column: "x" * (most + 1)}, *([{column: "x" * (least - 1)}] if least else [])))


def numbers(column: str, least: int, most: int | None = None) -> Edge:
    """From the least, to the most if there is one."""
    edges = [] if most is None else [most]
    return Edge(
        tuple({column: number} for number in (least, *edges)),
        ({column: least - 1}, *({column: number + 1} for number in edges)),
    )


def words(column: str, *said: str) -> Edge:
    """One of these, as they are written."""
    return Edge(tuple({column: word} for word in said), ({column: ""}, {column: said[0].upper()}, {column: "other"}))


def both(one: str, other: str, value: Any, another: Any) -> Edge:
    """Both or neither."""
    return Edge(({}, {one: value, other: another}), ({one: value}, {other: another}))


def either(one: str, other: str, value: Any, another: Any) -> Edge:
    """One or the other."""
    return Edge(({one: value}, {other: another}), ({}, {one: value, other: another}))


def sums(column: str) -> Edge:
    """A sum of money at its bound."""
    return Edge(({column: MOST_ORE},), ({column: MOST_ORE + 1},))


ACCOUNTS = ("available", "carried_over", "earmarked", "committed", "disbursed", "withheld", "overdrawn", "overbound")
FUND = {f"{account}_ore": 0 for account in ACCOUNTS} | {"direct_ore": 0, "hard_stop": True}
PDF = "\\x255044462d"
BYTES = b"%PDF-1"
NAMED = {"content": "\\x" + BYTES.hex(), "sha256": "\\x" + sha256(BYTES).hexdigest()}
LINE = {"confirmed_at": AT, "document_sha256": DIGEST, "written_by": ["a"], "confirmed_by": "b"}
MESSAGE = {"kind": "message", "sequence": 1, "message_id": "00000000-0000-4000-8000-000000000001"}
STAFF = {"name": "Kari", "title": "rådgiver", "salt": DIGEST}

EDGES: dict[str, Edge] = {
    "dashboard.session.session_idle_check": Edge(
        ({"idle": "1 minute"}, {"idle": "24 hours"}), ({"idle": "59 seconds"}, {"idle": "24 hours 1 second"})
    ),
    "dashboard.session.session_name_check": characters("name", 0, 200),
    "dashboard.session.session_own_token": Edge(
        ({}, {"own_token": "\\x00", "own_token_until": AT, "ends_at": AT}),
        (
            {"own_token": "\\x00"},
            {"own_token_until": AT},
            {"own_token": "\\x00", "own_token_until": AT, "ends_at": AT, "ended_at": AT},
            {"own_token": "\\x00", "own_token_until": AT, "ends_at": "2020-06-01T11:59:59Z"},
        ),
    ),
    "dashboard.session.session_own_token_check": octets("own_token", 29, 9000),
    "dashboard.session.session_roles_check": Edge(({"roles": []}, {"roles": ["a"] * 20}), ({"roles": ["a"] * 21},)),
    "dashboard.session.session_sign_in_sha256_check": octets("sign_in_sha256", 32),
    "dashboard.session.session_subject_check": characters("subject", 1, 400),
    "dashboard.session.session_token_sha256_check": octets("token_sha256", 32),
    "grants.authority_use.authority_use_is_bounded": sums("promised_ore"),
    "grants.authority_use.authority_use_promised_ore_check": numbers("promised_ore", 0),
    "grants.case_number.case_number_number_check": numbers("number", 1),
    "grants.contact.contact_is_salted": either("salt", "erased_at", DIGEST, AT),
    "grants.contact.contact_is_whole_or_empty": Edge(
        ({"name": "Kari"}, {"name": "Kari", "email": "a", "phone": "b"}, {"erased_at": AT}),
        ({}, {"erased_at": AT, "name": "Kari"}, {"erased_at": AT, "email": "a"}, {"erased_at": AT, "phone": "b"}),
    ),
    "grants.contact.contact_name_check": Edge(({"name": "x"},), ({"name": ""},)),
    "grants.contact.contact_salt_check": octets("salt", 32),
    "grants.fund.fund_holds_what_is_committed": Edge(
        (
            FUND | {"committed_ore": 3, "available_ore": 2, "overdrawn_ore": 1},
            FUND | {"committed_ore": 9, "hard_stop": False},
        ),
        (FUND | {"committed_ore": 4, "available_ore": 2, "overdrawn_ore": 1},),
    ),
    "grants.fund.fund_keeps_what_is_earmarked": Edge(
        (
            FUND | {"direct_ore": 2, "earmarked_ore": 2, "available_ore": 3, "overbound_ore": 1},
            FUND | {"direct_ore": 9, "hard_stop": False},
        ),
        (
            FUND | {"direct_ore": 3, "earmarked_ore": 2, "available_ore": 3, "overbound_ore": 1},
            FUND | {"direct_ore": 2, "earmarked_ore": 3, "available_ore": 3, "overbound_ore": 1},
        ),
    ),
    "grants.fund.fund_kind_check": words("kind", "post", "earmark", "recipient", "commitment"),
    "grants.fund.fund_never_negative": Edge(
        (FUND,), tuple(FUND | {f"{name}_ore": -1} for name in ("committed", "disbursed", "withheld"))
    ),
    "grants.fund.fund_pays_only_what_is_committed": Edge(
        (FUND | {"disbursed_ore": 1, "withheld_ore": 2, "committed_ore": 3},),
        (
            FUND | {"disbursed_ore": 2, "withheld_ore": 2, "committed_ore": 3},
            FUND | {"disbursed_ore": 1, "withheld_ore": 3, "committed_ore": 3},
        ),
    ),
    "grants.fund.fund_sums_are_bounded": Edge(
        (
            *(FUND | {f"{name}_ore": MOST_ORE} for name in ACCOUNTS),
            *(FUND | {f"{name}_ore": -MOST_ORE} for name in ACCOUNTS[:3]),
        ),
        (
            *(FUND | {f"{name}_ore": MOST_ORE + 1} for name in ACCOUNTS),
            *(FUND | {f"{name}_ore": -MOST_ORE - 1} for name in ACCOUNTS[:3]),
        ),
    ),
    "grants.held_over.held_over_ground_check": words("ground", "transferable", "commitment-authority", "paid"),
    "grants.letter_file.letter_file_is_a_pdf": Edge(({"content": f"{PDF}00"},), ({"content": "\\x2550444600"},)),
    "grants.letter_file.letter_file_is_what_it_is_called": Edge((NAMED,), (NAMED | {"sha256": DIGEST},)),
    "grants.letter_permit.letter_permit_attempt_check": numbers("attempt", 1),
    "grants.letter_permit.letter_permit_letter_sha256_check": octets("letter_sha256", 32),
    "grants.letter_permit.letter_permit_outcome_check": words("outcome", "sent", "not-sent", "unknown"),
    "grants.payee_account.payee_account_account_number_check": Edge(
        ({"account_number": "1" * 11},),
        tuple({"account_number": said} for said in ("1" * 10, "1" * 12, f"{'1' * 10}a", f"{'1' * 11}\n")),
    ),
    "grants.payee_account.payee_account_is_salted": either("salt", "erased_at", DIGEST, AT),
    "grants.payee_account.payee_account_is_whole_or_erased": either("account_number", "erased_at", "1" * 11, AT),
    "grants.payee_account.payee_account_organisation_number_check": Edge(
        ({"organisation_number": "1" * 9},),
        tuple({"organisation_number": said} for said in ("1" * 8, "1" * 10, f"{'1' * 8}a")),
    ),
    "grants.payee_account.payee_account_salt_check": octets("salt", 32),
    "grants.payment_file.payment_file_check": Edge(
        (NAMED | {"sha256": NAMED["sha256"][2:]},), (NAMED, NAMED | {"sha256": DIGEST[2:]})
    ),
    "grants.staff.staff_is_whole_or_erased": Edge(
        (STAFF, {"erased_at": AT}),
        (
            *({name: said for name, said in STAFF.items() if name != left} for left in STAFF),
            *({name: said, "erased_at": AT} for name, said in STAFF.items()),
        ),
    ),
    "grants.staff.staff_salt_check": octets("salt", 32),
    "notifications.attempt_outcome.attempt_outcome_outcome_check": words(
        "outcome", "delivered", "failed", "lost", "stopped"
    ),
    "notifications.delivery.delivery_check": Edge(
        (MESSAGE, {"kind": "test"}),
        (
            *({name: said for name, said in MESSAGE.items() if name != left} for left in ("sequence", "message_id")),
            *({"kind": "test", name: MESSAGE[name]} for name in ("sequence", "message_id")),
        ),
    ),
    "notifications.delivery.delivery_kind_check": words("kind", "message", "test", "challenge"),
    "notifications.delivery.delivery_sequence_check": numbers("sequence", 1),
    "notifications.delivery.delivery_state_check": words(
        "state", "waiting", "begun", "delivered", "failed", "expired", "cancelled"
    ),
    "notifications.delivery_request.delivery_request_asked_check": words("asked", "test", "resend"),
    "notifications.endpoint.endpoint_rate_per_second_check": numbers("rate_per_second", 1),
    "notifications.endpoint_secret.endpoint_secret_sealed_check": octets("sealed", 60, 200),
    "notifications.item.item_letter_sha256_check": octets("letter_sha256", 32),
    "notifications.item.item_manifest_sha256_check": octets("manifest_sha256", 32),
    "notifications.letter_file.letter_file_content_check": octets("content", 1, 20 * 1024 * 1024),
    "notifications.message.message_data_check": Edge(
        ({"data": {"a": "x" * 11_991}},), ({"data": {"a": "x" * 11_992}}, {"data": []})
    ),
    "notifications.message.message_subject_check": Edge(
        ({"subject": {"a": "x" * 1_999_991}},), ({"subject": {"a": "x" * 1_999_992}}, {"subject": []})
    ),
    "notifications.message.message_type_check": Edge(
        ({"type": "a.b"}, {"type": f"{'a' * 30}.{'_' * 30}"}),
        tuple({"type": said} for said in ("a", ".b", "a.", "A.b", "a.b.c", f"{'a' * 31}.b", f"a.{'b' * 31}", "a.b\n")),
    ),
    "notifications.notice_line.notice_line_manifest_sha256_check": octets("manifest_sha256", 32),
    "notifications.policy.policy_check": Edge(
        ({"stale_after_days": 15, "days": 14},), ({"stale_after_days": 14, "days": 14},)
    ),
    "notifications.policy.policy_days_check": numbers("days", 1, 365),
    "notifications.policy.policy_min_hours_check": numbers("min_hours", 0),
    "notifications.policy.policy_starts_check": words("starts", "received"),
    "notifications.policy.policy_tz_check": words("tz", "Europe/Oslo"),
    "notifications.release.release_number_check": numbers("number", 1),
    "notifications.scheme_policy.scheme_policy_document_sha256_check": octets("document_sha256", 32),
    "notifications.scheme_policy.scheme_policy_rule_check": words("rule", "notice", "exempt"),
    "notifications.scheme_policy.scheme_policy_whole": Edge(
        ({}, LINE), tuple({name: said for name, said in LINE.items() if name != left} for left in LINE)
    ),
    "notifications.sending.sending_state_check": words("state", "due", "begun", "unknown", "sent", "stuck", "done"),
    "notifications.sending_permit.sending_permit_hash_check": octets("hash", 32),
    "notifications.waiver.waiver_by_two": Edge(
        ({"confirmed_by": "kari", "proposed_by": "ola"},),
        ({"confirmed_by": "kari", "proposed_by": "kari"}, {"confirmed_by": "KARI", "proposed_by": "kari"}),
    ),
    "notifications.waiver.waiver_document_sha256_check": octets("document_sha256", 32),
    "notifications.waiver.waiver_manifest_sha256_check": octets("manifest_sha256", 32),
}
for log in ("grants", "notifications"):
    EDGES |= {
        f"{log}.command.command_hash_is_whole": octets("hash", 32),
        f"{log}.command.command_is_chained": both("nth", "hash", 1, DIGEST),
        f"{log}.command.command_answer_is_kept_or_cleared": Edge(
            ({}, {"answer": "\\x7b"}, {"nth": 1, "answer_sha256": DIGEST}),
            (
                {"nth": 1, "answer_sha256": DIGEST, "answer": "\\x7b"},
                {"answer_sha256": DIGEST},
                {"nth": 1, "answer_sha256": DIGEST + "ab"},
                {"nth": 1, "answer_sha256": DIGEST[:-2]},
            ),
        ),
        f"{log}.event.event_hash_check": octets("hash", 32),
        f"{log}.event.event_version_check": numbers("version", 1),
    }
