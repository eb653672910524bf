"""What receivers outside are promised is what is sent: messages, signatures, and receivers as the page shows them."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jsonschema import Draft7Validator, Draft202012Validator

from dev.webhook_messages import AT, MESSAGES
from dev.webhooks import ASYNCAPI, FOLDER, NEW, OLD, VECTORS, asyncapi, example, files, schema
from services.notifications.receiver.outbox import TYPES
from services.notifications.webhook.sending.composing import Content, compose
from services.notifications.webhook.sending.signing import headers
from tests.contracts.libraries import OF_PYPI, Sent, taken_in_node, taken_in_python
from tests.contracts.webhooks import CLOUDEVENT, VENDOR
from tests.house.tree import ROOT
from tests.made import check_made
from tests.notifications.notice.rules import BEGUN, FAILED, ORDERED, PREPARED, RECEIVED, SENT, STOPPED, WITHDRAWN
from tests.notifications.webhook.messages_of_facts import DELIVERED, ENDED, FILE, HELD, RELEASED, told
from tests.notifications.world import letter, notice
from tests.patience import PATIENCE_SECONDS, wait_until

STANDARD = json.loads((VENDOR / "asyncapi-3.0.0.json").read_text(encoding="utf-8"))
TOLD = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
PAGE = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")


def by_name(vector: dict[str, Any]) -> str:
    return str(vector["name"])


def test_the_committed_contracts_are_what_the_code_says() -> None:
    for path, text in files():
        check_made(path, text, "dev.webhooks")
    assert {path.name for path in FOLDER.glob("*.schema.json")} == {f"{kind}.schema.json" for kind in MESSAGES}
    assert ASYNCAPI.exists()


def test_every_type_that_can_be_wanted_is_described() -> None:
    assert MESSAGES.keys() == TYPES.keys() | {"webhook.test", "webhook.challenge"}


@pytest.mark.parametrize("kind", MESSAGES)
def test_each_example_is_within_its_schema_and_a_cloudevent_by_the_public_schema(kind: str) -> None:
    event = json.loads(example(kind, MESSAGES[kind]))
    Draft202012Validator.check_schema(schema(kind, MESSAGES[kind]))
    Draft202012Validator(schema(kind, MESSAGES[kind])).validate(event)
    assert [error.message for error in Draft7Validator(CLOUDEVENT).iter_errors(event)] == []
    assert not Draft7Validator(CLOUDEVENT).is_valid({**event, "specversion": ""})
    for name in event["data"]:
        lacking = {**event, "data": {key: value for key, value in event["data"].items() if key != name}}
        always = name == "as_of" or name in MESSAGES[kind].always
        assert Draft202012Validator(schema(kind, MESSAGES[kind])).is_valid(lacking) is not always, name


def test_it_is_asyncapi() -> None:
    assert [error.message for error in Draft7Validator(STANDARD).iter_errors(asyncapi())] == []


@pytest.mark.parametrize(
    ("stream", "facts"),
    [
        (notice("n"), (PREPARED, ORDERED, BEGUN, SENT)),
        (notice("n"), (PREPARED, ORDERED, BEGUN, SENT, RECEIVED)),
        (notice("n"), (PREPARED, ORDERED, BEGUN, FAILED)),
        (notice("n"), (PREPARED, ORDERED, BEGUN, SENT, STOPPED)),
        (notice("n"), (PREPARED, WITHDRAWN)),
        (letter("a"), (FILE, HELD, RELEASED)),
        (letter("a"), (HELD, DELIVERED)),
        (letter("a"), (FILE, HELD, ENDED)),
    ],
)
def test_what_is_told_of_facts_is_within_the_schema(stream: str, facts: Any) -> None:
    message = told(stream, *facts)
    assert message is not None
    content = Content(
        id=message.id,
        type=message.type,
        occurred_at=message.occurred_at,
        sequence=1,
        subject=message.subject,
        data=message.data,
    )
    Draft202012Validator(schema(message.type, MESSAGES[message.type])).validate(json.loads(compose(content, 1)))


def test_there_are_vectors_enough_of_both_kinds() -> None:
    assert len(TOLD) >= 20
    assert len({each["name"] for each in TOLD}) == len(TOLD)
    assert {each["valid"] for each in TOLD} == {True, False}


def as_sent(vector: dict[str, Any]) -> Sent:
    """As the libraries are given it."""
    return Sent(**{each.name: vector[each.name] for each in fields(Sent)})


@pytest.mark.parametrize("library", OF_PYPI)
@pytest.mark.parametrize("vector", TOLD, ids=by_name)
def test_public_libraries_take_what_is_valid_and_nothing_else(library: str, vector: dict[str, Any]) -> None:
    assert taken_in_python(library, as_sent(vector)) is (vector["valid"] and "v1" in vector["kinds"])


def test_those_of_npm_take_the_same() -> None:
    expected = [each["valid"] and "v1" in each["kinds"] for each in TOLD]
    for library, taken in (taken_in_node([as_sent(each) for each in TOLD]) or {}).items():
        assert dict(zip(map(by_name, TOLD), taken, strict=True)) == dict(
            zip(map(by_name, TOLD), expected, strict=True)
        ), library


def ed25519(vector: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """Each v1a signature, and what it should be of."""
    signed = f"{vector['id']}.{vector['timestamp']}.{vector['body']}".encode()
    told = [each.partition(",") for each in vector["signature"].split(" ")]
    return [(base64.b64decode(value), signed) for kind, _, value in told if kind == "v1a"]


def key_of(vector: dict[str, Any]) -> Ed25519PublicKey | None:
    raw = base64.b64decode(vector["public_key"].removeprefix("whpk_"))
    return Ed25519PublicKey.from_public_bytes(raw) if raw else None


def is_by(key: Ed25519PublicKey | None, value: bytes, signed: bytes) -> bool:
    try:
        return key is not None and key.verify(value, signed) is None
    except InvalidSignature:
        return False


@pytest.mark.parametrize("vector", [each for each in TOLD if "v1a" in each["kinds"]], ids=by_name)
def test_ed25519_says_the_same(vector: dict[str, Any]) -> None:
    timestamp = vector["timestamp"]
    in_time = timestamp.isdecimal() and abs(int(timestamp) - vector["now"]) <= 300
    found = any(is_by(key_of(vector), value, signed) for value, signed in ed25519(vector))
    assert (found and in_time) is vector["valid"]


def test_openssl_says_the_same_of_ed25519(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        warnings.warn("not run: there is no openssl here", stacklevel=1)
        return
    vector = next(each for each in TOLD if each["name"] == "v1a alone")
    key = key_of(vector)
    assert key is not None
    (tmp_path / "key.pem").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    [(value, signed)] = ed25519(vector)
    (tmp_path / "signature").write_bytes(value)
    for content, code in ((signed, 0), (signed + b" ", 1)):
        (tmp_path / "signed").write_bytes(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "signed"]
        done = subprocess.run([*command, "-sigfile", "signature"], cwd=tmp_path, capture_output=True)
        assert done.returncode == code, done.stderr


NODE = """
const { createPublicKey, verify } = require("node:crypto");
const told = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(told.map(([key, value, signed]) => verify(null, Buffer.from(signed, "base64"),
  createPublicKey({ key: Buffer.from(key, "base64"), format: "der", type: "spki" }), Buffer.from(value, "base64")))));
