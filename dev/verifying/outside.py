"""What `make verify` keeps outside, and asks for again: how far each log was last verified whole (`verified.py`)."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dev.state import State
from dev.verifying.report import report
from dev.verifying.signatures import read_signatures
from dev.verifying.since import verify_since
from dev.verifying.verified import NotVerified, find, keep, whole_at
from services.eventlog.checkpoints.checkpoint import load_signing_key


def say_how_far(schema: str, position: int) -> None:
    """A line for whoever waits: it is not of the answer, so that it goes where errors go."""
    print(f"  {schema}: {position:,} facts looked at", file=sys.stderr, flush=True)


@dataclass(frozen=True, kw_only=True)
class Outside:
    """The folder, and the key it is signed with; None where whoever verifies has named none, and has no checkout's own
    state either."""

    folder: Path | None
    key: Path | None

    @classmethod
    def of(cls, folder: Path | str | None, key: Path | str | None, state: State | None) -> "Outside":
        """As asked; else in the state of this checkout, where there is one."""
        own = state if state and state.folder.exists() else None
        return cls(
            folder=Path(folder) if folder else own.folder / "verified" if own else None,
            key=Path(key) if key else own.verifier_key() if own else None,
        )

    def signing_key(self) -> Ed25519PrivateKey:
        """The key of whoever verifies."""
        assert self.key is not None
        return load_signing_key(self.key)

    def keep(self, keys: Mapping[str, Path], directories: Mapping[str, Path], at: datetime) -> None:
        """Both logs were verified whole, without a fault, as they stood at an instant: how far is signed and kept."""
        if self.folder is None or self.key is None:
            return
        for schema, directory in directories.items():
            made = read_signatures(directory, keys[schema])[0].made
            # What was signed for while it was looked at was not looked at.
            before = [each for each in made if datetime.fromisoformat(each.made_at) <= at]
            whole = whole_at(directory, before[-1], at) if before else None
            if whole is not None:
                keep(self.folder, whole, self.signing_key())
                print(f"The log of {schema} was verified whole up to fact {whole.position:,}, which is kept.")

    def report_since(self, schema: str, dsn: str, directory: Path, public_key: Path) -> int:
        """Says what came since, and what of it does not hold. How many faults."""
        if self.folder is None or self.key is None:
            sys.exit("Name the folder of what was verified and the key it is signed with: --verified, --verifier-key.")
        try:
            whole = find(self.folder, schema, self.signing_key().public_key())
        except NotVerified as problem:
            sys.exit(f"{problem}.")
        found = verify_since(dsn, directory, public_key, whole, say=lambda position: say_how_far(schema, position))
        print(f"Of the log of {schema}, {whole.said()}.")
        return report(schema, *found)
