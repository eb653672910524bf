"""`python -m services.notifications.outbox look | move`: which folder letters and notices leave by, where it is another
than it was (docs/operations.md)."""

import sys

from services.httpapi.outbox_command import main
from services.notifications.settings import Settings

OUTBOX = "letters"

if __name__ == "__main__":
    main(
        Settings.from_environment,
        schema="notifications",
        name=OUTBOX,
        folder=lambda told: told.outbox,
        arguments=sys.argv[1:],
    )
