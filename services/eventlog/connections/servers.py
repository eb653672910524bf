"""The servers that an address names, in the order they are asked: whoever said nothing when last asked comes last.

A server that stands still takes a connection and answers nothing, so each who asks it waits as long as one server is
waited for, and only then goes on to the next. While no other leads that costs nothing. Once another leads, whoever asks
the silent one first is late by that much, and by the pause after a round that ended before the other led.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import ConnectionTimeout

NAMES = ("host", "hostaddr", "port")
PREFERS = "prefer-standby"
"""Which asks all servers twice; the library's own loop does that, and is left to."""


class Servers:
    """What this process knows of those it asks."""

    def __init__(self) -> None:
        self._silent: set[tuple[str, ...]] = set()

    def in_order(self, address: str) -> list[tuple[tuple[str, ...], str]]:
        """Each server of the address, and how it alone is reached; one where they are not to be told apart. In an order
        of chance where the address asks for that, and the silent last."""
        known = conninfo_to_dict(address)
        said = {name: str(known[name]).split(",") for name in NAMES if known.get(name)}
        count = max((len(parts) for parts in said.values()), default=1)
        if count == 1 or known.get("target_session_attrs") == PREFERS:
            return [((address,), address)]
        each = [self._alone(known, said, nth) for nth in range(count)]
        if known.get("load_balance_hosts") == "random":
            random.shuffle(each)
        return sorted(each, key=lambda it: it[0] in self._silent)

    def _alone(self, known: dict[str, Any], said: dict[str, list[str]], nth: int) -> tuple[tuple[str, ...], str]:
        own = {name: parts[nth] if len(parts) > 1 else parts[0] for name, parts in said.items()}
        return tuple(own.values()), make_conninfo("", **known | own)

    @contextmanager
    def asked(self, server: tuple[str, ...], failures: list[psycopg.Error]) -> Iterator[None]:
        """It is asked in the block, and noted whether it spoke: took the connection, or refused it. Why it took none is
        added to the failures, and the next is gone on to."""
        try:
            yield
        except psycopg.OperationalError as failure:
            failures.append(failure)
            self.note(server, silent=isinstance(failure, ConnectionTimeout))
        else:
            self.note(server, silent=False)

    def note(self, server: tuple[str, ...], *, silent: bool) -> None:
        """It said nothing, or it spoke."""
        if silent:
            self._silent.add(server)
        else:
            self._silent.discard(server)


def none_took(failures: list[psycopg.Error]) -> psycopg.Error:
    """Why no server of an address took a connection: what the only one said, or what each did."""
    return failures[0] if len(failures) == 1 else psycopg.OperationalError("; ".join(map(str, failures)))


servers = Servers()
"""Of this process."""
