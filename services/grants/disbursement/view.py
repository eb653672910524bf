"""What a case shows of its payments: the account (never its number), each payment and how far it has come, and every
reason why an instalment waits. Amounts are whole øre.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.grants.disbursement.blocks import list_blocks
from services.grants.disbursement.rules import Disbursement, Payment, evolve


def fold(events: Sequence[Event]) -> Disbursement:
    """The case as this room knows it."""
    return fold_once(evolve, events, Disbursement)


def shown(events: Sequence[Event]) -> dict[str, Any] | None:
    """The account and the payments of the case; None while nothing is promised."""
    case = fold(events)
    if case.commitment.approved is None:
        return None
    return {
        "letter_out_on": case.informed.out_on,
        "terms_accepted_on": case.accepted_on,
        "payment_suspended": case.disputes.payment_suspended,
        "account": asdict(case.account) | {"verified": asdict(case.verified) if case.verified else None}
        if case.account
        else None,
        "payments": [_payment(payment) for payment in case.payments],
        "history": [asdict(paid) for paid in case.history],
    }


def _payment(payment: Payment) -> dict[str, Any]:
    requested, refused, paid = payment.requested, payment.refused, payment.paid
    return {
        **asdict(payment.attested),
        "state": payment.state,
        "batch_id": requested.batch_id if requested else None,
        "requested_on": requested.requested_on if requested else None,
        "refused": {"code": refused.code, "reason": refused.reason, "on": refused.refused_on} if refused else None,
        "paid_on": paid.paid_on if paid else None,
        "voucher": paid.reference if paid else None,
    }


def list_instalments(events: Sequence[Event], *, on: date, open_years: Mapping[int, int]) -> list[dict[str, Any]]:
    """Each instalment with what is paid, free and payable, and everything that blocks it on that day; in the order of
    the plan. None before an award is approved."""
    case = fold(events)
    return [
        {
            **asdict(planned),
            "paid_ore": case.commitment.paid_ore(planned.number),
            "free_ore": case.commitment.free_ore(planned.number, since=on),
            "payable_ore": case.commitment.payable_ore(planned.number, since=on),
            "blocks": [
                {"code": block.code, "title": block.title, "detail": block.detail, **block.details}
                for block in list_blocks(case, planned, on=on, open_years=open_years)
            ],
        }
        for planned in case.commitment.instalments
    ]
