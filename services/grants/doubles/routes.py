"""What was recorded twice in texts that read alike, over HTTP: read by all staff, corrected by the acts there are."""

from typing import Annotated

from psycopg_pool import AsyncConnectionPool

from services.grants.case.recipient_remarks import Recipient, find_remarks
from services.grants.doubles.responses import Doubles, Remarks
from services.grants.doubles.view import KINDS, count_doubles, list_doubles
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import STAFF, Caller
from services.httpapi.paging import WHOLE_UNTIL, Cursor, CursorInvalid, Limit, Listing
from services.httpapi.route import Router
from services.httpapi.strict.fields import Line

DOUBLES = Listing("doubles", str, str)


def doubles_router(pool: AsyncConnectionPool) -> Router:
    router = Router(prefix="/v1/doubles", tags=["doubles"])

    @router.get("", response_model=Doubles)
    async def list_what_reads_alike(
        _: Annotated[Caller, allow(*STAFF)], cursor: Cursor = None, limit: Limit = WHOLE_UNTIL
    ) -> Doubles:
        """What stands more than once because it was written in ways that read alike: months paid for and vouchers,
        from before texts were compared so; and recipients whose names or numbers meet. It is shown, never merged."""
        place = DOUBLES.after(cursor)
        if place and place[0] not in KINDS:
            raise CursorInvalid("This cursor was not given by this list. Begin again without it.")
        rows = await list_doubles(pool, after=place and (place[0], place[1]), limit=limit + 1)
        following = DOUBLES.cursor(rows[limit - 1].kind, rows[limit - 1].place) if len(rows) > limit else None
        items = [each.double for each in rows[:limit]]
        return Doubles(items=items, total=await count_doubles(pool), next=following)

    @router.get("/remarks", response_model=Remarks)
    async def show_what_stands_out(
        name: Line,
        _: Annotated[Caller, allow(*STAFF)],
        organisation_number: Line | None = None,
        municipality_number: Line | None = None,
    ) -> Remarks:
        """What stands out in a recipient's name and numbers, to be read before a case is opened or an application
        registered with them: held against the register of municipalities and against what cases have used before, in
        the words a per-capita file is answered in. Nothing is recorded, and nothing refused for it."""
        asked = Recipient(name=name, organisation_number=organisation_number, municipality_number=municipality_number)
        [found] = await find_remarks(pool, [asked])
        return Remarks(items=found)

    return router
