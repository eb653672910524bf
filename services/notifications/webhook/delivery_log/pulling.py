"""An endpoint's messages to whoever asks for them: after a number, after a place, or after what was committed."""

from typing import Any
from uuid import UUID

from services.eventlog.feeds.places import earlier, read, written
from services.notifications.webhook.delivery_log.deliveries import Deliveries
from services.notifications.webhook.delivery_log.numbers import numbered
from services.notifications.webhook.refusals import FurtherThanThere
from services.notifications.webhook.rules import Endpoint


async def pull(
    deliveries: Deliveries, id: UUID, endpoint: Endpoint, *, after: int | None, place: str | None, limit: int
) -> dict[str, Any]:
    """A page of them, and where the next begins. Refuses FurtherThanThere, and LogDiverged of the place."""
    count = await deliveries.count(id)
    start = count.committed if after is None else after
    if place is not None:
        stands = read(place)
        await deliveries.check(id, stands)
        start = stands.number
    if start > count.last:
        raise FurtherThanThere(f"There is no message of number {start}; the last is {count.last}.")
    rows = await deliveries.list_messages(id, after=start, limit=limit)
    items = [numbered(row, endpoint, whole=True) for row in rows]
    following = items[-1]["sequence"] if items else start
    at = written(following, await deliveries.hashes_at(id, earlier(following)))
    return {"items": items, "next_after": following, "place": at, "last": count.last, "committed": count.committed}
