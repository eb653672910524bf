"""When a delivery is tried again."""

from datetime import timedelta
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.webhook.sending.schedule import PAUSES, TRIES, pause_after


def test_ten_tries_in_some_three_days_and_then_no_more() -> None:
    plain = [pause_after(tries, draw=0.5) for tries in range(1, 11)]
    hours = (5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24)
    assert plain == [timedelta(hours=each) for each in hours] + [None]
    assert TRIES == 10
    assert list(accumulate(PAUSES))[-1] == 272_105


def test_each_pause_is_a_fifth_longer_or_shorter() -> None:
    assert pause_after(1, draw=0) == timedelta(seconds=4)
    assert timedelta(seconds=5.99) < (pause_after(1, draw=0.99999) or timedelta()) < timedelta(seconds=6)


def test_a_receiver_that_asks_for_time_is_heeded_within_bounds() -> None:
    for asked, given_ in ((0, 300), (299, 300), (300, 300), (450, 450), (600, 600), (601, 600), (10**7, 600)):
        assert pause_after(2, draw=0.9, retry_after=asked) == timedelta(seconds=given_)
    assert pause_after(10, draw=0.9, retry_after=5) is None


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True))
def test_no_draw_leaves_the_fifth(tries: int, draw: float) -> None:
    pause = pause_after(tries, draw=draw)
    assert pause is not None
    assert 0.8 <= pause.total_seconds() / PAUSES[tries - 1] <= 1.2
