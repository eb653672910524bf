"""The people of the demonstration year, and the roles each signs in with. They are nobody's real names."""

from services.httpapi.caller import Role

PEOPLE: dict[str, frozenset[Role]] = {
    "kari-saksbehandler": frozenset({Role.caseworker}),
    "ola-saksbehandler": frozenset({Role.caseworker}),
    "ingrid-godkjenner": frozenset({Role.approver}),
    "per-attestant": frozenset({Role.attestor}),
    "anne-controller": frozenset({Role.controller}),
    "departementet": frozenset({Role.ministry}),
    "riksrevisjonen": frozenset({Role.auditor}),
    "drift": frozenset({Role.administrator}),
}

# Whose token `make run` prints: the one who may read everything and change nothing.
READS_EVERYTHING = "riksrevisjonen"

# Who registers where receivers outside are told.
ADMINISTERS = "drift"


class Unexpected(Exception):
    """The service answered otherwise than the year went."""
