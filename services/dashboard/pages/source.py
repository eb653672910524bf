"""Where the pages get their numbers: the same queries as the REST API, one row for each of its JSON objects."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID

from services.dashboard.sign_in.access import Sight
from services.dashboard.sign_in.reader import Reader

Row = Mapping[str, Any]
"""One object as the REST API gives it: whole øre; days and instants as ISO text or as `date` and `datetime`."""
LATEST = (2**63 - 1, 2**31 - 1)
"""After every entry of a ledger."""


class Told(Protocol):
    """What can be narrowed to what the ministry is told of."""

    def told(self) -> Self:
        """The same for a reader who sees an award from when the ministry is told of it (Instruks 5.4)."""
        ...


Seen = TypeVar("Seen", bound=Told)


def seen_by(reader: Reader, source: Seen) -> Seen:
    """What this reader may see of it. Every page asks through this."""
    return source.told() if reader.sight is Sight.told else source


class OnePost(Protocol):
    """One post part by part, as of the times it was asked for at."""

    async def lines(self) -> Sequence[Row]:
        """The post's tree without the commitments of cases, each line after the one it is a part of; `promises`: cases
        are promised money right on it."""
        ...

    async def commitments(
        self, lines: Sequence[str], *, limit: int, skip: int = 0, after: tuple[str, str] = ("", "")
    ) -> Sequence[Row]:
        """So many of what is promised on these lines, line by line, after one (line, commitment) or so many of them;
        each with its case number, and its recipient's name and organisation number."""
        ...

    async def count_commitments(self, lines: Sequence[str], *, most: int) -> int:
        """How many there are; no more than `most` are counted."""
        ...

    async def ledger(self, *, limit: int, skip: int = 0, before: tuple[int, int] = LATEST) -> Sequence[Row]:
        """So many entries, newest first, before one (position, line) or after so many of them."""
        ...

    async def count_entries(self, *, most: int) -> int:
        """How many entries there are; no more than `most` are counted."""
        ...

    async def course(self) -> Sequence[Row]:
        """What stood at the end of each day of the year on which anything moved (`on`)."""
        ...

    async def moves(self) -> Sequence[Row]:
        """What letters put at disposal, move by move; differences and stated totals too."""
        ...

    async def demands(self) -> Sequence[Row]:
        """What letters want paid of the post's money, and by when (`pay_by`)."""
        ...

    async def touching(self) -> Sequence[Row]:
        """The letters that say or move anything of the post or of what lies below it: `number` and `effective_on`."""
        ...


class Source(Told, Protocol):
    """What the pages ask for. `valid_at` includes the whole day (Europe/Oslo); `known_at` is a UTC instant, and `None`
    means all that is known now. The page never works out a balance: what it shows is what was answered here.
    """

    async def untold(self, year: int, *, valid_at: date, known_at: datetime | None) -> int:
        """How many awards of the year this reader does not see, or not all of, on the day as known then, because the
        ministry is not told."""
        ...

    async def hidden_in(self, year: int) -> Mapping[str, Row]:
        """By its stream, each case of the year that this reader does not see all of: from which position (`since`), and
        whether all of it (`whole`)."""
        ...

    async def untold_cases(self) -> frozenset[UUID]:
        """Every case, of any year, that this reader does not see all of."""
        ...

    async def unpromised(self, case_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Those of the cases in which nothing is promised, and of which this reader is told nothing."""
        ...

    async def years(self) -> Sequence[int]:
        """The budget years that have a letter of allocation, in any order."""
        ...

    async def posts(self, year: int, *, valid_at: date, known_at: datetime | None) -> Sequence[Row]:
        """Every post of the year, as `GET /v1/posts`."""
        ...

    async def post(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> Row | None:
        """One post, or `None` when no letter had named it by then."""
        ...

    async def funds(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> Sequence[Row]:
        """The post's tree of funds in any order: the post itself may be among them."""
        ...

    async def fund(self, year: int, fund_id: str, *, valid_at: date, known_at: datetime | None) -> Row | None:
        """One fund below a post, or a case's commitment; `None` where it was not known by then."""
        ...

    async def entries(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> Sequence[Row]:
        """The ledger entries behind the post's figures, oldest first."""
        ...

    async def one_post(
        self, year: int, chapter: int, post: int, *, valid_at: date, known_at: datetime | None
    ) -> OnePost:
        """The post part by part, for a page of it."""
        ...

    async def letters(self, year: int, *, known_at: datetime | None) -> Sequence[Row]:
        """All letters of the year with their `differences`, `earmark_differences` and `contradictions`, also those that
        do not yet count on the chosen day: the page parts them."""
        ...

    async def deviations(self, year: int, *, valid_at: date, known_at: datetime | None) -> Sequence[Row]:
        """What is not as it should be in the year, of its letters and between it and the year before, each with its
        `post_id`, `kind`, `amount_ore` and `status`."""
        ...

    async def letter(self, year: int, number: int, *, known_at: datetime | None) -> Row | None:
        """What a letter says (`lines`), moved (`changes`) and asks for (`tasks`, `due`), and by which key its
        publication is recorded (`publication_key`); `None` when there is none."""
        ...

    async def reconciliation(self, year: int, number: int, *, known_at: datetime | None) -> Row | None:
        """One letter and its whole reconciliation (`items`, exact ones included), or `None` when there is none."""
        ...


class Published(Protocol):
    """When letters were published, as the notifications service has it recorded."""

    async def find(self, year: int, key: str, *, valid_at: date, known_at: datetime | None) -> Row | None:
        """The day (`published_on`), and when it was recorded; `None` where it is not recorded that it is."""
        ...
