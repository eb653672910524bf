"""How long whoever failed waits before the next try."""

DOUBLINGS = 20
"""How often a pause is doubled at most: what fails for days would else be a number that no pause can be."""


def grown(pauses: tuple[float, float], times: int) -> float:
    """The first of two pauses (seconds), doubled so many times, up to the other."""
    first, longest = pauses
    return min(longest, first * 2.0 ** min(times, DOUBLINGS))
