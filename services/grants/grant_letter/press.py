"""Where grant letters are made: the scheme's terms are looked up, the letter assembled, checked, set and kept."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.eventlog.refusal import Refusal
from services.grants.case.events.award import Applied, AwardProposed
from services.grants.case_number.view import CaseNumbers
from services.grants.grant_letter.content import LetterContent, Letterhead, Particulars, Person, assemble, check_letter
from services.grants.grant_letter.freezing import GrantLetter, Print, check_acceptance, waiting_for
from services.grants.grant_letter.own_texts import Own, own_terms
from services.grants.grant_letter.signatories import Signatories, Signatory, find_signatories
from services.grants.grant_letter.store import LetterFiles
from services.grants.grant_letter.typesetting import PrintedLetter, Typesetters
from services.grants.scheme.events import SchemeTerms
from services.grants.scheme.languages import terms_in
from services.grants.scheme.view import Schemes
from services.grants.staff.view import Staff


class LettersNotMade(Refusal):
    """Some of the letters asked for together cannot be made; `cases` tells which, and why. None of them is frozen."""

    code = "letters-not-made"
    status = 422
    title = "Noen av tilskuddsbrevene kan ikke lages"


@dataclass(frozen=True, kw_only=True)
class LetterAsked:
    """What a letter is asked for with: the day it is dated; whom it names as the one who is to approve; the last day it
    gives to accept its terms; and the texts of an award on no scheme."""

    dated_on: date
    approver: str | None = None
    accept_by: date | None = None
    own: Own | None = None


@dataclass(frozen=True, slots=True)
class LetterPress:
    """Makes letters of proposals that wait. It freezes none: that is the case's own to decide."""

    schemes: Schemes
    letterhead: Letterhead
    typesetters: Typesetters
    files: LetterFiles
    staff: Staff
    numbers: CaseNumbers

    async def signatories(self, letter: GrantLetter, asked: LetterAsked) -> Signatories:
        """Whom the letter names on its day. Refuses as `find_signatories` does."""
        return await find_signatories(letter, self.staff.find_named, on=asked.dated_on, approver=asked.approver)

    async def draft(
        self, case_id: UUID, letter: GrantLetter, asked: LetterAsked, signed: Signatories
    ) -> tuple[PrintedLetter, LetterContent]:
        """The letter as it would be, marked as a draft and kept nowhere, and what it says.

        Refuses `NoProposalWaits`, `NoLetterMadeHere`, `LetterIncomplete`, `LetterNotRendered`, `LetterUnsettable`,
        `LetterNotLaidOut`, `LetterTemplateUnknown`, `SchemeTextsMissing`, and what `check_acceptance` refuses.
        """
        content = await self._content(case_id, letter, waiting_for(letter), asked, signed)
        return await self.typesetters.print(content, draft=True), content

    async def print(self, case_id: UUID, letter: GrantLetter, asked: LetterAsked) -> Print | None:
        """The letter set and its bytes kept, ready to be frozen; None if no proposal waits or its letter is frozen.

        Refuses as `draft` and `signatories` do.
        """
        if letter.waiting is None or letter.made:
            return None
        signed = await self.signatories(letter, asked)
        content = await self._content(case_id, letter, letter.waiting, asked, signed)
        printed = await self.typesetters.print(content)
        await self.files.keep([printed.content])
        return Print(
            proposal_version=letter.proposal_version,
            content=content,
            template=printed.template,
            sha256=printed.sha256,
            size_bytes=len(printed.content),
            approver=signed.asked,
            names=signed.names,
        )

    async def print_all(self, letters: Mapping[UUID, GrantLetter], asked: LetterAsked) -> dict[UUID, Print | None]:
        """The same for many cases at once. Refuses `LettersNotMade`, naming every case that has no letter yet."""
        made = await asyncio.gather(
            *(self.print(case_id, letter, asked) for case_id, letter in letters.items()), return_exceptions=True
        )
        prints: dict[UUID, Print | None] = {}
        refused: list[dict[str, Any]] = []
        for case_id, outcome in zip(letters, made, strict=True):
            if isinstance(outcome, Refusal):
                refused.append(
                    {"case_id": str(case_id), "code": outcome.code, "detail": outcome.detail, **outcome.details}
                )
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                prints[case_id] = outcome
        if refused:
            raise LettersNotMade(f"{len(refused)} of {len(letters)} letters cannot be made; see cases.", cases=refused)
        return prints

    async def _content(
        self, case_id: UUID, letter: GrantLetter, proposal: AwardProposed, asked: LetterAsked, signed: Signatories
    ) -> LetterContent:
        check_acceptance(proposal, dated_on=asked.dated_on, accept_by=asked.accept_by)
        terms = own_terms(proposal, asked.own) if asked.own else await self._terms(proposal)
        if terms is not None and not asked.own:
            terms = terms_in(terms, proposal.form)
        beside = Particulars(
            case_number=await self.numbers.find(case_id),
            applied_on=letter.applied_on,
            address=letter.address,
            change=letter.signed.change,
            accept_by=asked.accept_by,
            caseworker=_person(signed.caseworker),
            approver=_person(signed.approver),
        )
        content = assemble(proposal, terms, self.letterhead, case_id=case_id, dated_on=asked.dated_on, beside=beside)
        check_letter(content)
        return content

    async def _terms(self, proposal: AwardProposed) -> SchemeTerms | None:
        """The terms the recipient applied on, or else the scheme's as they stand."""
        if isinstance(proposal.basis, Applied):
            call = await self.schemes.find_call(proposal.basis.call_id)
            return call.standing_terms if call else None
        scheme = await self.schemes.find_scheme(proposal.scheme_id) if proposal.scheme_id else None
        return scheme.standing_terms if scheme else None


def _person(signatory: Signatory | None) -> Person | None:
    named = signatory.named if signatory else None
    return Person(name=named.name, title=named.title) if named else None
