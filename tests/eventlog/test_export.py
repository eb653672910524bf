"""The export, and the script an auditor verifies it with: only Python, no trust in us."""

import base64
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import psycopg
import pytest

from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY, Checkpoints
from services.eventlog.command import Command
from services.eventlog.writing.writer import Row, Waiting
from tests.conftest import Database
from tests.eventlog.export import exported
from tests.eventlog.played import Played, played
from tests.patience import PATIENCE_SECONDS

SCRIPT = Path(__file__).parents[2] / "contracts" / "verify_export.py"

# RFC 8032, 7.1: public key, message, signature
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
        "c027beceea1ec40a",
    ),
]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_export", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def year(database: Database, tmp_path: Path) -> Iterator[Played]:
    with played(database, tmp_path) as history:
        history.open_year()
        history.live_through(1)
        assert history.checkpointer.sign()
        history.live_through(2)
        assert history.checkpointer.sign()
        yield history


def verified(year: Played, content: bytes, *arguments: object) -> tuple[int, str]:
    """What the script says, run by a Python that sees no library of ours."""
    file = year.checkpoints.directory.parent / "export.jsonl"
    file.write_bytes(content)
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(file), *map(str, arguments or ("--chain-only",))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert done.stderr == "", done.stderr
    return done.returncode, done.stdout


def keys(year: Played) -> tuple[object, ...]:
    directory = year.checkpoints.directory
    return ("--checkpoints", directory, "--public-key", directory / PUBLIC_KEY)


def test_the_signatures_of_the_standard_hold_and_changed_ones_do_not(script: ModuleType) -> None:
    for key, message, signature in ((bytes.fromhex(part) for part in vector) for vector in VECTORS):
        assert script.verify_signature(key, message, signature)
        assert not script.verify_signature(key, message + b"\0", signature)
        for byte in (0, 31, 32, 63):
            changed = bytearray(signature)
            changed[byte] ^= 1
            assert not script.verify_signature(key, message, bytes(changed))
        assert not script.verify_signature(key, message, signature[:63])
        above = (int.from_bytes(signature[32:], "little") + script.ORDER).to_bytes(32, "little")
        assert not script.verify_signature(key, message, signature[:32] + above)


def test_an_export_holds_with_and_without_signatures(year: Played) -> None:
    content = exported(year)
    kinds = [json.loads(line)["kind"] for line in content.splitlines()]
    assert kinds == ["export", *["event"] * 11, *["checkpoint"] * 2]
    for arguments in (keys(year), keys(year)[2:]):
        code, said = verified(year, content, *arguments)
        assert (code, said) == (0, "11 events to position 11, 2 signed checkpoints: everything holds.\n")
    code, said = verified(year, content)
    assert code == 0
    assert "the chain agrees with itself" in said
    assert "No signature was verified" in said


def test_without_a_key_it_is_a_fault_and_never_holds(year: Played) -> None:
    for arguments in (("--checkpoints", year.checkpoints.directory), ("--",)):
        file = year.checkpoints.directory.parent / "export.jsonl"
        file.write_bytes(exported(year))
        asked = [sys.executable, "-I", "-S", str(SCRIPT), *map(str, arguments), str(file)]
        done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
        assert done.returncode != 0
        assert "holds" not in done.stdout
        assert "public" in done.stdout + done.stderr


def test_a_log_that_nobody_signed_for_does_not_hold_by_a_key_alone(year: Played) -> None:
    code, said = verified(year, exported(year, with_checkpoints=False), *keys(year)[2:])
    assert (code, "signed for by nobody" in said) == (1, True)


@pytest.mark.parametrize(("minutes", "code"), [(5, 0), (6, 1)])
def test_facts_after_the_last_checkpoint_are_told_and_when_they_span_too_long_a_fault(
    year: Played, minutes: int, code: int
) -> None:
    with psycopg.connect(year.database.migrator_dsn, autocommit=True) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        for ahead in (0, minutes):
            owner.execute(
                "SELECT grants.tell_of_log('siri', 'log.rules-changed.v1', '{\"rules\": 2}',"
                " (SELECT max(recorded_at) FROM grants.event) + %s * interval '1 minute')",
                (ahead,),
            )
    found, said = verified(year, exported(year), *keys(year))
    assert found == code
    assert f"2 facts after the last checkpoint are not signed for; they span {minutes * 60} s" in said


def test_time_that_goes_back_is_found_but_where_two_people_said_so(year: Played) -> None:
    with psycopg.connect(year.database.migrator_dsn, autocommit=True) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        for topic, back in (("log.clock-corrected.v1", 5), ("log.rules-changed.v1", 60)):
            owner.execute(
                "SELECT grants.tell_of_log('siri', %s, '{}', (SELECT max(recorded_at) FROM grants.event)"
                " - %s * interval '1 second')",
                (topic, back),
            )
    code, said = verified(year, exported(year), *keys(year))
    assert code == 1
    assert said.splitlines()[0] == "line 14: position 13: time goes back, and nobody says why"


def test_what_came_after_a_position_is_verified_from_what_was_signed_for(year: Played) -> None:
    content = exported(year, 6)
    assert verified(year, content, *keys(year)) == (
        0,
        "5 events to position 11, 2 signed checkpoints: everything holds.\n",
    )
    forged = content.replace(json.loads(content.splitlines()[0])["previous_hash"].encode(), b"0" * 64)
    code, said = verified(year, forged, *keys(year))
    assert code == 1
    assert "line 1: the export does not begin with what was signed for" in said


