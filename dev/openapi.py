"""`python -m dev.openapi`: writes contracts/openapi-grants.json from the service's own routes."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from services.grants.main import create_app
from services.grants.settings import Settings

FILE = Path(__file__).parent.parent / "contracts" / "openapi-grants.json"


def description() -> str:
    """The grants service's OpenAPI as committed: sorted, so that a change shows as a change."""
    with TemporaryDirectory() as folder:
        nowhere = "postgresql://nobody@/nowhere?host=/nonexistent"
        settings = Settings(environment="development", database_url=nowhere, dev_issuer_key=Path(folder) / "key")
        return json.dumps(create_app(settings).openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(description(), encoding="utf-8")
