"""What can have happened in a case, and in a round of cases: one file for each stage.

They are read together: whoever reads a case must know every fact that can stand in it.
"""

from services.grants.case.events import (
    application,
    award,
    award_change,
    complaint,
    disbursement,
    grant_letter,
    recipient_report,
    round,
    withholding,
    year_end,
)

__all__ = [
    "application",
    "award",
    "award_change",
    "complaint",
    "disbursement",
    "grant_letter",
    "recipient_report",
    "round",
    "withholding",
    "year_end",
]
