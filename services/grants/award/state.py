"""A proposal and what becomes of it until it is approved, as the facts of its case leave it. Folding never refuses."""

from dataclasses import dataclass

from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.grants.case.commitment import NOTHING_PROMISED, Commitment
from services.grants.case.events.award import AwardImportProposed, AwardProposed, AwardReturned
from services.grants.case.events.complaint import ComplaintReceived
from services.grants.case.events.grant_letter import LetterFrozen
from services.grants.case.events.recipient_report import AwardSettled, CaseClosed
from services.grants.case.granted_application import NOBODY_APPLIED, GrantedApplication


@dataclass(frozen=True, kw_only=True)
class Award:
    """What awarding needs to know: all `proposals`, all claims that one was decided outside (`claimed`), the claim that
    waits (`importing`), who `froze` a letter, and whether a proposal was returned to be made anew here
    (`handled_here`). By the stream's `version` a frozen letter names its proposal (`proposal_version`)."""

    commitment: Commitment = NOTHING_PROMISED
    applied_for: GrantedApplication = NOBODY_APPLIED
    proposals: tuple[AwardProposed, ...] = ()
    returned: AwardReturned | None = None
    handled_here: bool = False
    claimed: tuple[AwardImportProposed, ...] = ()
    importing: AwardImportProposed | None = None
    letter: LetterFrozen | None = None
    froze: frozenset[str] = frozenset()
    ended: bool = False
    version: int = 0
    proposal_version: int = 0


def evolve(award: Award, event: Event) -> Award:
    """The award after this fact. A new proposal closes the last return."""
    version = award.version + 1
    award = replace(
        award, commitment=award.commitment.fold(event), applied_for=award.applied_for.fold(event), version=version
    )
    match event:
        case AwardProposed():
            proposals = (*award.proposals, event)
            return replace(award, proposals=proposals, returned=None, importing=None, proposal_version=version)
        case AwardReturned():
            here = award.handled_here or award.importing is None
            return replace(award, returned=event, importing=None, handled_here=here)
        case AwardImportProposed():
            return replace(award, claimed=(*award.claimed, event), importing=event)
        case LetterFrozen():
            return replace(award, letter=event, froze=award.froze | {event.frozen_by})
        case AwardSettled() | CaseClosed():
            return replace(award, ended=True)
        case ComplaintReceived():
            return replace(award, ended=False)
    return award
