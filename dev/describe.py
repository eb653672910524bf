"""`make describe`: write anew what a fresh database of this release holds (`migrations/description.json`), and the
revision of each schema that the services of this release need (`services/process/schema_needed.json`).

Needed after every migration; `make check` says when it was forgotten, and `make verify` compares with it.
"""

import json
import secrets
import tempfile
from pathlib import Path

import psycopg

from dev import postgres
from migrations import SERVICES, list_heads, upgrade
from migrations.description import FILE, write
from migrations.roles import LOGINS, MIGRATOR, prepare, url

NEEDED = Path(__file__).parents[1] / "services" / "process" / "schema_needed.json"


def needed() -> str:
    """What stands in that file: the newest revision of each schema."""
    newest = {service: list_heads(service)[0] for service in sorted(SERVICES)}
    return json.dumps(newest, indent=4) + "\n"


def main() -> None:
    """Migrate an empty database on a server of its own, and describe it."""
    with tempfile.TemporaryDirectory(prefix="tilsagn-describe-", dir="/tmp") as home:
        Path(home).chmod(0o711)
        server = postgres.start(Path(home) / "postgres", durable=False)
        try:
            password = secrets.token_urlsafe(16)
            prepare(server.dsn(), "described", {login.name: password for login in LOGINS})
            for service in SERVICES:
                upgrade(url(server.dsn(), database="described", user=MIGRATOR, password=password), service)
            with psycopg.connect(server.dsn("described")) as connection:
                write(connection)
        finally:
            server.stop()
    NEEDED.write_text(needed(), encoding="utf-8")
    print(f"Written: {FILE.name}, {NEEDED.name}")


if __name__ == "__main__":
    main()
