"""Whom a letter names: who prepared what it tells of, and who decides or decided it, as the register of staff has them
on the letter's day.

A letter is frozen before its award is approved, so whoever freezes it says who is to approve, and nobody else can then.
Of what is decided already, whoever decided it is named. Somebody the register does not have is not named at all: a
subject id is nothing to a recipient. That is told in the preview, and no letter waits for it; but an approver who is
asked for by name must have one.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.eventlog.refusal import Refusal
from services.grants.award.approval import may_approve
from services.grants.award.refusals import LetterNamesOtherApprover
from services.grants.award.state import Award, evolve
from services.grants.grant_letter.state import GrantLetter
from services.grants.staff.view import Named

FindNamed = Callable[[str, date], Awaitable[Named | None]]


class ApproverNotInRegister(Refusal):
    """The letter is to name an approver whom the register of staff does not have on its day."""

    code = "approver-not-in-register"
    status = 422
    title = "Godkjenneren står ikke i ansattregisteret"


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """A member of staff behind the letter; `named` is None where the register does not have them on its day."""

    subject: str
    named: Named | None


@dataclass(frozen=True, kw_only=True)
class Signatories:
    """Who prepared what the letter tells of; and who decided it, or is to, where that is known. `asked` is the approver
    that the letter was asked to name, before anybody has decided."""

    caseworker: Signatory | None = None
    approver: Signatory | None = None
    asked: str | None = None

    @property
    def names(self) -> tuple[UUID, ...]:
        """The rows of the register whose names the letter prints."""
        named = [each.named for each in (self.caseworker, self.approver) if each]
        return tuple(each.entry_id for each in named if each)

    @property
    def unnamed(self) -> list[str]:
        """Which of the two the letter cannot name: `caseworker`, `approver`."""
        both = {"caseworker": self.caseworker, "approver": self.approver}
        return [part for part, each in both.items() if each is None or each.named is None]


def keep_approver(events: Sequence[Event], approver: str | None, *, by: str | None = None) -> None:
    """Refuse (`SamePersonTwice`, `NotImpartial`) to name somebody as the one who is to approve who may not: it would be
    approved by nobody. `by` is who freezes the letter."""
    award = fold_once(evolve, events, Award)
    if approver is None or award.commitment.approved:
        return
    may_approve(replace(award, froze=award.froze | {by}) if by else award, "approve award", approver)


async def find_signatories(letter: GrantLetter, find: FindNamed, *, on: date, approver: str | None) -> Signatories:
    """Whom the letter dated `on` names. Refuses `LetterNamesOtherApprover` where another decided it,
    `ApproverNotInRegister`."""
    if letter.signed.decided_by is not None and approver not in (None, letter.signed.decided_by):
        raise LetterNamesOtherApprover(
            f"{letter.signed.decided_by} has decided what the letter tells of, and is whom it names.",
            approver=letter.signed.decided_by,
        )
    decides = letter.signed.decided_by or approver
    found = Signatories(
        caseworker=await _signatory(letter.signed.prepared_by, find, on),
        approver=await _signatory(decides, find, on),
        asked=approver if letter.signed.decided_by is None else None,
    )
    if found.asked is not None and found.approver and found.approver.named is None:
        raise ApproverNotInRegister(
            f"The register of staff does not name {found.asked} on {on}. Have an administrator do so, or leave the"
            " approver out of the letter.",
            approver=found.asked,
        )
    return found


async def _signatory(subject: str | None, find: FindNamed, on: date) -> Signatory | None:
    return Signatory(subject=subject, named=await find(subject, on)) if subject is not None else None
