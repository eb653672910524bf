"""Which version of an application counts: one rule, for the room that handles applications and for the award."""

from collections.abc import Collection, Iterable

from services.grants.case.events.application import ApplicationReceived


def counting(versions: Iterable[ApplicationReceived], taken_in: Collection[int]) -> ApplicationReceived | None:
    """The last version that came in time, or that was taken in all the same (`taken_in`, by number); None where none
    counts. A version that is taken in later than another was received is no later version for that."""
    in_time = (each for each in versions if not each.late or each.version in taken_in)
    return max(in_time, key=lambda each: each.version, default=None)
