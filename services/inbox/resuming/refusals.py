"""Why a feed is not gone on with yet, or need not be. They are told on a command line, and no address answers with
them."""


class NotResumed(Exception):
    """Nothing was done."""


class NothingParted(NotResumed):
    """What stands at our place in the other log is what we read there. There is nothing to go back from."""


class ResumptionNotProposed(NotResumed):
    """Nobody has proposed to go on, or our place, or the other log, has changed since."""
