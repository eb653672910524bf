"""When a delivery is tried again: ten tries over some three days, each pause drawn a fifth longer or shorter, so that
receivers that failed together are not all tried together again."""

from datetime import timedelta

PAUSES = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds from one try to the next; the first is at once."""
TRIES = len(PAUSES) + 1
JITTER = 0.2


def pause_after(tries: int, *, draw: float, retry_after: float | None = None) -> timedelta | None:
    """How long to wait after so many tries; None when there are no more. `draw` is a number from 0 up to 1. A receiver
    that says when it wants to be asked again is heeded, within once and twice the plain pause."""
    assert 0 <= draw < 1, draw
    if tries >= TRIES:
        return None
    plain = PAUSES[max(tries, 1) - 1]
    if retry_after is not None:
        return timedelta(seconds=min(max(retry_after, plain), 2 * plain))
    return timedelta(seconds=plain * (1 - JITTER + 2 * JITTER * draw))


def pause_after_hand(
    turns: int, *, draw: float, left: timedelta | None, retry_after: float | None = None
) -> timedelta | None:
    """How long to wait after a try by hand that failed. It uses up none of the schedule's: the one that waited, and had
    so much time `left`, is made at its time, or later if that has passed or the receiver asks for it."""
    pause = pause_after(turns, draw=draw, retry_after=retry_after)
    if pause is None or left is None:
        return pause
    return max(left, timedelta(seconds=PAUSES[0]) if retry_after is None else pause)
