"""The library's own cases of what a recorder, a factory and their events must do, run against ours on PostgreSQL.

The adapter between says what the cases do not know of: who asks, that our streams begin at version 1 where the cases
begin at 0, and that a stream is a text. What does not apply to a log like ours is named here with why, and a case that
a later release of the library adds is run or named before this passes again.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast
from unittest import TestCase
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    TrackingRecorder,
)
from eventsourcing.tests import persistence
from eventsourcing.utils import Environment

from services.eventlog.command import Command
from services.eventlog.log import Log
from services.eventlog.mapper import EventMapper
from services.eventlog.writing.recorder import LogFactory, LogRecorder
from tests.conftest import Database

NO_SNAPSHOTS = "states fold from few events, and the factory makes no recorder of snapshots"
PLACE_IN_ITS_COMMIT = "a projection keeps its place in its own commit, in a table of its own"
BYTES_OF_THE_CHAIN = "the bytes that are stored are those the chain covers: neither compressed nor enciphered"
NOT_OURS: Mapping[str, str] = {
    "ApplicationRecorderTestCase.optional_test_insert_subscribe": "a log is followed by its feed, which tells hashes",
    "InfrastructureFactoryTestCase.test_create_aggregate_recorder": NO_SNAPSHOTS,
    "InfrastructureFactoryTestCase.test_create_process_recorder": PLACE_IN_ITS_COMMIT,
    "InfrastructureFactoryTestCase.test_create_tracking_recorder": PLACE_IN_ITS_COMMIT,
    "InfrastructureFactoryTestCase.test_mapper_with_cipher": BYTES_OF_THE_CHAIN,
    "InfrastructureFactoryTestCase.test_mapper_with_cipher_and_compressor": BYTES_OF_THE_CHAIN,
    "InfrastructureFactoryTestCase.test_mapper_with_compressor": BYTES_OF_THE_CHAIN,
    "InfrastructureFactoryTestCase.test_mapper_with_wrong_cipher_key": BYTES_OF_THE_CHAIN,
    "ProcessRecorderTestCase": PLACE_IN_ITS_COMMIT,
    "TrackingRecorderTestCase": PLACE_IN_ITS_COMMIT,
    "TranscoderTestCase": "facts become JSON by their own types, with none of the library's transcodings",
}


class AsTheCasesAsk(ApplicationRecorder):
    """Ours, for callers that name nobody and count from 0."""

    def __init__(self, ours: LogRecorder) -> None:
        self.ours = ours

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        counted = [replace(each, originator_version=each.originator_version + 1) for each in stored_events]
        return self.ours.insert_events(counted, command=Command(actor="library"))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        after, up_to = (None if each is None else each + 1 for each in (gt, lte))
        found = self.ours.select_events(originator_id, gt=after, lte=up_to, desc=desc, limit=limit)
        return [replace(each, originator_version=each.originator_version - 1) for each in found]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        return self.ours.select_notifications(start, limit, stop, topics, inclusive_of_start=inclusive_of_start)

    def max_notification_id(self) -> int | None:
        return self.ours.max_notification_id()

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        return self.ours.subscribe(gt, topics)


class WithoutPositions(AsTheCasesAsk):
    """As a recorder of aggregates alone is asked: it has no positions to tell."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> None:
        super().insert_events(stored_events)


def environment_of(database: Database) -> Environment:
    """What a service's log is told."""
    return Environment("Log", {**Log.env, "LOG_DSN": database.service_dsn, "LOG_SCHEMA": "grants"})


class OnOurLog:
    """A recorder of ours for each case, on a new database."""

    INITIAL_VERSION = 0

    @pytest.fixture(autouse=True)
    def opened(self, database: Database) -> Iterator[None]:
        factory = InfrastructureFactory.construct(environment_of(database))
        assert isinstance(factory, LogFactory)
        self.recorder = factory.application_recorder()
        yield
        factory.close()

    def new_originator_id(self) -> UUID | str:
        return f"test-{uuid4()}"


class TestRecordsForAnApplication(OnOurLog, persistence.ApplicationRecorderTestCase[ApplicationRecorder]):
    def create_recorder(self) -> ApplicationRecorder:
        return AsTheCasesAsk(self.recorder)


class TestRecordsForAggregates(OnOurLog, persistence.AggregateRecorderTestCase):
    def create_recorder(self) -> AggregateRecorder:
        return WithoutPositions(self.recorder)


class TestWhatIsRecordedTogetherStandsTogether(OnOurLog, persistence.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> ApplicationRecorder:
        return AsTheCasesAsk(self.recorder)


class TestIsMadeByOurFactory(persistence.InfrastructureFactoryTestCase[LogFactory]):
    @pytest.fixture(autouse=True)
    def told(self, database: Database) -> None:
        self.env = environment_of(database)

    def expected_factory_class(self) -> type[LogFactory]:
        return LogFactory

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        return LogRecorder

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        raise AssertionError(NO_SNAPSHOTS)

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        raise AssertionError(PLACE_IN_ITS_COMMIT)

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        raise AssertionError(PLACE_IN_ITS_COMMIT)

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        raise AssertionError(PLACE_IN_ITS_COMMIT)


RUN = (
    TestRecordsForAnApplication,
    TestRecordsForAggregates,
    TestWhatIsRecordedTogetherStandsTogether,
    TestIsMadeByOurFactory,
)
for its_name in NOT_OURS:
    if its_name.startswith("InfrastructureFactoryTestCase."):
        setattr(TestIsMadeByOurFactory, its_name.partition(".")[2], None)


def cases_of_the_library() -> set[str]:
    """Every case of the library's, by its class and name."""
    return {
        f"{name}.{method}"
        for name, kind in vars(persistence).items()
        if inspect.isclass(kind) and issubclass(kind, TestCase) and kind.__module__ == persistence.__name__
        for method in vars(kind)
        if method.startswith(("test", "optional_test"))
    }


def test_every_case_of_the_library_is_run_or_it_is_said_why_not() -> None:
    run = {
        f"{base.__name__}.{name}" for case in RUN for base in case.__mro__ for name in vars(base) if getattr(case, name)
    }
    left = {
        case for case in cases_of_the_library() - run if case not in NOT_OURS and case.split(".")[0] not in NOT_OURS
    }
    assert left == set()
    named = {case for case in NOT_OURS if not any(each.startswith(case) for each in cases_of_the_library())}
    assert named == set()
    assert all(len(reason.split()) > 5 for reason in NOT_OURS.values())


def test_the_logs_own_mapper_is_the_one_the_factory_makes(database: Database) -> None:
    factory = InfrastructureFactory.construct(environment_of(database))
    mapper: object = cast(LogFactory, factory).mapper(transcoder=factory.transcoder())
    assert isinstance(mapper, EventMapper)


@pytest.mark.parametrize("asked", ["aggregate_recorder", "process_recorder", "tracking_recorder"])
def test_what_is_not_used_is_refused_by_name(database: Database, asked: str) -> None:
    factory = InfrastructureFactory.construct(environment_of(database))
    with pytest.raises(NotImplementedError, match=r"states fold|keep their place"):
        getattr(factory, asked)()
