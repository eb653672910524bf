"""Checkpoints, and the key they are signed with, changed by whoever keeps their folder."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY, Checkpoints, read
from tests.faults.planted.lived import FOLDERS
from tests.faults.planted.tampering import Copy, Tampering

ANOTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def kept(name: str, schema: str, does: Callable[[Path, Sequence[Path]], object], found: str) -> Tampering:
    def change(copy: Copy) -> None:
        folder = copy.folder / FOLDERS[schema]
        does(folder, Checkpoints(folder).files())

    return Tampering(
        name=f"{schema}: {name}",
        by="keeper of the checkpoints",
        does=change,
        found=found,
        touches=(f"checkpoints of {schema}",),
    )


def take_away(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink()


def signed_by_another(folder: Path, files: Sequence[Path]) -> None:
    """The newest, as it was, under another key."""
    made, _ = read(files[-1].read_bytes())
    files[-1].unlink()
    assert Checkpoints(folder).add(made, ANOTHER)


def all_signed_by_another(folder: Path, files: Sequence[Path]) -> None:
    """Each of them, and the public key beside them is the other's."""
    for file in files:
        made, _ = read(file.read_bytes())
        file.unlink()
        assert Checkpoints(folder).add(made, ANOTHER)
    (folder / PUBLIC_KEY).unlink()
    Checkpoints(folder).publish(ANOTHER)


def renumbered(_: Path, files: Sequence[Path]) -> None:
    """One taken out, and those after it moved up."""
    files[2].unlink()
    for earlier, later in pairwise(files[2:]):
        later.rename(earlier)


CHECKPOINTS = (
    kept("one in the middle removed", "grants", lambda _, files: files[3].unlink(), r"checkpoint"),
    kept("one removed and the others moved up", "grants", renumbered, r"checkpoint"),
    kept(
        "two put for each other",
        "grants",
        lambda _, files: (files[1].rename(files[1].with_suffix(".x")), files[2].rename(files[1]),
                          files[1].with_suffix(".x").rename(files[2])),
        r"checkpoint",
    ),
    kept("one written over another", "grants", lambda _, files: files[4].write_bytes(files[3].read_bytes()),
         r"checkpoint"),
    kept(
        "a position in one changed",
        "grants",
        lambda _, files: files[1].write_bytes(files[1].read_bytes().replace(b'"position":', b'"position":1')),
        r"checkpoint",
    ),
    kept("the newest signed with another key", "grants", signed_by_another, r"checkpoint"),
    kept("the newest signed with another key", "notifications", signed_by_another, r"checkpoint"),
)  # fmt: skip
GONE = (
    kept("the newest five removed", "grants", lambda _, files: take_away(files[-5:]), r"checkpoint"),
    kept("the newest removed", "notifications", lambda _, files: files[-1].unlink(), r"checkpoint"),
    kept("every one removed", "grants", lambda _, files: take_away(files), r"checkpoint"),
    kept("the public key removed", "grants", lambda folder, _: (folder / PUBLIC_KEY).unlink(), r"key"),
    kept("the public key removed", "notifications", lambda folder, _: (folder / PUBLIC_KEY).unlink(), r"key"),
    kept("the public key is of no key", "grants", lambda folder, _: (folder / PUBLIC_KEY).write_text("x"), r"key"),
    kept(
        "every one signed anew with another key, laid beside them", "grants", all_signed_by_another, r"key|checkpoint"
    ),
)
