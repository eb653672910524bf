"""`python -m migrations`: make roles, database and schemas as they should be. A deployment runs it before the services.

ADMIN_DATABASE_URL logs in as who may create roles and databases. DATABASE_NAME (default tilsagn) is the database. Each
role's password comes from its own variable (GRANTS_SERVICE_PASSWORD, ...); a role whose variable is missing keeps the
password it has. The migrator's is needed, for the migrations run as it.
"""

import os
import sys

from migrations import SERVICES, upgrade
from migrations.roles import LOGINS, MIGRATOR, prepare, url


def main() -> None:
    """Prepare and migrate; says what is missing and ends with 1 when something is."""
    admin_dsn, database = os.environ.get("ADMIN_DATABASE_URL"), os.environ.get("DATABASE_NAME", "tilsagn")
    named = {login.name: os.environ.get(f"{login.name.removeprefix('tilsagn_').upper()}_PASSWORD") for login in LOGINS}
    passwords = {name: password for name, password in named.items() if password}
    if not admin_dsn or MIGRATOR not in passwords:
        sys.exit("Set ADMIN_DATABASE_URL and MIGRATOR_PASSWORD.")
    prepare(admin_dsn, database, passwords)
    for service in SERVICES:
        upgrade(url(admin_dsn, database=database, user=MIGRATOR, password=passwords[MIGRATOR]), service)
        print(f"{service}: migrated", flush=True)


if __name__ == "__main__":
    main()
