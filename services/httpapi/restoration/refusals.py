"""Why a log does not go on yet, or need not. They are told on a command line, and no address answers with them."""


class NotRestored(Exception):
    """Nothing was done."""


class NothingLost(NotRestored):
    """All that was signed for stands in the log. There is nothing to go on without."""


class RestorationNotProposed(NotRestored):
    """Nobody has proposed to go on, or the log or what was signed for has changed since."""


class LogNotWhole(NotRestored):
    """What stands does not follow from the last checkpoint that holds: it is not a log to go on with."""
