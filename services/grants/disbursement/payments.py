"""Payments and batches as rows: what waits, what accounting has, what it answered. Follows the log in batches.

What is decided is decided on the cases' own streams; these rows find the cases (`payment_lists.py`). Whole øre.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import BigInteger, Column, Connection, Date, Integer, MetaData, Table, Text, Uuid, text

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.grants.case.command_handler import case_of
from services.grants.case.doubles_kept import keep_vouchers, voucher_met
from services.grants.case.events.award import AwardProposed
from services.grants.case.events.disbursement import (
    InstalmentPaid,
    InstalmentPaidLater,
    PaymentAttested,
    PaymentBatchHandedOver,
    PaymentBatchMade,
    PaymentReceiptTaken,
    PaymentRefused,
    PaymentRequested,
)
from services.grants.case.events.withholding import RepaymentReceived

VIEWS = MetaData(schema="grants_view")
payment = Table(
    "payment",
    VIEWS,
    Column("edition", Integer, primary_key=True),
    Column("payment_id", Uuid, primary_key=True),
    Column("case_id", Uuid),
    Column("instalment", Integer),
    Column("account_id", Uuid),
    Column("batch_id", Uuid),
    Column("amount_ore", BigInteger),
    Column("state", Text),
    Column("pay_on", Date),
    Column("attested_on", Date),
    Column("answered_on", Date),
    Column("voucher", Text),
    Column("post_id", Text),
    Column("booked_year", Integer),
)
payment_sum = Table(
    "payment_sum",
    VIEWS,
    Column("edition", Integer, primary_key=True),
    Column("post_id", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("amount_ore", BigInteger),
)
payment_batch = Table(
    "payment_batch",
    VIEWS,
    Column("edition", Integer, primary_key=True),
    Column("batch_id", Uuid, primary_key=True),
    Column("made_position", BigInteger),
    Column("made_on", Date),
    Column("made_by", Text),
    Column("count", Integer),
    Column("control_total_ore", BigInteger),
    Column("file_name", Text),
    Column("sha256", Text),
    Column("answered", Integer),
    Column("handed_over_on", Date),
)

_SEEN = UUID("6f1d6a0e-6a52-4d5c-9d3c-0f7d0c1b8a11")
"""Names the rows of payments that have no id of their own: those of before this system, and repayments."""


def seen_payment_id(stream: str, version: int) -> UUID:
    """The id of a payment that has none of its own, by the fact that tells of it."""
    return uuid5(_SEEN, f"{stream}/{version}")


class Payments:
    """The projection behind the lists."""

    name = "payments"
    version = 2
    tables: tuple[Table, ...] = (payment, payment_sum, payment_batch, voucher_met)
    events: tuple[type[Event], ...] = (
        PaymentAttested,
        PaymentRequested,
        PaymentRefused,
        InstalmentPaid,
        InstalmentPaidLater,
        RepaymentReceived,
        PaymentBatchMade,
        PaymentBatchHandedOver,
        PaymentReceiptTaken,
    )

    def project(self, connection: Connection, edition: int, facts: Sequence[Recorded]) -> None:
        """Each fact makes one row or changes one; then what the cases' payments come to is summed as it moved, and what
        vouchers meet is kept."""
        streams = sorted({fact.stream for fact in facts if fact.stream.startswith("case-")})
        before = _sums(connection, edition, streams)
        for fact in facts:
            if fact.stream.startswith("payment-batch-"):
                statement, values = _of_batch(fact)
            else:
                statement, values = _of_case(fact)
            if statement is not None:
                connection.execute(statement, {"edition": edition, **values})
        if streams:
            asked = {"edition": edition, "streams": streams, "topic": AwardProposed.TOPIC, "until": facts[-1].position}
            connection.execute(_BOOKED, asked)
            moved = _sums(connection, edition, streams)
            moved.subtract(before)
            rows = [{"post_id": post_id, "state": state, "ore": ore} for (post_id, state), ore in moved.items() if ore]
            connection.execute(_MOVED, {"edition": edition, "moved": json.dumps(rows)})
            connection.execute(_NOTHING_LEFT, {"edition": edition})
        keep_vouchers(connection, edition, streams, facts[-1].position)


# The post a case's award is promised on, as it was proposed last, and the year a payment is booked in.
_BOOKED = text("""
    UPDATE grants_view.payment p SET post_id = of.post_id,
        booked_year = extract(year FROM coalesce(answered_on, pay_on))
    FROM (SELECT DISTINCT ON (stream) stream, array_to_string((string_to_array(
              CAST(convert_from(data, 'UTF8') AS jsonb) ->> 'fund_id', '/'))[1 : 3], '/') AS post_id
          FROM grants.event WHERE stream = ANY (:streams) AND topic = :topic AND position <= :until
          ORDER BY stream, version DESC) AS of
    WHERE p.edition = :edition AND p.case_id = CAST(substr(of.stream, 6) AS uuid)
