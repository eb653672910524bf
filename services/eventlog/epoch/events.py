"""What the log says of itself, on a stream of its own: `log`. No service folds it; verifiers do."""

from dataclasses import dataclass

from services.eventlog.events import Event

STREAM = "log"


@dataclass(frozen=True, kw_only=True)
class LogRulesChanged(Event, topic="log.rules-changed.v1"):
    """A log that already held facts was upgraded: what stands after this one is judged by the rules of that number,
    what stands before it by the rules it was recorded under. A log that began under them never has this fact."""

    rules: int
