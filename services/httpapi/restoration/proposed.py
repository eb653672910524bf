"""Where a proposal is kept while nothing can be recorded: beside the checkpoints, signed with their key, so that it is
restored with no database and nobody but the service can say who proposed."""

import json
from dataclasses import asdict
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.eventlog.checkpoints.checkpoint import flush_directory
from services.httpapi.restoration.rules import Proposal

NAME = "restoration-proposed.json"


def _signed(proposal: Proposal) -> bytes:
    return b"tilsagn restoration proposed\n" + json.dumps(asdict(proposal), sort_keys=True).encode()


def keep(directory: Path, proposal: Proposal, key: Ed25519PrivateKey) -> None:
    """Keep it, in the place of one that waits; on disk when this returns."""
    unfinished = directory / f".{NAME}"
    told = asdict(proposal) | {"signature": key.sign(_signed(proposal)).hex()}
    unfinished.write_text(json.dumps(told, sort_keys=True), encoding="utf-8")
    unfinished.replace(directory / NAME)
    flush_directory(directory)


def find(directory: Path, key: Ed25519PrivateKey) -> Proposal | None:
    """The one that waits; None where nobody has proposed, or what lies there was not signed by the service."""
    try:
        told = json.loads((directory / NAME).read_text(encoding="utf-8"))
        signature = bytes.fromhex(told.pop("signature"))
        proposal = Proposal(**told)
        key.public_key().verify(signature, _signed(proposal))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, InvalidSignature):
        return None
    return proposal


def forget(directory: Path) -> None:
    """It is confirmed."""
    (directory / NAME).unlink(missing_ok=True)
