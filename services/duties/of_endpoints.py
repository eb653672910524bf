"""Acts on endpoints: where receivers outside are told. An administrator's, as the register of staff is."""

from services.duties.act import Act

TELLS = "It says where messages go that tell of the log. No money, letter or decision follows from one."
ON_ENDPOINTS = (
    Act(name="register endpoint", topic="endpoint.registered.v1", by="registered_by", why=TELLS),
    Act(name="change endpoint", topic="endpoint.changed.v1", by="changed_by", why=TELLS),
    Act(name="pause endpoint", topic="endpoint.paused.v1", by="paused_by", why=TELLS),
    Act(name="resume endpoint", topic="endpoint.resumed.v1", by="resumed_by", why=TELLS),
    Act(
        name="rotate secret of endpoint",
        topic="endpoint.secret-rotated.v1",
        by="rotated_by",
        why="Whoever suspects that a secret is known waits for nobody.",
    ),
    Act(
        name="revoke former secret of endpoint",
        topic="endpoint.former-secret-revoked.v1",
        by="revoked_by",
        why="Whoever suspects that a secret is known waits for nobody.",
    ),
    Act(name="delete endpoint", topic="endpoint.deleted.v1", by="deleted_by", why=TELLS),
)