def test_an_export_of_nothing_holds(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as year:
        code, said = verified(year, exported(year), *keys(year)[2:])
        assert (code, said.splitlines()[0]) == (0, "0 events to position 0, 0 signed checkpoints: everything holds.")


def test_one_changed_byte_anywhere_is_found_and_its_line_named(
    year: Played, script: ModuleType, tmp_path: Path
) -> None:
    content = exported(year, with_checkpoints=False)
    file = tmp_path / "changed.jsonl"
    lines, at = content.count(b"\n"), 0
    for at in range(0, len(content), 7):
        changed = bytearray(content)
        changed[at] ^= 0x20 if at % 2 else 0x01
        file.write_bytes(changed)
        reading = script.Export({})
        reading.read(file)
        number = content[:at].count(b"\n") + 1
        named = (f"line {number}:", f"line {number + 1}:", "the file does not begin", "position")
        assert reading.faults, f"byte {at} of line {number} of {lines}"
        assert any(fault.startswith(named) for fault in reading.faults), reading.faults
    assert at > 5_000


def test_a_forged_hash_that_follows_is_found_on_the_line_itself_or_the_next(year: Played) -> None:
    lines = exported(year).splitlines(keepends=True)
    lines[4] = lines[4].replace(b'"amount_ore\\":300', b'"amount_ore\\":301')
    code, said = verified(year, b"".join(lines))
    assert code == 1
    assert said.startswith("line 5: position 4: it, or what came before it, is not what was recorded\n")
    assert "1 faults" in said


@pytest.mark.parametrize(
    ("change", "said_of_it"),
    [
        (lambda lines: lines[:5] + lines[6:], "line 6: position 5: comes next, but 6 stands here"),
        (lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]], "line 6: position 5: comes next, but 6"),
        (lambda lines: lines[:10], "position 10: gone from the end, up to 11"),
        (
            lambda lines: [*lines[:5], lines[5].replace(b'":', b'": ', 1), *lines[6:]],
            "line 6: the line is not written as",
        ),
        (lambda lines: [*lines[:5], b'{"data":"",' + lines[5][1:], *lines[6:]], "line 6: the line is not written as"),
        (lambda lines: lines[1:], "the file does not begin as an export does"),
        (lambda lines: [*lines[:5], b"null\n", *lines[5:]], "line 6: the line cannot be read"),
        (lambda lines: [*lines[:5], b"\xff\n", *lines[5:]], "line 6: the line cannot be read"),
        (lambda lines: [*lines[:5], b"[" * 100_000 + b"\n", *lines[5:]], "line 6: the line cannot be read"),
    ],
    ids=["removed", "swapped", "cut", "a space", "a key twice", "headless", "null", "no UTF-8", "deep"],
)
def test_lines_removed_moved_or_added_are_found(year: Played, change: object, said_of_it: str) -> None:
    lines = exported(year, with_checkpoints=False).splitlines(keepends=True)
    code, said = verified(year, b"".join(change(lines)))  # type: ignore[operator]
    assert code == 1
    assert said_of_it in said


def test_a_shorter_log_that_is_whole_in_itself_is_found_by_what_was_signed_for(year: Played) -> None:
    lines = exported(year, with_checkpoints=False).splitlines(keepends=True)
    shorter = b"".join(lines[:9]).replace(b'"through":11', b'"through":8')
    assert verified(year, shorter)[0] == 0
    code, said = verified(year, shorter, *keys(year))
    assert code == 1
    assert "position 9: signed for up to 11, and not here" in said


def test_a_checkpoint_that_was_changed_is_found(year: Played) -> None:
    first = year.checkpoints.files()[0]
    first.write_bytes(first.read_bytes().replace(b'"position":6', b'"position":5'))
    code, said = verified(year, exported(year, with_checkpoints=False), *keys(year))
    assert code == 1
    assert "checkpoint 1: the signature does not hold" in said


def test_bytes_that_are_no_text_are_exported_exactly(year: Played) -> None:
    row = Row("case-x", 1, "test.raw.v1", b"\xff\x00\x80", b'{"actor":"kari"}')
    year.log.factory.writer.submit(Waiting(Command(actor="kari"), [row], None)).result(PATIENCE_SECONDS)
    content = exported(year)
    assert b'"data_base64":"/wCA"' in content
    assert verified(year, content, *keys(year))[0] == 0


def test_what_is_text_has_one_spelling_in_an_export(year: Played) -> None:
    """In base64 its bytes are the same, and so is the chain; whoever looks for a fact by its text passes it over."""
    lines = exported(year).splitlines(keepends=True)
    told = json.loads(lines[3])
    told["data_base64"] = base64.b64encode(told.pop("data").encode()).decode()
    lines[3] = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    code, said = verified(year, b"".join(lines), *keys(year))
    assert (code, "line 4: the line cannot be read: ValueError('base64 of what is text" in said) == (1, True), said


def test_more_than_one_page_is_exported_in_order(year: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.eventlog.feeds.export.TOGETHER", 3)
    assert verified(year, exported(year), *keys(year))[0] == 0
    assert Checkpoints(year.checkpoints.directory).files()
