"""How many facts whose ground is lost nobody has looked into, told as a metric by whoever follows the other's feed."""

from prometheus_client import CollectorRegistry, Gauge

from services.eventlog.background.sweeping import Sweeping
from services.lost_grounds.view import Grounds

LOOK_SECONDS = 60.0


class CountingGrounds:
    """Counts once a minute: whoever is told is a person, and has days for it."""

    def __init__(self, grounds: Grounds, *, registry: CollectorRegistry | None = None) -> None:
        self._grounds = grounds
        self._open = Gauge(
            "tilsagn_lost_grounds_open",
            "facts that rest on what the other log lost and that nobody has looked into",
            registry=registry,
        )
        self._sweeping = Sweeping("lost-grounds", self.count, look_seconds=LOOK_SECONDS)

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._sweeping.start()

    async def stop(self) -> None:
        """End, and return when it has ended."""
        await self._sweeping.stop()

    async def count(self) -> None:
        """Tell how many there are now."""
        self._open.set(await self._grounds.count_open())
