"""What the tests of batch build, for other tests to use as well."""

from dataclasses import replace
from datetime import date

from services.grants.case.events.disbursement import BatchLine, PaymentBatchMade
from tests.grants.disbursement.paying import BATCH, CASE, FIRST, SECOND, attested, ready, requested
from tests.grants.fodt_fri import MILLION

MARCH = date(2020, 3, 1)
second = replace(attested, payment_id=SECOND, instalment=2, pay_on=date(2020, 9, 1))
made = PaymentBatchMade(
    batch_id=BATCH,
    lines=(
        BatchLine(payment_id=FIRST, case_id=CASE, amount_ore=3 * MILLION),
        BatchLine(payment_id=SECOND, case_id=CASE, amount_ore=3 * MILLION),
    ),
    control_total_ore=6 * MILLION,
    file_name="tilsagn.jsonl",
    sha256="ab" * 32,
    made_on=MARCH,
    made_by="anne",
)
asked = (*ready, attested, second, requested, replace(requested, payment_id=SECOND))
