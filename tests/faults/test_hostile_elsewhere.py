"""S5 and S9 where the description does not reach: the headers of a command, and letters sent as YAML."""

import re
from pathlib import Path

from services.grants.web import LETTER_BYTES
from services.httpapi.commands.etag import expected_version
from tests.conftest import Database
from tests.faults.hostile import CANARY
from tests.faults.hostile_input import Attacked, Attacker
from tests.faults.lots import ONE_IN, drawn

KEYS = ["", " ", "a" * 256, "a\tb", "a\x7fb", "nøkkel", f"{CANARY}\t", f"<{CANARY}>\x01"]
VERSIONS = [
    "",
    "1",
    '"01"',
    '"-1"',
    '"1.0"',
    'w/"1"',
    "W/1",
    "*",
    '"1", "2"',
    '"99999999999"',
    '"١"',
    f'"{CANARY}"',
    "'1'",
]
LETTERS = {
    "not UTF-8": b"title: \xff" + CANARY.encode(),
    "UTF-16": f"title: {CANARY}".encode("utf-16"),
    "NUL": f"title: {CANARY}\0".encode(),
    "an escaped NUL": f'year: 2020\ntitle: "{CANARY}\\0"\n'.encode(),
    "half a surrogate": f'year: 2020\ntitle: "{CANARY}\\ud800"\n'.encode(),
    "an object of the language": f"!!python/object/apply:os.system ['{CANARY}']".encode(),
    "laughing": b"a: &a [x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9)),
    "deep": b"[" * 100_000,
    "two documents": b"year: 2020\n---\nyear: 2021\n",
    "a key twice": b"year: 2020\nyear: 2021\n",
    "a merge": b"<<: {year: 2020}\n",
    "not a number": b"year: .nan\nnumber: .inf\n",
    "a huge number": b"year: 2020\nnumber: " + b"9" * 5_000 + b"\n",
    "other digits": "year: ٢٠٢٠\nnumber: ０\n".encode(),
    "sexagesimal": b"year: 33:40\nnumber: 0o0\n",
    "a list": b"- 1\n",
    "nothing": b"",
    "a comment": f"# {CANARY}\n".encode(),
    "unknown keys": f"<{CANARY}>: 1\n".encode(),
}


# What is asked with a body and changes nothing carries neither key nor version.
ONLY_ASKS = {"/v1/rounds/{round_id}/funds"}


def test_no_command_takes_a_hostile_key_or_version(database: Database, tmp_path: Path, long: bool) -> None:
    async def visit(attacker: Attacker) -> None:
        tried = 0
        for route in attacker.app.routes:
            for method in getattr(route, "methods", None) or ():
                if method not in ("POST", "PUT") or route.path in ONLY_ASKS:  # type: ignore[attr-defined]
                    continue
                path = re.sub(r"{case_id}", "00000000-0000-4000-8000-000000000001", route.path)  # type: ignore[attr-defined]
                address = re.sub(r"{\w+}", "1", path.replace("{year}", "2020"))
                asked = [("Idempotency_Key", key, "idempotency-key") for key in KEYS]
                if any(inner.call is expected_version for inner in route.dependant.dependencies):  # type: ignore[attr-defined]
                    asked += [("If_Match", version, "precondition") for version in VERSIONS]
                if not long:
                    asked = [each for each in asked if drawn(f"{method} {address} {each[0]}", [each[1]])]
                for name, value, code in asked:
                    sent: dict[str, str] = {name: value.encode()}  # type: ignore[dict-item]
                    answer = await attacker.send(method, address, b"{}", **sent)
                    assert answer.status_code == 400, f"{method} {address} {name}: {value!r}"
                    assert answer.json()["code"].startswith(code), f"{method} {address} {name}: {value!r}"
                    tried += 1
        assert tried * (1 if long else ONE_IN) > 300

    Attacked("grants", database, tmp_path)(visit)


def test_no_hostile_file_is_taken_for_a_letter(database: Database, tmp_path: Path) -> None:
    async def visit(attacker: Attacker) -> None:
        for address in ("/v1/letters", "/v1/letters?dry_run=true", "/v1/letters/2020/0/corrections?reason=feil"):
            for what, source in LETTERS.items():
                answer = await attacker.send("POST", address, source, Content_Type="application/yaml")
                assert answer.status_code in (400, 422), f"{address} {what}: {answer.text[:200]}"
                assert answer.json()["code"] in ("letter-unreadable", "document-unreadable"), f"{address} {what}"
            large = await attacker.send("POST", address, b"#" * (LETTER_BYTES + 1), Content_Type="application/yaml")
            assert large.status_code == 413
            other = await attacker.send("POST", address, b"year: 2020", Content_Type=f"text/{CANARY}")
            assert other.status_code == 415

    Attacked("grants", database, tmp_path)(visit)
