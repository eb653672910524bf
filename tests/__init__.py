"""Rules as sentences, the log against PostgreSQL, HTTP, pages, faults: mirrors `services/`."""

import os

from tests.patience import TIMES

os.environ["TILSAGN_PATIENCE"] = str(TIMES)
"""Before anything of the services is looked at, and for every process that a test starts: none of their own limits is
met before a test's own patience ends."""
