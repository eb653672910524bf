"""What is said of each kind of notice, in bokmål: to the ministry in its document and subject, and to whoever waits for
it. One entry a kind. A document is hashed when it is ordered, so what is said of a kind stays to the byte; other words
are another kind.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.notifications.facts.notice import NoticeKind, NoticeLine


@dataclass(frozen=True, kw_only=True)
class NoticeWords:
    """The words of a kind.

    `title` stands in the subject and at the top of the document. `leaves` is what becomes of it, as in "14 dager før
    dette ...". `must_go` says by when the ministry must have the notice for what it lists to leave on the planned day;
    `waits` that what it lists may leave, and has not.
    """

    title: Callable[[Sequence[NoticeLine]], str]
    leaves: str
    must_go: Callable[[date, Sequence[NoticeLine]], str]
    waits: str


def _of_awards(lines: Sequence[NoticeLine]) -> str:
    return f"Orientering om planlagte tilskudd: {len(lines)} vedtak"


def _of_publishing(_: Sequence[NoticeLine]) -> str:
    return "Orientering om planlagt publisering"


def _for_letters(planned_on: date, _: Sequence[NoticeLine]) -> str:
    return f"Departementet må ha orienteringen for at brevene kan gå {planned_on:%d.%m.%Y}"


def _for_publishing(planned_on: date, lines: Sequence[NoticeLine]) -> str:
    return publishing_must_go(planned_on, ", ".join(line.title for line in lines))


def publishing_must_go(planned_on: date, title: str) -> str:
    """What the ministry must have, for a report to be published as planned; also while no notice tells of it."""
    return f"Departementet må ha orienteringen for at publisering kan skje {planned_on:%d.%m.%Y}: {title}"[:500]


OF_LETTERS = NoticeWords(
    title=_of_awards, leaves="sendes mottakerne", must_go=_for_letters, waits="Brev kan sendes og er ikke sendt"
)

WORDS: Mapping[NoticeKind, NoticeWords] = {
    "round": OF_LETTERS,
    "scheme": OF_LETTERS,
    "letter": OF_LETTERS,
    "publication": NoticeWords(
        title=_of_publishing,
        leaves="publiseres",
        must_go=_for_publishing,
        waits="Kan publiseres, og er ikke publisert",
    ),
}
"""Every kind of notice."""
