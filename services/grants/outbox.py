"""`python -m services.grants.outbox look | move`: which folder payment requests leave by, where it is another
than it was (docs/operations.md)."""

import sys

from services.grants.settings import Settings
from services.httpapi.outbox_command import main

OUTBOX = "payments"

if __name__ == "__main__":
    main(
        Settings.from_environment,
        schema="grants",
        name=OUTBOX,
        folder=lambda told: told.accounting_outbox,
        arguments=sys.argv[1:],
    )
