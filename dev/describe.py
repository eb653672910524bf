"""`make describe`: write anew what a fresh database of this release holds (`migrations/description.json`).

Needed after every migration; `make check` says when it was forgotten, and `make verify` compares with it.
"""

import secrets
import tempfile
from pathlib import Path

import psycopg

from dev import postgres
from migrations import SERVICES, upgrade
from migrations.description import FILE, write
from migrations.roles import LOGINS, MIGRATOR, prepare, url


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
    print(f"Written: {FILE.name}")


if __name__ == "__main__":
    main()
