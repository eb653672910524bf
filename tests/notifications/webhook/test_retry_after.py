"""How a receiver asks to be left alone for a while: in seconds, or until an instant; never beyond bounds."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from services.notifications.webhook.sending.reaching import Reaching
from services.notifications.webhook.sending.schedule import pause_after
from tests.notifications.webhook.receiver import receiving, say
from tests.notifications.webhook.works import EveryPort

THERE = datetime(2020, 6, 1, 8, tzinfo=UTC)


def heard(sent_at: datetime | None = None, **headers: str) -> float | None:
    async def go() -> float | None:
        async with receiving(lambda _, writer: say(writer, 429, b"", **headers)) as receiver:
            reaching = Reaching(EveryPort())
            answered = await reaching.post(receiver.url, b'{"type": "x"}', {}, sent_at=sent_at)
            await reaching.close()
            return answered.retry_after

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120), ("0", 0), ("Mon, 01 Jun 2020 08:10:00 GMT", 600), ("Monday, 01-Jun-20 08:10:00 GMT", 600),
        ("Mon Jun  1 08:10:00 2020", 600), ("Mon, 01 Jun 2020 10:10:00 +0200", 600),
        ("Mon, 01 Jun 2020 07:00:00 GMT", 0), ("-1", None), ("1.5", None), ("soon", None), ("", None),
        ("Mon, 99 Jun 2020 08:10:00 GMT", None), ("Mon, 01 Jun 99999 08:10:00 GMT", None),
    ],
)  # fmt: skip
def test_seconds_and_instants_are_heeded_and_nothing_else(told: str, seconds: float | None) -> None:
    assert heard(retry_after=told, date=format_datetime(THERE, usegmt=True)) == seconds


def test_an_instant_without_a_date_is_held_against_when_it_was_sent() -> None:
    until = format_datetime(THERE + timedelta(minutes=10), usegmt=True)
    assert heard(THERE, retry_after=until) == 600
    assert heard(None, retry_after=until) is None


@pytest.mark.parametrize("told", ["601", "99999999", "9" * 12, "9" * 13, "9" * 5_000])
def test_however_much_is_asked_twice_the_pause_is_waited(told: str) -> None:
    assert pause_after(2, draw=0.5, retry_after=heard(retry_after=told)) == timedelta(seconds=600)
