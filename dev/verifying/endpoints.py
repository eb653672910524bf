"""Endpoints stand as their facts leave them, and what signs is what was sealed: each row's bytes have the hash its fact
names. A secret that no fact names was stored before a fact that was refused, and signs nothing."""

from collections import Counter, defaultdict
from typing import Any

from psycopg import Connection

from dev.verifying.unreadable import UNREADABLE, Found
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.mapper import decode
from services.eventlog.recorded import Recorded
from services.notifications.webhook.events import EndpointRegistered, EndpointSecretRotated
from services.notifications.webhook.rules import Endpoint, fold

Row = tuple[Any, ...]
FACTS = """
    SELECT position, stream, version, topic, data, recorded_at FROM notifications.event
    WHERE stream ^@ 'endpoint-' ORDER BY stream, version
"""
# An instant without end is none that a fact can hold, and none that can be read here.
STANDS = """
    SELECT id::text, position, url, types, wanted, ordered, rate_per_second, contract, pulled_by,
        secret_id, previous_secret_id,
        CASE WHEN isfinite(previous_until) THEN previous_until WHEN previous_until IS NOT NULL THEN 'epoch' END,
        consented, numbered, paused, disabled, deleted
    FROM notifications.endpoint
"""
SEALED = "SELECT id, endpoint_id::text, encode(sha256(sealed), 'hex') FROM notifications.endpoint_secret"


def check_endpoints(connection: Connection[Any]) -> Found:
    """How many endpoints and secrets were looked at, and what is not as the log says."""
    facts: dict[str, list[Recorded]] = defaultdict(list)
    faults: list[Fault] = []
    for position, stream, version, topic, data, at in connection.execute(FACTS.encode(), binary=True):
        try:
            facts[stream].append(Recorded(position, stream, version, decode(topic, data), at, "", "", ""))
        except UNREADABLE:
            continue  # it is told as unreadable where the chain is followed
    stands = {row[0]: row for row in connection.execute(STANDS.encode())}
    sealed = {id: (of, digest) for id, of, digest in connection.execute(SEALED.encode())}
    counts = Counter({"endpoints": len(stands), "secrets of endpoints": 0})
    for stream, its in facts.items():
        id = stream.removeprefix("endpoint-")
        if _row(id, fold(its)) != stands.pop(id, None):
            faults.append(Fault(its[-1].position, "row", f"endpoint {id} does not stand as its facts leave it"))
        for fact in its:
            if isinstance(fact.event, EndpointRegistered | EndpointSecretRotated):
                counts["secrets of endpoints"] += 1
                secret = fact.event.secret
                if sealed.get(secret.id) != (id, secret.sha256):
                    faults.append(Fault(fact.position, "row", f"the secret {secret.id} is not the one that was sealed"))
    faults += [Fault(row[1], "row", f"endpoint {id} follows from nothing") for id, row in stands.items()]
    return counts, faults


def _row(id: str, endpoint: Endpoint) -> Row | None:
    """The row as it should stand."""
    it = endpoint.subscription
    if it is None or endpoint.secret is None:
        return None
    wanted = {
        "scheme_ids": list(it.wanted.scheme_ids),
        "posts": list(it.wanted.posts),
        "case_ids": [str(case) for case in it.wanted.case_ids],
    }
    previous = endpoint.previous.id if endpoint.previous else None
    return (
        *(id, endpoint.position, it.url, list(it.types), wanted, it.ordered, it.rate_per_second, it.contract),
        *(it.pulled_by, endpoint.secret.id, previous, endpoint.previous_until),
        *(endpoint.consented, endpoint.numbered, endpoint.paused, endpoint.disabled is not None, endpoint.deleted),
    )
