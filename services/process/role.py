"""What a process of a service does: it answers, it works, or both; or it answers what is only read."""

from enum import StrEnum


class ProcessRole(StrEnum):
    """Those who answer do not work beside it: no read model is filled, no feed followed, nothing signed, swept or sent
    where somebody waits for an answer. As many of either as are wanted run on one log; `both` in one process is for
    the smallest deployment, and for tests. A `reader` reads a standby, and records, tells and signs nothing."""

    web = "web"
    worker = "worker"
    both = "both"
    reader = "reader"

    @property
    def answers(self) -> bool:
        """Whether it serves the API. Each of them answers probes."""
        return self is not ProcessRole.worker

    @property
    def works(self) -> bool:
        """Whether it does what nobody waits for."""
        return self in (ProcessRole.worker, ProcessRole.both)

    @property
    def records(self) -> bool:
        """Whether it must be able to record to be of use."""
        return self is not ProcessRole.reader
