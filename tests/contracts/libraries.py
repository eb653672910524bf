"""Four public libraries that receivers verify with: `standardwebhooks` and `svix`, each of PyPI and of npm."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pytest
import standardwebhooks
import svix.webhooks

from tests import node_packages

OF_PYPI = {"standardwebhooks": standardwebhooks.Webhook, "svix": svix.webhooks.Webhook}
OF_NPM = ("standardwebhooks", "svix")
IN_NODE = """
const told = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const libraries = ["standardwebhooks", "svix"].map((each) => require(each).Webhook);
const isTaken = (Webhook, each) => {
  Date.now = () => each.now * 1000;
  const sent = {};
  for (const prefix of ["webhook", "svix"])
    for (const name of ["id", "timestamp", "signature"]) sent[`${prefix}-${name}`] = each[name];
  try {
    new Webhook(each.secret).verify(each.body, sent);
  } catch (wrong) {
    return wrong instanceof SyntaxError;  // the signature was right; what it is of need be no JSON
  }
  return true;
};
console.log(JSON.stringify(libraries.map((Webhook) => told.map((each) => isTaken(Webhook, each)))));
"""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One request as a receiver gets it, by the secret it knows, at `now` (seconds since 1970)."""

    secret: str
    id: str
    timestamp: str
    signature: str
    body: str
    now: int


def taken_in_python(library: str, sent: Sent) -> bool:
    """Whether a library of PyPI takes it."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Then":
            return cls.fromtimestamp(sent.now, tz)

    names = {"id": sent.id, "timestamp": sent.timestamp, "signature": sent.signature}
    headers = {f"{prefix}-{name}": value for name, value in names.items() for prefix in ("webhook", "svix")}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("standardwebhooks.webhooks.datetime", Then)
        try:
            OF_PYPI[library](sent.secret).verify(sent.body, headers)
        except json.JSONDecodeError:
            return True  # the signature was right; what it is of need be no JSON
        except Exception:  # noqa: BLE001 - each library refuses in its own ways
            return False
    return True


def taken_in_node(sent: Sequence[Sent]) -> dict[str, list[bool]] | None:
    """Which of these each library of npm takes. None, and a warning that names it, where node or npm is not there."""
    said = node_packages.run(IN_NODE, json.dumps([asdict(each) for each in sent]), *OF_NPM)
    return None if said is None else dict(zip(OF_NPM, json.loads(said), strict=True))
