"""Both logs' account of permits: of the letter, the try and the manifest that was let out, or it is found where it
stands, in the log of whoever says otherwise."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest

from dev.verifying.permitted import check_permits, check_tries
from dev.verifying.reading import rows
from services.notifications.channel.rules import key_of
from services.notifications.facts.channel import LetterSendingPermitted
from tests.conftest import Database
from tests.grants.grant_letter.permitted import granted, permitted_case
from tests.notifications.leaving.parts import exempt_scheme, let_out
from tests.notifications.permits import permit as permit_of_letter
from tests.notifications.world import LETTER_SHA256, Kept, id_of, letter

A = letter("a")
PLACE = "SELECT position, encode(hash, 'hex') FROM grants.event WHERE topic = 'permit.granted.v1'"


def found(database: Database, *, begun: bool = True, manifest: str | None = None, **other: Any) -> list[list[str]]:
    """What is found of the tries, and of the permits: of a letter let out, permitted with something `other`."""
    with permitted_case(database, id_of("a")) as case, Kept(database) as world:
        exempt_scheme(world)
        let_out(world, "a")
        held = world.held(A).letter
        assert held is not None
        given = granted(case.version(case.stream), sha256=LETTER_SHA256)
        given = replace(given, manifest_sha256=manifest or held.manifest_sha256, **other)
        assert case.write(case.permits, given).outcome == "recorded"
        [(position, digest)] = case.owner.execute(PLACE).fetchall()
        if begun:
            permit = replace(permit_of_letter(LETTER_SHA256, world.now), position=position, hash=digest)
            key = key_of(A, 0)
            world.record(A, LetterSendingPermitted(attempt=1, channel="file-outbox", key=key, permit=permit))
    with psycopg.connect(database.admin_dsn) as connection:
        tries, permits = (check(connection, connection) for check in (check_tries, check_permits))
    assert (tries[0].total(), permits[0].total()) == (int(begun), 1)
    return [[fault.detail for fault in faults] for _, faults in (tries, permits)]


def test_a_permit_of_the_letter_as_it_was_let_out_holds(database: Database) -> None:
    assert found(database) == [[], []]


def test_a_permit_of_another_manifest_is_found_in_both_logs(database: Database) -> None:
    [[tried], [permitted]] = found(database, manifest="ab" * 32)
    assert "is of another manifest than was let out" in tried
    assert "was never let out" in permitted


def test_a_permit_on_which_nothing_was_tried_is_found_too(database: Database) -> None:
    assert [len(each) for each in found(database, begun=False, manifest="ab" * 32)] == [0, 1]


@pytest.mark.parametrize("other", [{"attempt": 2}, {"letter_sha256": "ab" * 32}])
def test_a_permit_of_another_try_or_letter_is_found(database: Database, other: dict[str, Any]) -> None:
    [[tried], _] = found(database, **other)
    assert "is of another try or letter" in tried


def test_a_name_under_which_rows_are_read_is_free_again_when_they_are(database: Database) -> None:
    """Some thousand are looked at closely, and then the next."""
    with psycopg.connect(database.reader_dsn) as connection:
        for _ in range(2):
            assert [row[0] for row in rows(connection, "numbers", "SELECT generate_series(1, 3)")] == [1, 2, 3]
