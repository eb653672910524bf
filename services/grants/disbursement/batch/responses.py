"""Batches as they are answered."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from services.grants.case.events.disbursement import BatchLine
from services.grants.disbursement.batch.rules import Batch, LeftOut


def show_batch(batch: Batch) -> dict[str, Any]:
    """A batch with its lines and their answers; what is paid, refused and unanswered adds up to the control total.
    `moved` are the payments that were attested for another budget year than they are asked for in."""
    assert batch.made is not None, "a batch begins with its making"
    lines = []
    for line in batch.lines:
        receipt = batch.find_receipt(line.payment_id)
        lines.append(
            {
                **asdict(line),
                "answer": ("paid" if receipt.paid else "refused") if receipt else None,
                "voucher": receipt.voucher if receipt else None,
                "answered_on": receipt.answered_on if receipt else None,
            }
        )
    return asdict(batch.made) | {
        "count": len(lines),
        "handed_over_on": batch.handed_over.handed_over_on if batch.handed_over else None,
        "paid_ore": batch.sum_ore("paid"),
        "refused_ore": batch.sum_ore("refused"),
        "unanswered_ore": batch.sum_ore("unanswered"),
        "lines": lines,
        "moved": [_moved(line, batch.made.made_on.year) for line in batch.lines if line.from_year is not None],
    }


def _moved(line: BatchLine, to_year: int) -> dict[str, Any]:
    return {
        "payment_id": str(line.payment_id),
        "case_id": str(line.case_id),
        "from_year": line.from_year,
        "to_year": to_year,
        "charged_post_id": line.charged_post_id,
    }


def show_left_out(left_out: Sequence[LeftOut]) -> list[dict[str, Any]]:
    """What could not go in, each with why not."""
    return [asdict(each) for each in left_out]
