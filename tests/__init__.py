"""Rules as sentences, the log against PostgreSQL, HTTP, pages, faults: mirrors `services/`."""

import os
import sys

from tests.patience import TIMES

if "--failover" in sys.argv:
    os.environ["TILSAGN_PATIENCE"] = "1"  # how soon others are back is what is measured there
os.environ.setdefault("TILSAGN_PATIENCE", str(TIMES))
"""Before anything of the services is looked at, and for every process that a test starts: none of their own limits is
met before a test's own patience ends."""
