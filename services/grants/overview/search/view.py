"""What somebody looks for by a few words or a number: posts and what is earmarked below them, letters, schemes,
recipients and cases. Looked up by index, and never more of each kind than a page shows.

Read by the rules of `Overview`: the ministry finds a recipient or a case from when it is told of an award to it, and
finds nobody by an application.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.rows import dict_row

from services.grants.allocation.view import stream_of
from services.grants.balance.view import Row
from services.grants.case_number.view import NUMBER_OF, find_case_number, find_number_within
from services.grants.case_view.listing import LIVE
from services.grants.overview.schemes.view import schemes_of
from services.grants.overview.view import Overview
from services.text.folding import folded
from services.text.looked_for import query_of, words_of

MOST = 20
"""How many of each kind are shown."""
LOOKED_AT = 400
"""How many cases with the words in their recipient's name are looked at: past that, more words are needed."""

_POST = re.compile(r"(?:kap(?:ittel|\.)? *)?([0-9]{1,4}) *(?:[/.,-]|post|,? *post\.?) *([0-9]{1,2})", re.IGNORECASE)
_RUN_TOGETHER = re.compile(r"([0-9]{3})([0-9]{2})", re.ASCII)
_YEAR = re.compile(r"(?:19|2[01])[0-9]{2}")

_WORDS = "grants.words({}) @@ CAST(%(query)s AS tsquery)"
# Those of given cases that may be seen: all of them; or those with a promise that the ministry is told of.
_SEEN = """
    CASE WHEN NOT %(told)s THEN true ELSE
        EXISTS (SELECT FROM grants.fund f WHERE f.id = 'case-' || c.case_id)
        AND NOT EXISTS (SELECT FROM grants.untold_of(ARRAY['case-' || c.case_id]) AS u WHERE u.whole) END
"""
_CASE = f"""
    SELECT c.case_id, c.opened_position, c.fund_id, c.year, c.chapter, c.post, c.recipient, c.organisation_number,
           c.scheme_id, c.state, {NUMBER_OF.format("c")},
           EXISTS (SELECT FROM grants.fund f WHERE f.id = 'case-' || c.case_id) AS promised
    FROM grants_view.case_row c WHERE c.edition = {LIVE}
"""
_NAMED = f"""
    WITH hit AS MATERIALIZED ({_CASE} AND {_WORDS.format("c.recipient")} LIMIT %(looked_at)s)
    SELECT c.* FROM hit c WHERE {_SEEN} ORDER BY c.opened_position DESC
"""
_OF_ORGANISATION = f"""
    WITH hit AS MATERIALIZED ({_CASE} AND c.organisation_number = %(number)s
                              ORDER BY c.opened_position DESC LIMIT %(looked_at)s)
    SELECT c.* FROM hit c WHERE {_SEEN} ORDER BY c.opened_position DESC
"""
_NUMBERED = f"""
    WITH hit AS MATERIALIZED ({_CASE} AND c.case_id = (
        SELECT n.case_id FROM grants.case_number n WHERE n.year = %(year)s AND n.number = %(number)s))
    SELECT c.* FROM hit c WHERE {_SEEN}
"""
_OF_SCHEMES = f"""
    WITH hit AS MATERIALIZED ({_CASE} AND c.scheme_id = ANY (%(schemes)s)
                              ORDER BY c.opened_position DESC LIMIT %(looked_at)s)
    SELECT c.* FROM hit c WHERE {_SEEN} ORDER BY c.opened_position DESC
"""
_FUNDS = f"""
    SELECT f.id AS fund_id, f.kind, f.year, f.chapter, f.post, f.name FROM grants.fund f
    WHERE f.kind <> 'commitment' AND {_WORDS.format("f.name")}
    ORDER BY f.year DESC, f.id COLLATE "C" LIMIT %(limit)s
"""
_POSTS = """
    SELECT f.id AS fund_id, f.kind, f.year, f.chapter, f.post, f.name FROM grants.fund f
    WHERE f.kind = 'post' AND f.chapter = %(chapter)s AND f.post = %(post)s ORDER BY f.year DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found, the newest first: at most `MOST` of each kind. `more` names the kinds of which there is more.
    `exact` is the one thing that was named by its number, if any: a row of `cases`, `funds` or `recipients`."""

    funds: Sequence[Row] = ()
    letters: Sequence[Row] = ()
    schemes: Sequence[Row] = ()
    recipients: Sequence[Row] = ()
    cases: Sequence[Row] = ()
    more: frozenset[str] = frozenset()
    exact: tuple[str, Row] | None = None


@dataclass(slots=True)
class Kept:
    """Letters by budget year, and schemes, with the words they are found by, and how far the log had come when they
    were read. Kept from search to search, for they are read slowly and seldom change; everybody sees all of them."""

    letters: dict[int, tuple[int, list[Row]]] = field(default_factory=dict)
    schemes: tuple[int, list[Row]] = (-1, [])


