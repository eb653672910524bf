"""`python -m dev.openapi`: writes contracts/openapi-<service>.json from each service's own routes."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from services.grants import main as grants
from services.grants.settings import Settings as GrantsSettings
from services.httpapi.app import Service
from services.notifications import main as notifications
from services.notifications.settings import Settings as NotificationsSettings

CONTRACTS = Path(__file__).parent.parent / "contracts"
FILES = {name: CONTRACTS / f"openapi-{name}.json" for name in ("grants", "notifications")}
NOWHERE = "postgresql://nobody@/nowhere?host=/nonexistent"


def description(name: str) -> str:
    """The service's OpenAPI as committed: sorted, so that a change shows as a change."""
    with TemporaryDirectory() as folder:
        return json.dumps(app(name, Path(folder)).openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def app(name: str, folder: Path) -> Service:
    """The service put together, with nothing behind it."""
    key = folder / "key"
    if name == "grants":
        settings = GrantsSettings(environment="development", database_url=NOWHERE, dev_issuer_key=key)
        return grants.create_app(settings)
    return notifications.create_app(
        NotificationsSettings(environment="development", database_url=NOWHERE, outbox=folder, dev_issuer_key=key)
    )


if __name__ == "__main__":
    for name, path in FILES.items():
        path.write_text(description(name), encoding="utf-8")
