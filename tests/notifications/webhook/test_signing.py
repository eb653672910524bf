"""Signatures: what a receiver with the standard's own words can verify, and nothing else."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.notifications.webhook.sending.signing import Keys, headers, new_keys, seconds_of, signature
from tests.notifications.webhook.signing import verified

ONE = Keys(secret=bytes(range(32)), seed=bytes(32))
TWO = Keys(secret=bytes(range(32, 64)), seed=bytes([1]) * 32)
AT = datetime(2020, 6, 1, 8, tzinfo=UTC)


def test_both_kinds_are_over_id_time_and_body() -> None:
    told = signature([ONE], id="m1", timestamp=1590998400, body=b"{}")
    assert verified(told, ONE, b"m1.1590998400.{}") == [True, True]
    for other in (b"m2.1590998400.{}", b"m1.1590998401.{}", b"m1.1590998400.{ }", b"m1.1590998400."):
        assert verified(told, ONE, other) == [False, False]
    assert verified(told, TWO, b"m1.1590998400.{}") == [False, False]


def test_while_a_secret_is_exchanged_both_sign_the_newest_first() -> None:
    told = signature([TWO, ONE], id="m1", timestamp=1, body=b"x")
    assert verified(told, TWO, b"m1.1.x") == [True, True, False, False]
    assert verified(told, ONE, b"m1.1.x") == [False, False, True, True]


def test_the_instant_is_told_in_utc_whatever_zone_it_is_in() -> None:
    oslo = AT.astimezone(ZoneInfo("Europe/Oslo"))
    assert seconds_of(oslo) == seconds_of(AT) == 1590998400
    assert headers([ONE], id="m", at=oslo, body=b"") == headers([ONE], id="m", at=AT, body=b"")
    assert headers([ONE], id="m", at=AT + timedelta(milliseconds=999), body=b"")["webhook-timestamp"] == "1590998400"
    with pytest.raises(AssertionError):
        seconds_of(AT.replace(tzinfo=None))


def test_nothing_is_sent_unsigned() -> None:
    with pytest.raises(AssertionError):
        signature([], id="m", timestamp=1, body=b"")


def test_new_keys_are_nobodys_and_tell_nothing_of_themselves() -> None:
    one, two = new_keys(), new_keys()
    assert (len(one.secret), len(one.seed)) == (32, 32)
    assert one.secret != two.secret
    assert one.seed != two.seed
    assert one.shared not in repr(one)
    assert repr(one.secret) not in repr(one)
