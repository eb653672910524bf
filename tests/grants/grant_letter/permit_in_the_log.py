"""What the tests of permit in the log build, for other tests to use as well."""

from datetime import timedelta
from typing import Any

from services.eventlog.mapper import decode
from services.grants.grant_letter.permit.events import PermitAnswered, PermitWrittenOff
from tests.history.history import STORED

SKEW = timedelta(seconds=60)
AN_INSTANT = timedelta(microseconds=1)
SENT = PermitAnswered(attempt=1, outcome="sent", message_id="9")
WRITTEN_OFF = PermitWrittenOff(attempt=1, confirmed_by="ola")


def example(topic: str) -> Any:
    return decode(topic, STORED[topic])
