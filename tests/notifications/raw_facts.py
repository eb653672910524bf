"""Facts as whoever holds the service's role can append them: any topic, any bytes, past every class of ours."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from services.eventlog.command import Command
from services.eventlog.mapper import encode, encode_metadata
from services.eventlog.writing.writer import Row, Waiting
from services.notifications.facts.release import LetterHeld, LetterHeldAsTold
from tests.house.tree import ROOT
from tests.notifications.world import KeptWorld, Refused

MANIFEST_SQL = ROOT / "migrations" / "notifications" / "sql" / "manifest.sql"


def append(world: KeptWorld, stream: str, topic: str, data: bytes) -> None:
    """The fact, if PostgreSQL takes it. Raises Refused."""
    world.set_clock(world.now)
    found = world.owner.execute("SELECT count(*) FROM notifications.event WHERE stream = %s", (stream,)).fetchone()
    assert found is not None
    command = Command(actor="x")
    metadata = encode_metadata(actor="x", correlation_id="-", command_id=str(command.id))
    row = Row(stream, found[0] + 1, topic, data, metadata)
    outcome = world.log.factory.writer.submit(Waiting(command, [row], None)).result()
    if outcome.outcome != "recorded":
        raise Refused(str(outcome.problem))


def holding(it: LetterHeld, *, manifest_json: str | None = None, **beside: Any) -> bytes:
    """The fact that holds this letter, with other bytes for its manifest, or something told beside them."""
    told = json.loads(encode(it)) | beside
    return json.dumps(told | ({} if manifest_json is None else {"manifest_json": manifest_json})).encode()


def as_told(it: LetterHeld, *, manifest_sha256: str) -> LetterHeldAsTold:
    """The letter as facts told it before the bytes were kept, under a hash of one's own choice."""
    return LetterHeldAsTold(
        manifest=it.manifest,
        manifest_sha256=manifest_sha256,
        letter_sha256=it.letter_sha256,
        size_bytes=it.size_bytes,
        approved_on=it.approved_on,
        round_id=it.round_id,
        exemption=it.exemption,
    )


def spellings(manifest_json: str) -> list[str]:
    """The same manifest, written otherwise: what is read of each may be what the ministry was told, or another."""
    manifest = json.loads(manifest_json)
    return [
        manifest_json.replace('"amount_ore":100', '"amount_ore":100,"amount_ore":100'),
        manifest_json.replace('{"amount_ore":100', '{"amount_ore":900,"amount_ore":100'),
        json.dumps(manifest, separators=(",", ":"), ensure_ascii=False, sort_keys=True)[:-1] + " }",
        json.dumps(dict(reversed(manifest.items())), separators=(",", ":"), ensure_ascii=False),
        manifest_json.replace('"amount_ore":100', '"amount_ore":1e2'),
        manifest_json.replace('"amount_ore":100', '"amount_ore":100.0'),
        manifest_json.replace('"amount_ore":100', '"amount_ore":9007199254740993'),
        manifest_json.replace("Oppdiktet", "\\u004fppdiktet"),
        manifest_json.replace("/", "\\/"),
        f" {manifest_json}",
        f"{manifest_json}\n",
    ]


@contextmanager
def before_the_bytes_were_kept(world: KeptWorld) -> Iterator[None]:
    """As long as this lasts, PostgreSQL takes facts of the version before, as it did then."""
    said = function("tell_holding")
    world.owner.execute(
        said.replace("refuse_unless(false, 'manifest-bytes", "refuse_unless(true, 'manifest-bytes").encode()
    )
    try:
        yield
    finally:
        world.owner.execute(said.encode())


def function(name: str) -> str:
    """The statement that puts a function of the manifest's back."""
    _, found, rest = MANIFEST_SQL.read_text(encoding="utf-8").partition(f"CREATE FUNCTION notifications.{name}(")
    assert found, name
    head, _, body = rest.partition("$$")
    return f"CREATE OR REPLACE FUNCTION notifications.{name}({head}$${body.partition('$$')[0]}$$"
