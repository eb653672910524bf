"""Signs that are drawn as nothing join those that are left out where texts are compared (services/text/folding.py)."""

from sqlalchemy import Connection

from migrations.redefining import redefine

WAS = r"\3000\3164"
BECOMES = r"\2800\3000\3164\+016FE4\+013441\+013442\+01D159"


def leave_out_blank_signs(connection: Connection, schema: str) -> None:
    """From here on `folded` of this schema leaves them out."""
    redefine(connection, f"{schema}.folded", WAS, BECOMES)
