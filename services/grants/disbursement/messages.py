"""What other services are told of payments. Thin: ids, days and amounts (whole øre); no persons, no accounts."""

from collections.abc import Mapping

from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.grants.case.events.disbursement import (
    InstalmentPaid,
    InstalmentPaidLater,
    PaymentRefused,
    PayOutDeadlineTold,
)


def _paid(fact: Recorded) -> Message:
    assert isinstance(fact.event, InstalmentPaid)
    data = {
        "case_id": fact.stream.removeprefix("case-"),
        "version": fact.version,
        "instalment": fact.event.instalment,
        "amount_ore": fact.event.amount_ore,
        "paid_on": fact.event.paid_on.isoformat(),
    }
    return Message(type="no.tilsagn.disbursement.instalment-paid.v1", subject=fact.stream, data=data)


def _refused(fact: Recorded) -> Message:
    assert isinstance(fact.event, PaymentRefused)
    data = {
        "case_id": fact.stream.removeprefix("case-"),
        "version": fact.version,
        "payment_id": str(fact.event.payment_id),
        "code": fact.event.code,
        "refused_on": fact.event.refused_on.isoformat(),
    }
    return Message(type="no.tilsagn.disbursement.payment-refused.v1", subject=fact.stream, data=data)


def _deadline_told(fact: Recorded) -> Message:
    assert isinstance(fact.event, PayOutDeadlineTold)
    data = {
        "fund_id": fact.event.fund_id,
        "pay_by": fact.event.pay_by.isoformat(),
        "amount_ore": fact.event.amount_ore,
        "paid_ore": fact.event.paid_ore,
        "passed": fact.event.passed,
        "told_on": fact.event.told_on.isoformat(),
    }
    return Message(type="no.tilsagn.disbursement.pay-out-deadline-told.v1", subject=fact.stream, data=data)


MESSAGES: Mapping[str, Mapper] = {
    InstalmentPaid.TOPIC: _paid,
    InstalmentPaidLater.TOPIC: _paid,
    PaymentRefused.TOPIC: _refused,
    PayOutDeadlineTold.TOPIC: _deadline_told,
}
