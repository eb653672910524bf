"""The passwords of our roles on a server that others share.

Roles are the whole server's, so whoever sets their passwords sets them for everybody there: a second run against one
DATABASE_URL once shut the first one out. On such a server they follow from the administrator's own password, the same
for all who know it, and setting them again changes nothing.
"""

import hmac
import os
from hashlib import sha256

from psycopg.conninfo import conninfo_to_dict


def agreed_password(admin_dsn: str) -> str | None:
    """What every role of ours logs in with on this administrator's server, in development and tests. None where the
    administrator needs no password: then there is no secret to derive one from."""
    known = conninfo_to_dict(admin_dsn).get("password") or os.environ.get("PGPASSWORD")
    if not known:
        return None
    return hmac.new(str(known).encode(), b"tilsagn: the roles of development", sha256).hexdigest()
