"""What is refused of the days people are told on, and of what is asked for."""

from services.eventlog.refusal import Refusal


class UnknownKind(Refusal):
    """No deadline is of that kind."""

    code = "unknown-deadline-kind"
    status = 404
    title = "Fristtypen finnes ikke"


class ThresholdsReachBack(Refusal):
    """They would count from a day that is past: what people were told then stands."""

    code = "thresholds-reach-back"
    status = 422
    title = "Varslingsdagene kan ikke gjelde bakover i tid"


class ThresholdsTooFarAhead(Refusal):
    """Nobody knows yet what is to count then; a year like 2199 is a slip."""

    code = "thresholds-too-far-ahead"
    status = 422
    title = "Varslingsdagene ligger for langt fram"


class ThresholdsUnclear(Refusal):
    """The days are not in order, or a kind that ends by itself would be reminded of after it."""

    code = "thresholds-unclear"
    status = 422
    title = "Varslingsdagene er ikke entydige"
