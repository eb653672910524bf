"""What was recorded twice in texts that read alike, over HTTP: read by all staff, corrected by the acts there are."""

from typing import Annotated

from psycopg_pool import AsyncConnectionPool

from services.grants.doubles.responses import Doubles
from services.grants.doubles.view import list_doubles
from services.httpapi.caller import STAFF, Caller, allow
from services.httpapi.route import Router


def doubles_router(pool: AsyncConnectionPool) -> Router:
    router = Router(prefix="/v1/doubles", tags=["doubles"])

    @router.get("", response_model=Doubles)
    async def list_what_reads_alike(_: Annotated[Caller, allow(*STAFF)]) -> Doubles:
        """What stands more than once because it was written in ways that read alike, before texts were compared so:
        months paid for, and vouchers. It is shown and never merged; nothing new is recorded on top of it."""
        return await list_doubles(pool)

    return router
