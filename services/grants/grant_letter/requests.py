"""What a letter is frozen with, or said to have gone out with before this system: exactly these fields and kinds."""

from services.grants.grant_letter.own_texts import Own
from services.grants.grant_letter.press import LetterAsked
from services.httpapi.strict.fields import Body, DatedBody, Day, Line, Prose


class Release(Body):
    """A letter said to have gone out before this system released letters, and the document that shows it."""

    described_as = "services__grants__award__asked__Release"

    released_on: Day
    document: Line
    document_sha256: Line | None = None


class OwnTexts(Body):
    """What the letter of an award on no scheme says where a scheme would: what the grant is called, how its use is
    controlled, and what follows if the terms are not kept."""

    title: Line
    control: Prose
    reactions: Prose

    def texts(self) -> Own:
        return Own(title=self.title, control=self.control, reactions=self.reactions)


class Freezing(DatedBody):
    """The day the letter is dated (Europe/Oslo); of an award on no scheme, its own texts; and who is to approve, if the
    letter shall name them: the subject id of somebody in the register of staff. Nobody else can approve it then.
    `accept_by` is the last day the letter gives the recipient to accept its terms, where they must be: after its own
    day, and at most a year."""

    dated_on: Day
    approver: Line | None = None
    accept_by: Day | None = None
    own: OwnTexts | None = None

    def asked(self) -> LetterAsked:
        """The letter as it is asked for."""
        own = self.own.texts() if self.own else None
        return LetterAsked(dated_on=self.dated_on, approver=self.approver, accept_by=self.accept_by, own=own)