"""


def test_node_says_the_same_of_ed25519() -> None:
    if shutil.which("node") is None:
        warnings.warn("not run: there is no node here", stacklevel=1)
        return
    asked, expected = [], []
    for vector in TOLD:
        key = key_of(vector)
        for value, signed in ed25519(vector) if key else ():
            assert key is not None
            der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            asked.append([base64.b64encode(each).decode() for each in (der, value, signed)])
            expected.append(is_by(key, value, signed))
    done = subprocess.run(["node", "-e", NODE], input=json.dumps(asked), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected
    assert {True, False} == set(expected)


@contextmanager
def receiver(language: str, port: int, folder: Path) -> Iterator[str]:
    """The page's own receiver, running."""
    [code] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    file = folder / {"python": "receiver.py", "javascript": "receiver.js"}[language]
    file.write_text(code)
    command = [sys.executable if language == "python" else "node", str(file)]
    environment = os.environ | {"SECRET": OLD.shared, "PORT": str(port)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as child:
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            child.kill()


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_the_pages_receiver_takes_what_is_ours_and_nothing_else(
    language: str, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    if language == "javascript" and shutil.which("node") is None:
        warnings.warn("not run: there is no node here", stacklevel=1)
        return
    body, now, long_ago = example("webhook.challenge", MESSAGES["webhook.challenge"]), datetime.now(UTC), AT
    plain = example("notice.received", MESSAGES["notice.received"])
    cases = [
        (body, headers([OLD], id="m", at=now, body=body), 200),
        (plain, headers([NEW, OLD], id="m", at=now, body=plain), 200),
        (body + b" ", headers([OLD], id="m", at=now, body=body), 401),
        (body, headers([NEW], id="m", at=now, body=body), 401),
        (body, headers([OLD], id="m", at=long_ago, body=body), 401),
    ]
    with receiver(language, free_ports[0], tmp_path) as url:
        for content, signed, status in cases:
            answer = sent(url, content, signed)
            assert answer.status_code == status, (language, status)
        challenge = json.loads(body)["data"]["challenge"]
        assert sent(url, *cases[0][:2]).text == challenge
        assert sent(url, *cases[1][:2]).text == ""


def sent(url: str, content: bytes, signed: dict[str, str]) -> httpx.Response:
    """Once it listens."""

    def ask() -> httpx.Response | None:
        try:
            return httpx.post(url, content=content, headers=signed, timeout=PATIENCE_SECONDS)
        except httpx.ConnectError:
            return None

    answer = wait_until(ask, lambda it: it is not None)
    assert answer is not None
    return answer
