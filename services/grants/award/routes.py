"""Awards over HTTP: open a case with a proposal, return or approve it, and record a letter that went out before us."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import Field, Strict
from starlette.responses import Response

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.events import Instalment, NamedIn, Recipient
from services.grants.award.letter_release import claim_release, confirm_release
from services.grants.award.rules import Award, approve, evolve, give_back, propose
from services.grants.balance.view import Balances
from services.grants.case_file import CaseFile
from services.httpapi.caller import Caller, Role, allow
from services.httpapi.etag import ExpectedVersion
from services.httpapi.fields import Body, CalendarYear, Day, Id, Line, Many, Ordinal, Ore, Prose
from services.httpapi.idempotency import Idempotency
from services.httpapi.route import Router


class FundUnknown(Refusal):
    """No letter has opened a fund of that id."""

    code = "fund-unknown"
    status = 422
    title = "Budsjettlinjen finnes ikke"


class RecipientAsked(Body):
    """The organisation, as the letter or the register names it."""

    name: Line
    organisation_number: Line | None = None


class InstalmentAsked(Body):
    """One part of the award: whole øre, paid on or after a day, on a condition, or as soon as the letter is out."""

    number: Ordinal
    amount_ore: Ore
    due_on: Day | None = None
    condition: Line | None = None


class NamedInAsked(Body):
    """The letter that names the recipient (0 is the letter of allocation) and the section where it does."""

    kind: Literal["named"] = "named"
    year: CalendarYear
    letter: Annotated[int, Strict(), Field(ge=0, le=999)]
    section: Line


class Proposal(Body):
    """An award as its preparer proposes it."""

    fund_id: Line
    recipient: RecipientAsked
    amount_ore: Ore
    purpose: Prose
    terms: Many[Prose]
    instalments: Many[InstalmentAsked]
    basis: NamedInAsked


class Return(Body):
    """Why the proposal goes back."""

    reason: Prose


class Approval(Body):
    """The day the commitment counts from (Europe/Oslo), and what the approver's budget disposal authority rests on."""

    approved_on: Day
    disposal_authority: Line


class Release(Body):
    """A letter said to have gone out before this system released letters, and the document that shows it."""

    released_on: Day
    document: Line
    document_sha256: Line | None = None


Caseworker = Annotated[Caller, allow(Role.caseworker)]
Approver = Annotated[Caller, allow(Role.approver)]
CaseworkerOrApprover = Annotated[Caller, allow(Role.caseworker, Role.approver)]


def fold(events: Sequence[Event]) -> Award:
    """The case as this room knows it."""
    return reduce(evolve, events, Award())


def award_router(cases: CaseFile, balances: Balances, *, system_began_on: date) -> Router:
    """`system_began_on` is the first day this system releases letters: no release from it on is ever imported."""
    router = Router(prefix="/v1/cases", tags=["awards"])

    async def proposed(proposal: Proposal, by: Caller) -> dict[str, Any]:
        if not await balances.takes_awards(proposal.fund_id):
            raise FundUnknown("No letter has opened a fund of that id. See the post's funds.")
        return {
            "fund_id": proposal.fund_id,
            "recipient": Recipient(**proposal.recipient.model_dump()),
            "amount_ore": proposal.amount_ore,
            "purpose": proposal.purpose,
            "terms": proposal.terms,
            "instalments": tuple(Instalment(**each.model_dump()) for each in proposal.instalments),
            "basis": NamedIn(**proposal.basis.model_dump()),
            "proposed_by": by.subject,
        }

    @router.post("", status_code=201)
    async def open_case(proposal: Proposal, caller: Caseworker, key: Idempotency) -> Response:
        """Opens a case for a recipient that a letter names, with a proposed award. Nothing is bound yet."""
        asked = await proposed(proposal, caller)
        return await cases.act(uuid4(), propose, asked, fold=fold, caller=caller, key=key, expected=0, opening=True)

    @router.put("/{case_id}/award")
    async def propose_again(
        case_id: Id, proposal: Proposal, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Proposes anew after a return."""
        asked = await proposed(proposal, caller)
        return await cases.act(case_id, propose, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.post("/{case_id}/award/returns")
    async def return_award(
        case_id: Id, returned: Return, caller: CaseworkerOrApprover, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Returns the proposal with a reason; its preparer may also take it back."""
        asked = {"reason": returned.reason, "returned_by": caller.subject}
        return await cases.act(case_id, give_back, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.put("/{case_id}/award/approval")
    async def approve_award(
        case_id: Id, approval: Approval, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Approves the award as a second person with budget disposal authority. The fund is bound, or refuses."""
        asked = {**approval.model_dump(), "approved_by": caller.subject}
        return await cases.act(case_id, approve, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.put("/{case_id}/letter-release")
    async def claim_letter_release(
        case_id: Id, release: Release, caller: Caseworker, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Claims that the letter went out before this system released letters. A second person must confirm."""
        asked = {**release.model_dump(), "proposed_by": caller.subject, "system_began_on": system_began_on}
        return await cases.act(case_id, claim_release, asked, fold=fold, caller=caller, key=key, expected=expected)

    @router.put("/{case_id}/letter-release/confirmation")
    async def confirm_letter_release(
        case_id: Id, caller: Approver, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Confirms the claim, having seen its document. The letter counts as out: imported history."""
        asked = {"confirmed_by": caller.subject}
        return await cases.act(case_id, confirm_release, asked, fold=fold, caller=caller, key=key, expected=expected)

    return router
