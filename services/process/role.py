"""What a process of a service does: it answers, it works, or both."""

from enum import StrEnum


class ProcessRole(StrEnum):
    """Those who answer do not work beside it: no read model is filled, no feed followed, nothing signed, swept or sent
    where somebody waits for an answer. As many of either as are wanted run on one log; `both` in one process is for
    the smallest deployment, and for tests."""

    web = "web"
    worker = "worker"
    both = "both"

    @property
    def answers(self) -> bool:
        """Whether it serves the API. Each of them answers probes."""
        return self is not ProcessRole.worker

    @property
    def works(self) -> bool:
        """Whether it does what nobody waits for."""
        return self is not ProcessRole.web
