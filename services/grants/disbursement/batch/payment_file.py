"""The file a batch is handed to accounting in: JSON Lines, one header, one line a payment, one trailer.

The format is documented in docs/accounting.md and has a version; the bytes are the same for the same batch, so its
SHA-256 says that nothing was changed on the way. Amounts are whole øre. Account numbers are in it, and in no event.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.grants.disbursement.batch.rules import Request

FORMAT = "tilsagn-payment-requests"
FORMAT_VERSION = 1
ANY_POST = "*"


@dataclass(frozen=True, kw_only=True)
class PaymentFile:
    """The exact bytes, and what they are known by."""

    name: str
    content: bytes
    sha256: str


def write_file(
    requests: Sequence[Request], *, batch_id: UUID, made_on: date, made_by: str, ledger_accounts: Mapping[str, str]
) -> PaymentFile:
    """The file of these payments. `ledger_accounts` gives the account in the accounts of each chapter and post
    ("291/71"), `*` for all others; where it says nothing the field is null, and accounting uses its own."""
    header = {
        "record": "header",
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "batch_id": str(batch_id),
        "made_on": made_on.isoformat(),
        "made_by": made_by,
        "currency": "NOK",
    }
    trailer = {
        "record": "trailer",
        "batch_id": str(batch_id),
        "count": len(requests),
        "control_total_ore": sum(each.payment.attested.amount_ore for each in requests),
    }
    records = [header, *(_line(each, ledger_accounts) for each in requests), trailer]
    content = "".join(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records)
    encoded = content.encode("utf-8")
    name = f"tilsagn-{made_on.isoformat()}-{batch_id}.jsonl"
    return PaymentFile(name=name, content=encoded, sha256=sha256(encoded).hexdigest())


def _line(request: Request, ledger_accounts: Mapping[str, str]) -> dict[str, Any]:
    commitment, attested = request.case.commitment, request.payment.attested
    approval, proposed = commitment.approval(), commitment.proposed
    assert proposed is not None, "an approved award was proposed"
    payee = request.case.party.party if request.case.party else proposed.recipient
    year, chapter, post = (request.charged_post_id or approval.fund_id).split("/")[:3]
    place = f"{chapter}/{post}"
    return {
        "record": "payment",
        "payment_id": str(attested.payment_id),
        "recipient": payee.name,
        "organisation_number": request.account.organisation_number,
        "account_number": request.account.account_number,
        "amount_ore": attested.amount_ore,
        "pay_on": (request.pay_on if request.moved else attested.pay_on).isoformat(),
        "chapter": chapter,
        "post": post,
        "ledger_account": ledger_accounts.get(place, ledger_accounts.get(ANY_POST)),
        "dimensions": {
            "fund": approval.fund_id,
            "scheme": proposed.scheme_id,
            "case": str(request.case_id),
            "instalment": attested.instalment,
            **({"budget_year": int(year)} if request.charged_post_id else {}),
        },
        "decision": f"case-{request.case_id}",
        "decided_on": approval.approved_on.isoformat(),
        "approved_by": approval.approved_by,
        "attested_by": attested.attested_by,
    }
