"""What was paid before this system paid anything, recorded from the accounts of that time.

A payment from the system's own days is attested, requested and answered for (`attestation.py`, `batch/`); this is no
way round that, as importing a letter is no way round the gate. What a lost batch asked for was attested and requested
in a span that the log has lost: it is booked here by its amount, and another person finds that it is that payment
(`lost/rules.py`).
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.duties import keep_apart
from services.eventlog.events import Event
from services.grants.case.commitment_refusals import positive
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.disbursement.attestation import disposed_of
from services.grants.disbursement.blocks import IN_HISTORY, list_blocks, stay_within
from services.grants.disbursement.budget_years import NOTHING_COVERED, paid_in_its_year
from services.grants.disbursement.lost.rules import NOTHING_LOST, LostBatches, may_be_booked
from services.grants.disbursement.refusals import PaymentNotHistory, VoucherUsed
from services.grants.disbursement.rules import Disbursement
from services.text.folding import reads_as_any


def pay(
    case: Disbursement,
    *,
    instalment: int,
    amount_ore: int,
    paid_on: date,
    reference: str,
    attested_by: str,
    system_began_on: date,
    open_years: Mapping[int, int] = NOTHING_COVERED,
    charged_post_id: str | None = None,
    lost: LostBatches = NOTHING_LOST,
    case_id: UUID | None = None,
) -> list[Event]:
    """Record that the instalment, or a part of it, was paid before `system_began_on`, or since by a payment of the case
    (`case_id`) that is `lost`. The same voucher and data again are no new payment. `open_years` are those of
    `list_blocks`; `charged_post_id` is the post that carries the line on in the year of the payment, where that is a
    later one.

    Refuses what `list_blocks` lists among `IN_HISTORY`, in its order, and `NotCommitted`, `UnknownInstalment`,
    `AmountNotPositive`, `VoucherUsed`, `PaymentNotHistory`, `SamePersonTwice` and what `stay_within` refuses.
    """
    paid = InstalmentPaid(
        instalment=instalment, amount_ore=amount_ore, paid_on=paid_on, reference=reference, attested_by=attested_by
    )
    if any(before.same_as(paid) for before in case.history):
        return []
    planned = case.commitment.instalment(instalment)
    if paid_on >= system_began_on and not (
        case_id and may_be_booked(lost, case_id, case.history, amount_ore=amount_ore, paid_on=paid_on)
    ):
        raise PaymentNotHistory(
            f"From {system_began_on} payments are attested and requested here. Attest this one. By hand is booked only"
            " what a lost batch asked for, of the same amount, and once."
        )
    if reads_as_any(reference, case.list_vouchers()):
        raise VoucherUsed(f"Voucher {reference} stands on another payment. Check the number.", reference=reference)
    keep_apart(attested_by, "record earlier payment", disposed_of(case, instalment))
    if blocks := list_blocks(case, planned, on=paid_on, open_years=open_years, among=IN_HISTORY, amount_ore=amount_ore):
        raise blocks[0]
    stay_within(case, instalment, positive(amount_ore), since=paid_on)
    return [paid_in_its_year(case.commitment, paid, charged_post_id)]
