"""Checkpoints taken away, put in another order or never made are missed, and a missing key is a fault."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from dev.verifying.log import verify
from dev.verifying.report import report
from dev.verifying.signatures import in_words
from services.eventlog.checkpoints import checkpoint as checkpoints
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY, Checkpoint, Checkpoints
from services.eventlog.checkpoints.checkpointer import Checkpointer, SigningRefused
from services.eventlog.checkpoints.signed import LastSigned, find_last_signed
from services.grants.balance.digest import read_digest
from tests.conftest import Database
from tests.eventlog.played import KEY, Played, played

MADE = 7
LATER = timedelta(hours=3, minutes=1)


@pytest.fixture
def year(database: Database, tmp_path: Path) -> Iterator[Played]:
    """Five checkpoints, and nothing unsigned."""
    with played(database, tmp_path) as history:
        history.open_year()
        assert history.checkpointer.sign()
        for number in range(1, 5):
            history.live_through(number)
            assert history.checkpointer.sign()
        yield history


def verified(year: Played) -> tuple[Counter[str], list[Fault]]:
    folder = year.checkpoints.directory
    return verify(year.database.reader_dsn, folder, folder / PUBLIC_KEY)


def restarted(year: Played) -> Checkpointer:
    """The signer of a service that starts now, on what is in the directory."""
    return Checkpointer(year.database.service_dsn, year.checkpoints, KEY, log="grants", digest=read_digest)


def take_away(year: Played, *numbers: int) -> None:
    for number in sorted(numbers, reverse=True):
        year.checkpoints.files()[number - 1].rename(year.checkpoints.directory / f"taken-{number}")


def last_known(year: Played) -> LastSigned:
    with psycopg.connect(year.database.reader_dsn) as connection:
        return find_last_signed(connection, "grants")


def test_the_log_keeps_the_digest_of_the_newest(year: Played) -> None:
    counts, faults = verified(year)
    assert faults == []
    assert counts["checkpoints"] == last_known(year).number == 5
    [*_, last] = checkpoints.verify(year.checkpoints.contents(), KEY.public_key())[0]
    assert last.commands == counts["chained commands"] - 1  # the one that keeps this checkpoint came after


def test_the_newest_taken_away_are_missed_though_the_log_stands(year: Played) -> None:
    take_away(year, 5, 4)
    _, faults = verified(year)
    assert [(fault.position, fault.kind) for fault in faults] == [(12, "checkpoint")]
    assert "checkpoints 4 to 5 were made, and are gone" in faults[0].detail


def test_a_service_that_starts_without_them_does_not_sign_over_the_gap(year: Played) -> None:
    take_away(year, 5)
    year.live_through(5)
    with pytest.raises(SigningRefused, match="numbers 5 to 5 are gone"):
        restarted(year).sign()
    assert len(year.checkpoints.files()) == 4


def test_another_in_the_place_of_the_newest_is_seen(year: Played) -> None:
    [*_, last] = checkpoints.verify(year.checkpoints.contents(), KEY.public_key())[0]
    take_away(year, 5)
    assert year.checkpoints.add(replace(last, made_at="2020-05-04T08:00:00+00:00"), KEY)
    year.live_through(5)
    with pytest.raises(SigningRefused, match="not the one that was made"):
        restarted(year).sign()


def test_one_in_the_middle_taken_away_is_missed(year: Played) -> None:
    take_away(year, 3)
    _, faults = verified(year)
    assert [(fault.position, fault.kind) for fault in faults] == [(7, "checkpoint")]
    assert "numbers 3 to 3 are gone" in faults[0].detail


def test_one_that_the_log_does_not_know_yet_is_told_to_it(year: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service died between writing the file and keeping it."""
    year.live_through(5)
    with monkeypatch.context() as dying:
        dying.setattr(Checkpointer, "_record", lambda _, number: 1 // (number - number))
        with pytest.raises(ZeroDivisionError):
            year.checkpointer.sign()
    assert (len(year.checkpoints.files()), last_known(year).number) == (6, 5)
    assert verified(year)[1] == []
    year.live_through(6)
    assert restarted(year).sign()
    assert last_known(year).number == 7
    assert verified(year)[1] == []


def test_without_the_key_nothing_is_said_but_that_none_could_be_checked(
    year: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    year.live_through(5)
    (year.checkpoints.directory / PUBLIC_KEY).unlink()
    counts, faults = verified(year)
    [fault] = faults
    assert "no public key" in fault.detail
    assert "the 5 checkpoints that lie there could not be checked" in fault.detail
    assert not [name for name in counts if "sign" in name or "checkpoint" in name]
    assert report("grants", counts, faults) > 0
    assert "holds" not in capsys.readouterr().out


def test_without_the_key_those_that_do_not_lie_there_are_still_missed(year: Played) -> None:
    (year.checkpoints.directory / PUBLIC_KEY).unlink()
    take_away(year, 5, 4)
    assert ["no public key" in fault.detail or fault.detail for fault in verified(year)[1]] == [
        True,
        "checkpoints 4 to 5 were made, and are gone",
    ]


def test_the_newest_that_lies_there_and_is_not_truly_signed_is_not_said_to_be_gone(year: Played) -> None:
    newest = year.checkpoints.files()[-1]
    newest.write_bytes(newest.read_bytes().replace(b'"signature":"', b'"signature":"00'))
    details = [fault.detail for fault in verified(year)[1]]
    assert any("number 5 is not what was signed" in detail for detail in details)
    assert not any("gone" in detail for detail in details)


@pytest.mark.parametrize("lost", ["entry", "letter_file", "letter_permit"])
def test_what_could_not_be_checked_is_said_to_be_that_and_stops_nothing_else(year: Played, lost: str) -> None:
    with psycopg.connect(year.database.migrator_dsn, autocommit=True) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        owner.execute(f"ALTER TABLE grants.{lost} RENAME TO elsewhere".encode())
    counts, faults = verified(year)
    assert any("could not be checked" in fault.detail for fault in faults)
    assert counts["chained commands"] == 26
    assert [fault.detail for fault in faults if "gone" in fault.detail] == []


def test_no_checkpoint_at_all_is_never_everything_holds(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with played(database, tmp_path) as year:
        year.open_year()
        counts, faults = verified(year)
        assert faults == []
        assert report("grants", counts, faults) == 0
        assert "Nothing is signed yet" in capsys.readouterr().out


@pytest.mark.parametrize(("minutes", "kinds"), [(4, []), (6, ["unsigned"])])
def test_what_nobody_has_signed_for_is_told_and_after_five_minutes_a_fault(
    year: Played, minutes: int, kinds: list[str]
) -> None:
    year.live_through(5)
    with psycopg.connect(year.database.migrator_dsn, autocommit=True) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        owner.execute(
            "CREATE OR REPLACE FUNCTION grants.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
            f" AS $$ SELECT clock_timestamp() + interval '{minutes} minutes' $$"
        )
    counts, faults = verified(year)
    assert [(fault.position, fault.kind) for fault in faults] == [(22, kind) for kind in kinds]
    assert counts[f"facts not signed for, the oldest {minutes} minutes old"] == 5


def test_a_signature_made_long_after_is_told(year: Played) -> None:
    year.live_through(5)
    slow = Checkpointer(
        year.database.service_dsn, year.checkpoints, KEY, log="grants", digest=read_digest,
        now=lambda: datetime.now(UTC) + LATER,
    )  # fmt: skip
    assert slow.sign()
    counts, faults = verified(year)
    assert faults == []
    assert counts["checkpoints signed late, up to 3 hours after what they sign for"] == 1


def test_ages_are_said_in_words() -> None:
    said = [in_words(timedelta(seconds=seconds)) for seconds in (0, 119, 120, 7_199, 7_200, 172_800)]
    assert said == ["0 seconds", "119 seconds", "2 minutes", "119 minutes", "2 hours", "2 days"]


def line_of(key: Ed25519PrivateKey, folder: Path, *, commands_from: int) -> list[bytes]:
    """Checkpoints as they follow each other; the first ones from before commands were chained."""
    kept, place = Checkpoints(folder), checkpoints.Verified()
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, MADE + 1):
        made = Checkpoint(
            log="grants", number=number, position=number * 10, hash="ab" * 32, recorded_at="2020-05-04T08:00:00+00:00",
            balances="ef" * 32, previous=place.file_hash, made_at="2020-05-04T08:00:01+00:00",
        )  # fmt: skip
        if number >= commands_from:
            made = replace(made, commands=number, commands_hash="cd" * 32)
        assert kept.add(made, key)
        place, faults = checkpoints.follow(place, kept.files()[-1].read_bytes(), key.public_key())
        assert faults == []
    return list(kept.contents())


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[list[bytes]]:
    return [line_of(KEY, tmp_path_factory.mktemp("line"), commands_from=first) for first in (1, 4, MADE + 1)]


@given(which=st.integers(0, 2), order=st.permutations(range(MADE)))
def test_any_other_order_is_found(lines: list[list[bytes]], which: int, order: list[int]) -> None:
    _, faults = checkpoints.verify([lines[which][at] for at in order], KEY.public_key())
    assert (faults == []) == (order == sorted(order))


@given(which=st.integers(0, 2), kept=st.sets(st.integers(0, MADE - 1), min_size=1))
def test_any_that_is_gone_is_found_but_those_at_the_end_which_the_log_knows(
    lines: list[list[bytes]], which: int, kept: set[int]
) -> None:
    found, faults = checkpoints.verify([lines[which][at] for at in sorted(kept)], KEY.public_key())
    assert (faults == []) == (kept == set(range(len(kept))))
    assert found[-1].number == max(kept) + 1


def test_commands_that_are_no_longer_told_of_are_missed(tmp_path: Path) -> None:
    first = line_of(KEY, tmp_path / "line", commands_from=1)[0]
    place, _ = checkpoints.follow(checkpoints.Verified(), first, KEY.public_key())
    assert place.checkpoint
    kept = Checkpoints(tmp_path / "silent")
    kept.directory.mkdir()
    silent = replace(
        place.checkpoint, number=2, position=20, previous=place.file_hash, commands=None, commands_hash=None
    )
    kept.add(silent, KEY)
    _, faults = checkpoints.follow(place, kept.files()[0].read_bytes(), KEY.public_key())
    assert "says nothing of commands" in faults[0].detail


def test_nothing_recorded_is_number_nought(database: Database) -> None:
    with psycopg.connect(database.reader_dsn) as connection:
        assert find_last_signed(connection, "grants") == LastSigned()
