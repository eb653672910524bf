"""Which schema a release can stand on."""

import pytest

from services.eventlog.refusal import Refusal
from services.process.schema import SchemaOlder, SchemaServesNoMore, refuse_unserved


def asked(revision: str | None, stopped: str | None = None, *, release: str = "0.2.0") -> None:
    refuse_unserved("grants", revision, stopped, release=release, needed="0053")


@pytest.mark.parametrize(
    ("revision", "stopped"), [("0053", None), ("0054", None), ("0102", "0.1.9"), ("0102", "0.1.10")]
)
def test_the_schema_it_was_written_for_serves_it_and_so_does_a_newer_that_took_nothing_from_it(
    revision: str, stopped: str | None
) -> None:
    asked(revision, stopped)


@pytest.mark.parametrize("revision", ["0052", "0009", None])
def test_a_schema_older_than_it_needs_is_refused_with_what_to_do(revision: str | None) -> None:
    with pytest.raises(SchemaOlder, match=r"release 0\.2\.0 needs 0053: run the migrations first"):
        asked(revision)


@pytest.mark.parametrize("stopped", ["0.2.0", "0.2.1", "0.10.0"])
def test_a_schema_that_took_away_what_it_needs_is_refused_and_says_which_release_it_serves(stopped: str) -> None:
    with pytest.raises(SchemaServesNoMore, match=rf"serves no release up to {stopped}, and this is 0\.2\.0"):
        asked("0060", stopped)


def test_whoever_is_refused_at_work_is_told_503_and_a_stable_code() -> None:
    refusals: list[tuple[type[Refusal], str]] = [
        (SchemaOlder, "schema-older"),
        (SchemaServesNoMore, "schema-serves-no-more"),
    ]
    assert [(each.status, each.code) for each, _ in refusals] == [(503, code) for _, code in refusals]
