"""Schemes and calls as they stand: what other rooms ask of them, and the list of a year's schemes.

A scheme's stream holds a handful of facts, so it is folded each time it is asked for: always current, with nothing to
rebuild. A year's schemes are found the same way, by the names of their streams, which lie side by side in the log's
index: some tens of schemes a year need no projection of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from psycopg import sql
from psycopg_pool import AsyncConnectionPool

from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.eventlog.mapper import recorded
from services.eventlog.recorded import Recorded
from services.eventlog.streams import Loads
from services.grants.scheme.events import CallPublished, SchemeTerms
from services.grants.scheme.notice_policy import rules as notice_policy
from services.grants.scheme.notice_policy.rules import PolicyOfScheme
from services.grants.scheme.rules import Scheme, evolve, scheme_of

# "." follows "-" in the order of the database's bytes, so this is every name that begins with "scheme-", by index.
_ALL = """
    SELECT position, stream, version, topic, data, metadata, recorded_at FROM {}
    WHERE stream > 'scheme-' AND stream < 'scheme.' ORDER BY stream, version
"""


@dataclass(frozen=True, kw_only=True)
class CallNow:
    """A call as it stands. `call` holds the terms it was published with, and the deadline as last moved; `terms` are
    the scheme's own as they stand now, `standing_terms` those its awards stand under: the call's as published, with its
    own fund alone."""

    scheme_id: str
    year: int
    call: CallPublished
    cancelled: bool
    terms: SchemeTerms
    standing_terms: SchemeTerms


@dataclass(frozen=True, kw_only=True)
class SchemeNow:
    """A scheme as it stands, with its calls in the order they were published. `version` is its stream's. `terms.notice`
    is what the terms propose; `policy` says what counts and what waits."""

    scheme_id: str
    year: int
    terms: SchemeTerms
    policy: PolicyOfScheme
    version: int
    calls: tuple[CallNow, ...]

    @property
    def standing_terms(self) -> SchemeTerms:
        """The terms its awards stand under now (`notice_policy.standing`)."""
        return notice_policy.standing(self.terms, self.policy)


@dataclass(frozen=True, slots=True)
class Schemes:
    """The queries on schemes. Reading only: of the log, or (`relation`) of what another may see of it."""

    log: Loads
    pool: AsyncConnectionPool
    relation: str = "grants.event"

    async def find_scheme(self, scheme_id: str) -> SchemeNow | None:
        """The scheme as it stands, or None if none is registered under that id."""
        history = await self.log.load(stream_of(scheme_id))
        return show(history.events, history.version)

    async def find_call(self, call_id: str) -> CallNow | None:
        """The call as it stands, or None if none is published under that id."""
        scheme = await self.find_scheme(scheme_of(call_id))
        calls = scheme.calls if scheme else ()
        return next((each for each in calls if each.call.call_id == call_id), None)

    async def list_schemes(self, year: int) -> list[SchemeNow]:
        """The schemes of a budget year, by id."""
        facts = (fact for stream in await self.list_streams() for fact in stream)
        return [scheme for scheme in _each(facts) if scheme.year == year]

    async def list_streams(self) -> list[list[Recorded]]:
        """The facts of every scheme, stream by stream."""
        query = sql.SQL(_ALL).format(sql.Identifier(*self.relation.split(".")))
        async with self.pool.connection() as connection:
            rows = await (await connection.execute(query, binary=True)).fetchall()
        return [list(of_stream) for _, of_stream in groupby(map(recorded, rows), key=lambda fact: fact.stream)]


def stream_of(scheme_id: str) -> str:
    """The stream of one scheme and its calls."""
    return f"scheme-{scheme_id}"


def fold(events: Sequence[Event]) -> Scheme:
    """The scheme as all that is recorded leaves it."""
    return fold_once(evolve, events, Scheme)


def show(events: Sequence[Event], version: int) -> SchemeNow | None:
    """The scheme as others read it; None before it is registered."""
    scheme = fold(events)
    if scheme.registered is None or scheme.terms is None:
        return None
    scheme_id, year, terms = scheme.registered.scheme_id, scheme.registered.year, scheme.terms
    policy = notice_policy.fold(events)
    calls = tuple(
        CallNow(
            scheme_id=scheme_id,
            year=year,
            call=call,
            cancelled=call.call_id in scheme.cancelled,
            terms=terms,
            standing_terms=replace(notice_policy.standing(call.terms, policy), fund_ids=(call.fund_id,)),
        )
        for call in scheme.calls.values()
    )
    return SchemeNow(scheme_id=scheme_id, year=year, terms=terms, policy=policy, version=version, calls=calls)


def _each(facts: Iterable[Recorded]) -> Iterable[SchemeNow]:
    for _, of_stream in groupby(facts, key=lambda fact: fact.stream):
        history = list(of_stream)
        scheme = show([fact.event for fact in history], history[-1].version)
        if scheme is not None:
            yield scheme
