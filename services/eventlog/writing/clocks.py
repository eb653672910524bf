"""Time in the log is the database's, and nothing is recorded while that cannot be trusted."""

from services.eventlog.refusal import Refusal


class ClocksApart(Refusal):
    """The clocks of the service and the database are more than a minute apart, or the log ends more than a minute ahead
    of both. Nothing is recorded until somebody has put that right; the same request may be sent again then."""

    code = "clocks-apart"
    status = 503
    title = "Klokkene går ikke likt, og ingenting registreres"