""")
_SUMMED = text("""
    SELECT post_id, state, CAST(sum(amount_ore) AS bigint) FROM grants_view.payment
    WHERE edition = :edition AND case_id = ANY (:cases) AND booked_year = CAST(left(post_id, 4) AS integer)
    GROUP BY post_id, state
""")
_MOVED = text("""
    INSERT INTO grants_view.payment_sum AS s (edition, post_id, state, amount_ore)
    SELECT CAST(:edition AS integer), post_id, state, ore
    FROM jsonb_to_recordset(CAST(:moved AS jsonb)) AS m (post_id text, state text, ore bigint)
    ON CONFLICT (edition, post_id, state) DO UPDATE SET amount_ore = s.amount_ore + excluded.amount_ore
""")
_NOTHING_LEFT = text("DELETE FROM grants_view.payment_sum WHERE edition = :edition AND amount_ore = 0")


def _sums(connection: Connection, edition: int, streams: Sequence[str]) -> Counter[tuple[str, str]]:
    """What payments of these cases that are booked in the year of their post come to, by post and state."""
    asked = {"edition": edition, "cases": [case_of(stream) for stream in streams]}
    return Counter({(post_id, state): ore for post_id, state, ore in connection.execute(_SUMMED, asked)})


_NEW_PAYMENT = text("""
    INSERT INTO grants_view.payment (edition, payment_id, case_id, instalment, account_id, amount_ore, state, pay_on,
                                     attested_on, answered_on, voucher)
    VALUES (:edition, :payment_id, :case_id, :instalment, :account_id, :amount_ore, :state, :pay_on,
            :attested_on, :answered_on, :voucher)""")
_ANSWERED = text("""
    UPDATE grants_view.payment SET state = :state, answered_on = :answered_on, voucher = :voucher
    WHERE edition = :edition AND payment_id = :payment_id""")
_REQUESTED = text("""
    UPDATE grants_view.payment SET state = 'requested', batch_id = :batch_id
    WHERE edition = :edition AND payment_id = :payment_id""")
_NEW_BATCH = text("""
    INSERT INTO grants_view.payment_batch (edition, batch_id, made_position, made_on, made_by, count,
                                           control_total_ore, file_name, sha256)
    VALUES (:edition, :batch_id, :made_position, :made_on, :made_by, :count, :control_total_ore, :file_name, :sha256)
    """)
_HANDED_OVER = text("""
    UPDATE grants_view.payment_batch SET handed_over_on = :handed_over_on
    WHERE edition = :edition AND batch_id = :batch_id""")
_ONE_ANSWER = text("""
    UPDATE grants_view.payment_batch SET answered = answered + 1 WHERE edition = :edition AND batch_id = :batch_id""")


def _of_case(fact: Recorded) -> tuple[Any, dict[str, Any]]:
    """What a fact on a case's stream does to the rows."""
    row: dict[str, Any] = {
        "payment_id": seen_payment_id(fact.stream, fact.version),
        "case_id": UUID(fact.stream.removeprefix("case-")),
        **dict.fromkeys(("account_id", "pay_on", "attested_on", "answered_on", "voucher")),
    }
    match fact.event:
        case PaymentAttested() as asked:
            return _NEW_PAYMENT, {**row, **vars(asked), "state": "attested"}
        case PaymentRequested(payment_id=payment_id, batch_id=batch_id):
            return _REQUESTED, {"payment_id": payment_id, "batch_id": batch_id}
        case PaymentRefused(payment_id=payment_id, refused_on=day):
            return _ANSWERED, {"payment_id": payment_id, "state": "refused", "answered_on": day, "voucher": None}
        case InstalmentPaid(payment_id=UUID() as payment_id, paid_on=day, reference=voucher):
            return _ANSWERED, {"payment_id": payment_id, "state": "paid", "answered_on": day, "voucher": voucher}
        case InstalmentPaid() as paid:
            seen = {"state": "imported", "answered_on": paid.paid_on, "voucher": paid.reference}
            return _NEW_PAYMENT, {**row, **seen, "instalment": paid.instalment, "amount_ore": paid.amount_ore}
        case RepaymentReceived(credited=True) as repaid:
            seen = {"state": "repaid", "answered_on": repaid.received_on, "voucher": repaid.voucher}
            return _NEW_PAYMENT, {**row, **seen, "instalment": repaid.instalment, "amount_ore": repaid.amount_ore}
    return None, {}


def _of_batch(fact: Recorded) -> tuple[Any, dict[str, Any]]:
    """What a fact on a batch's stream does to the rows."""
    batch_id = UUID(fact.stream.removeprefix("payment-batch-"))
    match fact.event:
        case PaymentBatchMade() as made:
            return _NEW_BATCH, {**vars(made), "made_position": fact.position, "count": len(made.lines)}
        case PaymentBatchHandedOver(handed_over_on=day):
            return _HANDED_OVER, {"batch_id": batch_id, "handed_over_on": day}
        case PaymentReceiptTaken():
            return _ONE_ANSWER, {"batch_id": batch_id}
    return None, {}
