"""The schemes of 2020 as data, registered through the REST API by the people of the demonstration, with their calls.

A file is the body of `POST /v1/schemes` as people write it, in YAML, with the calls beside it. The API itself reads it
strictly, so no reader of its own stands between: a misspelt key is refused there, by name.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dev.people import People, Unexpected

LETTERS = Path(__file__).parent.parent / "data" / "letters" / "2020"
SCHEMES = Path(__file__).parent.parent / "data" / "schemes" / "2020"


@dataclass(frozen=True, kw_only=True)
class SchemeFile:
    """One scheme as the API takes it, its calls, and a key that follows the content."""

    scheme: dict[str, Any]
    calls: list[dict[str, Any]]
    key: str


def read_schemes(folder: Path = SCHEMES) -> Iterator[SchemeFile]:
    """The schemes of a folder, by file name. Days become the text that JSON has for them."""
    for path in sorted(folder.glob("*.yaml")):
        source = path.read_bytes()
        scheme = json.loads(json.dumps(yaml.safe_load(source), default=str))
        calls = scheme.pop("calls")
        yield SchemeFile(scheme=scheme, calls=calls, key=f"{path.stem}:{hashlib.sha256(source).hexdigest()[:16]}")


def register_schemes(people: People, *, writes: str, publishes: str) -> tuple[int, int]:
    """One person registers every scheme and proposes its notice policy, another confirms that and publishes its calls.
    How many schemes and calls there are."""
    files = list(read_schemes())
    for file in files:
        address = f"/v1/schemes/{file.scheme['scheme_id']}/calls"
        seen = _registered(people, file, writes)
        for call in file.calls:
            act = f"call:{call['call_id']}:{file.key}"
            seen = people.does(publishes, "POST", address, act, seen=seen, json=call).headers["ETag"]
        decide_policy(people, file, proposes=writes, confirms=publishes)
    return len(files), sum(len(file.calls) for file in files)


def _registered(people: People, file: SchemeFile, writes: str) -> str:
    """The scheme as the file has it, registered or, where an older file was played, revised; its ETag."""
    try:
        answer = people.does(writes, "POST", "/v1/schemes", f"scheme:{file.key}", json=file.scheme)
    except Unexpected as told:
        if "scheme-taken" not in str(told):
            raise
        address = f"/v1/schemes/{file.scheme['scheme_id']}"
        seen = f'"{people.reads(address)["version"]}"'
        revision = {
            "terms": file.scheme["terms"],
            "reason": "Demonstrasjonens ordning har fått nye tekster.",
            "revised_on": file.scheme["registered_on"],
        }
        answer = people.does(writes, "PUT", address, f"revised:{file.key}", seen=seen, json=revision)
    return answer.headers["ETag"]


def decide_policy(people: People, file: SchemeFile, *, proposes: str, confirms: str) -> None:
    """The notice policy of the file, proposed with its source's digest by one and confirmed by another; where it counts
    already, nothing. A scheme registered before two people were needed has it decided here."""
    address = f"/v1/schemes/{file.scheme['scheme_id']}"
    policy = file.scheme["terms"]["notice"] | {"document_sha256": digest_of(file.scheme["terms"]["notice"])}
    stands = people.reads(address)
    counts, waits = stands["notice_policy"]["confirmed"], stands["notice_policy"]["proposed"]
    if counts and counts["policy"] == policy:
        return
    act, seen = f"policy:{file.key}", f'"{stands["version"]}"'
    if waits is None or waits["policy"] != policy:
        proposed = people.does(proposes, "PUT", f"{address}/notice-policy", act, seen=seen, json=policy)
        seen = proposed.headers["ETag"]
    people.does(confirms, "PUT", f"{address}/notice-policy/confirmation", f"{act}:confirm", seen=seen)


def digest_of(notice: dict[str, Any]) -> str:
    """The SHA-256 of the document a policy cites, as it is at hand here: of the letter's transcription in data/letters.
    For the instruction, which is not transcribed, the letter of allocation it was enclosed with stands."""
    supplement = re.search(r"Tillegg nr\. ([1-9])", notice["source"]["document"])
    number = int(supplement[1]) if supplement else 0
    [letter] = LETTERS.glob(f"{number:02}-*.yaml")
    return hashlib.sha256(letter.read_bytes()).hexdigest()
