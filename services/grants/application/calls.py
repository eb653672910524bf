"""The call that was applied to."""

from uuid import UUID

from services.eventlog.refusal import Refusal
from services.grants.application.eligibility import Call
from services.grants.application.rules import NoApplication
from services.grants.application.view import fold
from services.grants.case.command_handler import CaseCommands
from services.grants.scheme.view import Schemes


class NoSuchCall(Refusal):
    """No call of that id is published."""

    code = "no-such-call"
    status = 422
    title = "Utlysningen finnes ikke"


async def find_call(schemes: Schemes, call_id: str) -> Call:
    """The call applied to, or the refusal `NoSuchCall`."""
    found = await schemes.find_call(call_id)
    if found is None:
        raise NoSuchCall("No call of that id is published. See the schemes of the year.")
    return Call(scheme_id=found.scheme_id, year=found.year, published=found.call, cancelled=found.cancelled)


async def call_of(cases: CaseCommands, schemes: Schemes, case_id: UUID) -> Call:
    """The call that was applied to in a case. Refuses with `NotFound`, `NoApplication`."""
    versions = fold((await cases.history(case_id)).events).versions
    if not versions:
        raise NoApplication("Nobody has applied in this case.")
    return await find_call(schemes, versions[-1].call_id)
