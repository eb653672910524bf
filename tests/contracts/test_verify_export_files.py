"""The export's verifier ends each file that it cannot read with one sentence, and never with a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

SCRIPT = ROOT / "contracts" / "verify_export.py"


def said_of(*asked: str | Path) -> tuple[int, str, str]:
    ran = subprocess.run([sys.executable, SCRIPT, *asked], capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout, ran.stderr


def test_a_file_that_is_not_there_ends_with_one_sentence(tmp_path: Path) -> None:
    export = tmp_path / "export.jsonl"
    export.write_text("")
    for asked in ((tmp_path / "nowhere",), (export, "--public-key", tmp_path / "nowhere"), (tmp_path,)):
        code, told, complained = said_of(*asked)
        assert (code != 0, "Traceback" in complained) == (True, False), complained
        assert told


@pytest.mark.parametrize("key", [b"", b"\xff\xfe", b"-----BEGIN PUBLIC KEY-----\nno\n-----END PUBLIC KEY-----\n"])
def test_a_key_that_is_none_ends_with_one_sentence(tmp_path: Path, key: bytes) -> None:
    (tmp_path / "export.jsonl").write_text("")
    (tmp_path / "key.pem").write_bytes(key)
    code, told, complained = said_of(tmp_path / "export.jsonl", "--public-key", tmp_path / "key.pem")
    assert (code != 0, "Traceback" in complained, bool(told)) == (True, False, True), complained
