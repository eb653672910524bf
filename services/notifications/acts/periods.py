"""Periods that are asked of, in days or in instants."""

from services.eventlog.refusal import Refusal


class PeriodReversed(Refusal):
    """It ends before it begins: nothing is in between, and nothing says that there is nothing."""

    code = "period-reversed"
    status = 422
    title = "Perioden slutter før den begynner"
