"""How many requests, how they ended and how long they took, by route: the template, never the path that was asked."""

from prometheus_client import CollectorRegistry, Histogram

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""What a method is counted and logged as; any other is OTHER, so that callers cannot fill our memory with series."""

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class RequestMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "http_request_seconds",
            "Requests by method, route and status, and the seconds they took",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=registry,
        )
        self._known: dict[tuple[str, str, int], Histogram] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request; `method` is of METHODS or OTHER, `route` a template."""
        key = (method, route, status)
        series = self._known.get(key)
        if series is None:
            series = self._known[key] = self._seconds.labels(*map(str, key))
        series.observe(seconds)
