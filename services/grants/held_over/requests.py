"""What is asked of claims held over."""

from services.httpapi.strict.fields import DatedBody, Day, Id, Many, Prose


class Ranking(DatedBody):
    """The cases whose claims are covered first, in this order, why, and from which day. None: the oldest promise
    first."""

    case_ids: Many[Id] = ()
    reason: Prose
    ranked_on: Day
