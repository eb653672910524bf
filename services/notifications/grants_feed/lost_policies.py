"""Notice policies that grants lost when its log was brought back, and that count here all the same until another is
confirmed: listed, and counted among what waits for somebody, so that nobody has to know of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller
from services.httpapi.commands.encoding import JsonResponse
from services.httpapi.paging import Page
from services.httpapi.route import Router
from services.inbox.events import FeedResumed
from services.notifications.facts.scheme_policy import ConfirmedPolicyHeard
from services.notifications.grants_feed.rules import lost_and_counting

# Where nobody has ever proposed to go back in the feed, the facts of it are not read.
_RESUMED = """
    SELECT position, topic, data FROM notifications.event
    WHERE stream = 'inbox-grants' AND topic = %s
      AND EXISTS (SELECT FROM notifications.event WHERE stream = 'inbox-grants-resuming')
"""
_POLICIES = "SELECT position, topic, data FROM notifications.event WHERE stream = %s ORDER BY version"


class LostPolicy(BaseModel):
    """A policy that counts for whatever is decided in the scheme, and that grants does not know."""

    scheme_id: str
    version: int
    rule: Literal["notice", "exempt"]
    source: str
    valid_from: date
    confirmed_by: str
    confirmed_at: datetime
    deviation: Literal["policy-lost-by-grants"] = Field(
        description="Have it, or another, proposed and confirmed in grants before anything of the scheme is approved"
    )


@dataclass(frozen=True, slots=True)
class LostPolicies:
    """The query. Reading only."""

    pool: AsyncConnectionPool

    async def list_counting(self) -> list[ConfirmedPolicyHeard]:
        """Each such policy, by its scheme."""
        lost: dict[str, set[int]] = {}
        for _, resumed in await self._facts(_RESUMED, FeedResumed.TOPIC):
            assert isinstance(resumed, FeedResumed)
            for each in resumed.beyond:
                if each.topic == ConfirmedPolicyHeard.TOPIC:
                    lost.setdefault(each.stream, set()).add(each.position)
        found = [lost_and_counting(await self._facts(_POLICIES, stream), lost[stream]) for stream in sorted(lost)]
        return [policy for policy in found if policy is not None]

    async def count(self) -> int:
        return len(await self.list_counting())

    def waiting(self) -> dict[str, Callable[[], Awaitable[int]]]:
        """What waits for somebody."""
        return {"notice policies that grants has lost": self.count}

    async def _facts(self, query: str, asked: str) -> list[tuple[int, Event]]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(query.encode(), (asked,), binary=True)
            return [(position, decode(topic, data)) async for position, topic, data in cursor]


def lost_policy_router(policies: LostPolicies) -> Router:
    router = Router(prefix="/v1/lost-policies", tags=["notices"])

    @router.get("", response_model=Page[LostPolicy])
    async def list_lost_policies(_: Annotated[Caller, allow(*STAFF)]) -> Response:
        """Notice policies that grants lost when its log was brought back, and that count until another is confirmed."""
        items = [
            LostPolicy.model_validate(
                {name: getattr(each, name) for name in LostPolicy.model_fields if name != "deviation"}
                | {"deviation": "policy-lost-by-grants"}
            ).model_dump(mode="json")
            for each in await policies.list_counting()
        ]
        return JsonResponse({"items": items, "next": None})

    return router
