"""What the tests of webhook receivers build, for other tests to use as well."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.notifications.webhook.receiver import Arrived, say

CHUNK = b"x" * 65_536


async def hangs(_: Arrived, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def drips(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
    del arrived
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(1_000):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.5)


async def drips_headers(_: Arrived, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for nth in range(1_000):
        writer.write(f"x-{nth}: y\r\n".encode())
        await writer.drain()
        await asyncio.sleep(0.5)


async def floods(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
    """Ten gigabytes, as fast as they are taken."""
    del arrived
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n")
    for _ in range(10_000_000_000 // len(CHUNK)):
        writer.write(CHUNK)
        await writer.drain()


def lies(_: Arrived, writer: asyncio.StreamWriter) -> None:
    """Says 200 and hangs up before it has said what it announced."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
    writer.transport.abort()


def speaks_no_http(_: Arrived, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 10)
    writer.close()


def redirects(to: str) -> Callable[[Arrived, asyncio.StreamWriter], None]:
    return lambda _, writer: say(writer, 307, location=to)


def asks_for_time(_: Arrived, writer: asyncio.StreamWriter) -> None:
    say(writer, 429, retry_after="7")


BAD: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "hangs": (hangs, ("failed", None, "no whole answer in time")),
    "drips": (drips, ("failed", None, "no whole answer in time")),
    "drips headers": (drips_headers, ("failed", None, "no whole answer in time")),
    "floods": (floods, ("delivered", 200, None)),
    "lies": (lies, ("failed", None, "the connection broke: ")),
    "speaks no HTTP": (speaks_no_http, ("failed", None, "the connection broke: ")),
    "is busy": (asks_for_time, ("failed", 429, "it answered 429")),
    "is gone": (lambda _, writer: say(writer, 410), ("failed", 410, "it answered 410")),
}


def self_signed(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate of that name, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder / "certificate.pem", folder / "key.pem"
