"""Which trace something belongs to that is done later by the same process, where nothing stored says so."""

from collections import OrderedDict
from collections.abc import Hashable

MOST = 10_000


class Remembered:
    """The newest ten thousand. What is forgotten, or done by another process, goes on untraced."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, str] = OrderedDict()

    def keep(self, what: Hashable, traceparent: str | None) -> None:
        """It belongs to that trace, if to any."""
        if traceparent is None:
            return
        self._known[what] = traceparent
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def find(self, what: Hashable) -> str | None:
        return self._known.get(what)
