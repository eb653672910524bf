"""Why a letter may not be sent now, and why something cannot be recorded while it is."""

from services.eventlog.refusal import Refusal


class LetterSuperseded(Refusal):
    """The letter is not the one the case has now: none is frozen, or another is."""

    code = "letter-superseded"
    title = "Brevet er ikke lenger sakens tilskuddsbrev"


class AwardNotApproved(Refusal):
    """Nobody has approved the award that the letter tells of."""

    code = "award-not-approved"
    title = "Tilskuddet er ikke vedtatt"


class AwardChangedSince(Refusal):
    """Something has been recorded since the letter was frozen, after which it would tell what is not so."""

    code = "award-changed-since"
    title = "Tilskuddet er endret etter at brevet ble låst"


class DecisionSuspended(Refusal):
    """A complaint has suspensive effect (forvaltningsloven § 42): the decision is not carried out meanwhile."""

    code = "decision-suspended"
    title = "Vedtaket har utsatt iverksetting"


class AwardStopped(Refusal):
    """Money of the award is withheld: the letter would promise what is held back."""

    code = "award-stopped"
    title = "Tilskuddet er stanset"


class NothingUnanswered(Refusal):
    """No permit to send waits for an answer in this case."""

    code = "no-permit-waits"
    title = "Ingen tillatelse til utsending står åpen"


class PermitStillRuns(Refusal):
    """The answer may still come: the permit has not run out, clocks' difference included."""

    code = "permit-still-runs"
    title = "Tillatelsen til utsending løper fortsatt"


class TryUnanswered(Refusal):
    """Another try of this letter was permitted, and nobody has told what came of it: one is under way at a time."""

    code = "try-unanswered"
    title = "Et tidligere forsøk er uten svar"
