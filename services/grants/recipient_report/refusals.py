"""Refusals that several parts of the room give."""

from services.eventlog.refusal import Refusal
from services.text.folding import is_blank


class UnknownReport(Refusal):
    """The recipient owes no report of that number."""

    code = "unknown-report"
    status = 404
    title = "Rapporten finnes ikke"


class ReportReasonMissing(Refusal):
    """It is not said why, in words the recipient or a colleague will read."""

    code = "report-reason-missing"
    status = 422
    title = "Begrunnelsen mangler"


def need_words(reason: str) -> None:
    """Words somebody can read, or the refusal `ReportReasonMissing`."""
    if is_blank(reason):
        raise ReportReasonMissing("Say why, in words the reader can act on.")
