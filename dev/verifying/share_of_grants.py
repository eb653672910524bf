"""Of a large log of grants, a process of its own looks at what was told of deadlines.

python -m dev.verifying.share_of_grants     asked and answered as `dev.verifying.share`
"""

import json
import sys
from typing import Any

from dev.verifying.reading import Snapshot, rarely_looked_through
from dev.verifying.told_deadlines import TOLD, check_told_deadlines
from dev.verifying.unreadable import looked_at
from services.grants import main as grants

KNOWS = grants
"""Put together, so that every kind of fact is known by its topic."""


def main() -> None:
    asked: dict[str, Any] = json.load(sys.stdin)
    with rarely_looked_through(), Snapshot(asked["dsn"], asked["snapshot"]) as snapshot:
        connection = snapshot.connection
        counts, faults = looked_at(connection, TOLD, lambda: check_told_deadlines(connection))
    json.dump([counts, [[each.position, each.kind, each.detail] for each in faults]], sys.stdout)


if __name__ == "__main__":
    main()
