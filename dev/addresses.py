"""Where what `make run` starts listens: each service, each worker's probes, and what stands beside them."""

import os
import socket
from dataclasses import dataclass

MOST_WEB = 16
"""More than this of one service has more connections than a database of one machine has."""


class CannotRun(Exception):
    """Something outside us is in the way; the message says what to do."""


@dataclass(frozen=True)
class Address:
    """Where one process listens."""

    host: str
    port: int

    @property
    def base_url(self) -> str:
        """How a person on this machine reaches it."""
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{here}]:{self.port}" if ":" in here else f"http://{here}:{self.port}"

    def refuse_taken(self) -> None:
        """Say that the port is taken before anything is made, rather than let the service fail."""
        self.take().close()

    def take(self) -> socket.socket:
        """The port, for processes that are handed it down. Says so if it is taken."""
        try:
            where = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
            taken = socket.socket(where[0], where[1])
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(where[4])
            return taken
        except OSError as problem:
            raise CannotRun(
                f"Cannot listen on {self.host}:{self.port}: {problem.strerror}.\n"
                f"Choose another port: TILSAGN_PORT={self.port + 1 if self.port < 65535 else 8000} make run"
            ) from None


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """All of them. Workers answer probes at theirs. The receiver beside the services, and the dashboard, are always on
    this machine alone: one click signs in there as anybody."""

    grants: Address
    notifications: Address
    notifications_worker: Address
    receiver: Address
    dashboard: Address
    grants_worker: Address

    @classmethod
    def from_environment(cls) -> "Addresses":
        """TILSAGN_HOST and TILSAGN_PORT, else 127.0.0.1:8000; each of the others at the next port, unless its own
        variable says which."""
        host, port = os.environ.get("TILSAGN_HOST", "127.0.0.1"), _port("TILSAGN_PORT", 8000)
        notifications = _port("TILSAGN_NOTIFICATIONS_PORT", port + 1)
        worker = _port("TILSAGN_WORKER_PORT", notifications + 1)
        dashboard = _port("TILSAGN_DASHBOARD_PORT", worker + 2)
        return cls(
            grants=Address(host, port),
            notifications=Address(host, notifications),
            notifications_worker=Address(host, worker),
            receiver=Address("127.0.0.1", worker + 1),
            dashboard=Address("127.0.0.1", dashboard),
            grants_worker=Address(host, _port("TILSAGN_GRANTS_WORKER_PORT", dashboard + 1)),
        )


def web_processes() -> int:
    """How many processes of each service answer: WEB, else one."""
    told = os.environ.get("WEB") or "1"
    if not told.isdecimal() or not 0 < int(told) <= MOST_WEB:
        raise CannotRun(f"WEB is {told!r}; give a number from 1 to {MOST_WEB}.")
    return int(told)


def _port(name: str, usual: int) -> int:
    told = os.environ.get(name, str(usual))
    if not told.isdecimal() or not 0 < int(told) < 65536:
        raise CannotRun(f"{name} is {told!r}; give a number from 1 to 65535.")
    return int(told)
