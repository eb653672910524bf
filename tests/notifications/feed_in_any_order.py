"""What the tests of feed in any order build, for other tests to use as well."""

import json
from typing import Any

from services.inbox.contract import CONTRACTS


def example(name: str, **data: Any) -> dict[str, Any]:
    """A message as the contract shows it, with this instead."""
    told = json.loads((CONTRACTS / "grants" / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    told["data"] |= data
    return dict(told)
