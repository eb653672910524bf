"""Whether a database that stands was built as one would be built now."""

import hashlib
import json
from pathlib import Path

from dev.state import ROOT
from services.grants.wiring import PROJECTIONS

KEPT = "recipe.json"


def recipe(events: int) -> dict[str, object]:
    """What it follows from: how large it is, what builds it, its schema, and the versions of its read models."""
    files = [*sorted((ROOT / "dev" / "large").glob("*.py")), ROOT / "migrations" / "description.json"]
    digest = hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files))
    return {
        "events": events,
        "built_by": digest.hexdigest(),
        "read_models": {projection.name: projection.version for projection in PROJECTIONS},
    }


def stands(folder: Path, events: int) -> bool:
    """Whether what stands in the folder was built so, whole: it is written last."""
    kept = folder / KEPT
    return kept.exists() and json.loads(kept.read_text(encoding="utf-8")) == recipe(events)


def keep(folder: Path, events: int) -> None:
    (folder / KEPT).write_text(json.dumps(recipe(events), indent=2) + "\n", encoding="utf-8")
