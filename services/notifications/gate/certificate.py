"""The certificate of a letter or publication: all an auditor needs to see that it left lawfully, and nothing of ours.

It carries the facts exactly as the log has them, so that each can be found in an export whose chain and signatures hold
(contracts/verify_export.py), and the rest can be reckoned again from them (contracts/verify_certificate.py).
"""

import json
from typing import Any

from services.eventlog.checkpoints.chain import StoredEvent
from services.eventlog.epoch.events import STREAM as RULES
from services.eventlog.feeds.export import event_line
from services.notifications.facts.release import LetterReleased
from services.notifications.gate.reading import GateReading

FORMAT = "tilsagn-certificate-1"


async def certificate(reading: GateReading, item: str) -> dict[str, Any] | None:
    """The certificate; None while it is not released."""
    standing = await reading.standing(item)
    released = standing.held.released
    if released is None:
        return None
    # Every notice that lists it, not only the one it left on: an objection holds whatever notice it stands on.
    streams = [RULES, *await reading.streams(item)]
    exempt = standing.held.letter.exemption if standing.held.letter else None
    if exempt:
        streams.append(f"scheme-{exempt.scheme_id}")
    return {
        "format": FORMAT,
        "item": item,
        "ground": released.ground.kind,
        "manifest_sha256": released.manifest_sha256,
        "letter_sha256": released.letter_sha256 if isinstance(released, LetterReleased) else None,
        "released": await reading.find_release(item),
        "facts": [json.loads(event_line(StoredEvent(*row))) for row in await reading.list_stored(streams)],
    }