@dataclass(frozen=True, slots=True)
class Search:
    """The queries. Reading only, and only what the overview's reader sees."""

    overview: Overview
    kept: Kept = field(default_factory=Kept)

    async def find(self, text: str) -> Found:
        """Whatever the text may mean: a case's number, an organisation's, a post's, or words of a name."""
        cases, exact = await self._cases(text)
        funds = await self._funds(text)
        words = words_of(text)
        letters, schemes = await self._named_letters(words), await self._named_schemes(words)
        recipients = _recipients(cases)
        if schemes:
            of_them = await self._rows(_OF_SCHEMES, {"schemes": [each["scheme_id"] for each in schemes]})
            cases = list({case["case_id"]: case for case in (*cases, *of_them)}.values())
        if exact is None and _post(text) and funds:
            exact = ("funds", funds[0])
        kinds = {"funds": funds, "letters": letters, "schemes": schemes, "recipients": recipients, "cases": cases}
        more = frozenset(kind for kind, rows in kinds.items() if len(rows) > MOST)
        return Found(more=more, exact=exact, **{kind: rows[:MOST] for kind, rows in kinds.items()})

    async def _cases(self, text: str) -> tuple[list[Row], tuple[str, Row] | None]:
        number, organisation = find_case_number(text), organisation_number(text)
        if number is not None:
            found = await self._rows(_NUMBERED, {"year": number.year, "number": number.number})
            return found, ("cases", found[0]) if found else None
        if organisation is not None:
            found = await self._rows(_OF_ORGANISATION, {"number": organisation})
            return found, ("recipients", found[0]) if found else None
        query = query_of(words_of(text))
        named = await self._rows(_NAMED, {"query": query}) if query else []
        return named or await self._numbered_within(text), None

    async def _numbered_within(self, text: str) -> list[Row]:
        """The case whose number stands among other words: the number says which it is, whatever is said beside it."""
        number = find_number_within(text[:LOOKED_AT])
        return [] if number is None else await self._rows(_NUMBERED, {"year": number.year, "number": number.number})

    async def _funds(self, text: str) -> list[Row]:
        found, query = list[Row](), query_of(words_of(text))
        if (place := _post(text)) is not None:
            found = await self._rows(_POSTS, {"chapter": place[0], "post": place[1]})
        elif query:
            found = await self._rows(_FUNDS, {"query": query})
        return found

    async def _named_letters(self, words: Sequence[str]) -> list[Row]:
        """Letters with all of the words in their year, name, title or reference; those called by them first."""
        if not words:
            return []
        letters = [each for year in await self.overview.years() for each in await self._of_year(year)]
        found = [each for each in letters if _has(each, words)]
        return sorted(found, key=lambda each: (not set(words) <= set(each["called"]), -each["year"], each["number"]))

    async def _of_year(self, year: int) -> list[Row]:
        """The year's letters, read anew only where its stream has grown."""
        query = "SELECT coalesce(max(f.version), 0) AS version FROM grants.letter_fact f WHERE f.stream = %(stream)s"
        version = (await self._rows(query, {"stream": stream_of(year)}))[0]["version"]
        if self.kept.letters.get(year, (-1, []))[0] != version:
            listed = await self.overview.kept.listed(year)
            self.kept.letters[year] = (version, [_letter(each) for each in listed])
        return self.kept.letters[year][1]

    async def _named_schemes(self, words: Sequence[str]) -> list[Row]:
        """Schemes with all of the words in their name or id, read anew only where something is recorded of them."""
        if query_of(words) is None:
            return []
        query = "SELECT coalesce(max(f.position), 0) AS position FROM grants.scheme_fact f"
        position = (await self._rows(query, {}))[0]["position"]
        if self.kept.schemes[0] != position:
            names = await schemes_of(self.overview.balances.pool).names()
            told: list[Row] = [
                {"scheme_id": scheme, "name": name, "words": words_of(f"{name} {scheme}")}
                for scheme, name in names.items()
            ]
            self.kept.schemes = (position, told)
        return sorted((each for each in self.kept.schemes[1] if _has(each, words)), key=lambda each: each["name"])

    async def _rows(self, query: str, asked: Mapping[str, Any]) -> list[Row]:
        given = {"told": self.overview.only_told, "looked_at": LOOKED_AT, "limit": MOST + 1, **asked}
        async with self.overview.balances.pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            return list(await (await cursor.execute(query, given)).fetchall())


def organisation_number(text: str) -> str | None:
    """Nine digits, with blanks and full stops wherever they fell and the letters that invoices put around them."""
    digits = folded(text).removeprefix("no").removesuffix("mva").replace(".", "")
    return digits if re.fullmatch("[0-9]{9}", digits) else None


def _post(text: str) -> tuple[int, int] | None:
    """Chapter and post, with a stroke between or, as accounts write them, run together: `29260`."""
    plain = " ".join(text.split())
    written = _POST.fullmatch(plain) or _RUN_TOGETHER.fullmatch(plain)
    return (int(written[1]), int(written[2])) if written else None


def _has(row: Row, words: Sequence[str]) -> bool:
    """Whether each of the words begins one of the row's."""
    return all(any(own.startswith(word) for own in row["words"]) for word in words)


def _letter(row: Row) -> Row:
    name = "tildelingsbrev" if row["number"] == 0 else f"tillegg nr {row['number']} tillegg{row['number']}"
    called = words_of(f"{name} {row['year']}")
    told = {"called": called, "words": called + words_of(row["reference"] or "") + words_of(row["title"])}
    return {key: row[key] for key in ("year", "number", "title", "reference", "effective_on")} | told


def _recipients(cases: Sequence[Row]) -> list[Row]:
    """Those the cases are of, each once; those without a number by their name. Those with a promise first."""
    found: dict[tuple[str, str], Row] = {}
    for case in sorted(cases, key=lambda each: not each["promised"]):
        number = case["organisation_number"]
        found.setdefault(("number", number) if number else ("name", folded(case["recipient"])), case)
    return list(found.values())
