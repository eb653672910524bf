"""Why an award cannot be proposed, returned, approved or changed as asked; and the checks every such act makes."""

from datetime import date

from services.eventlog.refusal import Refusal
from services.grants.case.events.grant_letter import LetterFrozen
from services.text.folding import is_blank


class AwardAlreadyProposed(Refusal):
    """Another proposal waits for approval."""

    code = "award-already-proposed"
    title = "Et annet forslag venter på godkjenning"


class AwardAlreadyApproved(Refusal):
    """The award is approved; what was promised is changed by its own acts, never by a new proposal or approval."""

    code = "award-already-approved"
    title = "Tilskuddet er allerede vedtatt"


class AwardImportWaits(Refusal):
    """The proposal that waits was decided outside: it is confirmed as such, never approved as a decision of today."""

    code = "award-import-waits"
    title = "Forslaget gjelder et vedtak fra før systemet"


class LetterFrozenHere(Refusal):
    """A grant letter was made here, so the award is decided here and its letter passes the gate."""

    code = "letter-frozen-here"
    title = "Tilskuddsbrevet er laget her"


class NothingProposed(Refusal):
    """No proposal waits."""

    code = "nothing-proposed"
    title = "Det er ingenting å ta stilling til"


class ReasonMissing(Refusal):
    """Nothing goes back, is answered or falls away without it being said why."""

    code = "return-reason-missing"
    status = 422
    title = "Begrunnelsen mangler"


class DisposalAuthorityMissing(Refusal):
    """It is not said what the approver's budget disposal authority rests on (Instruks 4.2)."""

    code = "disposal-authority-missing"
    status = 422
    title = "Budsjettdisponeringsmyndighet er ikke oppgitt"


class CoverEndsTooSoon(Refusal):
    """The cover would end before the promise begins."""

    code = "cover-ends-too-soon"
    status = 422
    title = "Inndekningen utløper før vedtaket"


class LetterBeforeDecision(Refusal):
    """A letter is not older than what it tells of: the approval, or the last change of the award."""

    code = "letter-before-decision"
    status = 422
    title = "Brevet er datert før vedtaket det forteller om"


class LetterMissing(Refusal):
    """The scheme's letter is not frozen for this very proposal, so nobody has seen what the recipient will read."""

    code = "letter-missing"
    title = "Tilskuddsbrevet er ikke ferdig"


class LetterNamesOtherApprover(Refusal):
    """The letter names somebody else as the one who decides: what is sent would not be so."""

    code = "letter-names-other-approver"
    title = "Brevet oppgir en annen godkjenner"


class DecidedInRound(Refusal):
    """The proposal stands in a round and is decided there, or in another round than this one, or in none."""

    code = "decided-in-round"
    title = "Forslaget avgjøres i tildelingsrunden"


class CaseSettled(Refusal):
    """The award is settled or the case closed: only a complaint opens it again."""

    code = "case-ended"
    title = "Saken er avsluttet"


def need_authority(disposal_authority: str) -> None:
    """Refuse (`DisposalAuthorityMissing`) words that say nothing."""
    if is_blank(disposal_authority):
        raise DisposalAuthorityMissing("Say what the budget disposal authority for this fund rests on.")


def need_reason(reason: str) -> None:
    """Refuse (`ReasonMissing`) words that say nothing."""
    if is_blank(reason):
        raise ReasonMissing("Say why, in words the reader can act on.")


def keep_open(ended: bool) -> None:
    """Refuse (`CaseSettled`) an act on a case that is settled or closed."""
    if ended:
        raise CaseSettled("The case is settled or closed, and nothing more is promised in it or taken from it.")


def keep_letter(letter: LetterFrozen | None, person: str, approved_on: date) -> None:
    """Refuse an approval of what has a letter later than that is dated (`LetterBeforeDecision`), or by another than it
    names, if it names anybody (`LetterNamesOtherApprover`). The very subject: the letter prints one name."""
    if letter is None:
        return
    if letter.dated_on < approved_on:
        raise LetterBeforeDecision(
            f"The letter is dated {letter.dated_on}. Have the proposal returned, and date its letter {approved_on} or"
            " later: the day it is meant to leave.",
            first_day_on=str(approved_on),
        )
    if letter.approver not in (None, person):
        raise LetterNamesOtherApprover(
            f"The letter names {letter.approver} as who approves. They do, or the proposal is returned and gets another"
            " letter.",
            approver=letter.approver,
        )
