"""A scheme is registered and revised; a call of it is published, its deadline moved later, or it is cancelled.

A scheme may be registered before it is finished. It must be whole before anybody is invited to apply: what the economy
regulations ask of every scheme (Bestemmelser om økonomistyring i staten 6.2.1.1) is checked when a call is published,
and whoever wrote any part of the terms is not the one who publishes them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.duties import keep_apart
from services.duties.authorship import authors
from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.grants.scheme.events import (
    CallCancelled,
    CallDeadlineMoved,
    CallPublished,
    SchemeRegistered,
    SchemeRevised,
    SchemeTerms,
)
from services.grants.scheme.refusals import (
    CallDatesWrong,
    CallIdWrong,
    CallIsCancelled,
    CallTaken,
    CallUnknown,
    DeadlineNotLater,
    FundNotOfScheme,
    SchemeReasonMissing,
    SchemeTaken,
    SchemeTakesNoApplications,
    SchemeUnknown,
)
from services.grants.scheme.terms import check_open, check_whole
from services.text.folding import is_blank

CALL_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """The state of one stream `scheme-<scheme_id>`. `calls` have their deadlines as last moved; `written` is how the
    terms came to be as they stand."""

    registered: SchemeRegistered | None = None
    terms: SchemeTerms | None = None
    written: tuple[SchemeRegistered | SchemeRevised, ...] = ()
    calls: Mapping[str, CallPublished] = field(default_factory=dict)
    cancelled: Mapping[str, CallCancelled] = field(default_factory=dict)


def evolve(scheme: Scheme, event: Event) -> Scheme:
    """The scheme after this fact."""
    match event:
        case SchemeRegistered():
            return replace(scheme, registered=event, terms=event.terms, written=(event,))
        case SchemeRevised():
            return replace(scheme, terms=event.terms, written=(*scheme.written, event))
        case CallPublished():
            return replace(scheme, calls={**scheme.calls, event.call_id: event})
        case CallDeadlineMoved() if event.call_id in scheme.calls:
            moved = replace(scheme.calls[event.call_id], closes_on=event.closes_on)
            return replace(scheme, calls={**scheme.calls, event.call_id: moved})
        case CallCancelled():
            return replace(scheme, cancelled={**scheme.cancelled, event.call_id: event})
        case _:
            return scheme


def register(
    scheme: Scheme, *, scheme_id: str, year: int, terms: SchemeTerms, registered_on: date, registered_by: str
) -> list[Event]:
    """Register a scheme of a budget year. The same scheme again returns no event.

    Refuses `SchemeTaken` and what `check_whole` refuses: shares and weights that do not add up, conditions nobody could
    meet; texts may be missing.
    """
    if scheme.registered is not None:
        if (scheme.registered.year, scheme.terms) == (year, terms):
            return []
        raise SchemeTaken(f"{scheme_id} is registered with other terms. Revise it instead.", scheme_id=scheme_id)
    check_whole(terms, year)
    return [
        SchemeRegistered(
            scheme_id=scheme_id, year=year, terms=terms, registered_on=registered_on, registered_by=registered_by
        )
    ]


def revise(scheme: Scheme, *, terms: SchemeTerms, reason: str, revised_on: date, revised_by: str) -> list[Event]:
    """Give the scheme other terms from a day on; calls already published keep theirs. The same terms return no event.

    Refuses `SchemeUnknown`, `SchemeReasonMissing` and what `check_whole` refuses.
    """
    registered, present = _known(scheme)
    if terms == present:
        return []
    _require_reason(reason)
    check_whole(terms, registered.year)
    return [SchemeRevised(terms=terms, reason=reason, revised_on=revised_on, revised_by=revised_by)]


def publish_call(
    scheme: Scheme,
    *,
    call_id: str,
    title: str,
    fund_id: str,
    opens_on: date,
    closes_on: date,
    total_ore: int | None,
    published_on: date,
    published_by: str,
) -> list[Event]:
    """Invite applications, on the terms as they stand. Whoever wrote any part of them cannot publish them (rule 3).

    The same call again returns no event. `total_ore` is what the call announces, whole øre, or None. Refuses
    `SchemeUnknown`, `SchemeTakesNoApplications`, `SchemeIncomplete` (naming everything missing), `ConditionNeverMet`,
    `CallIdWrong`, `FundNotOfScheme`, `CallDatesWrong`, `CallTaken`, `SamePersonTwice`.
    """
    registered, terms = _known(scheme)
    call = CallPublished(
        call_id=call_id,
        title=title,
        fund_id=fund_id,
        terms=terms,
        opens_on=opens_on,
        closes_on=closes_on,
        total_ore=total_ore,
        published_on=published_on,
        published_by=published_by,
    )
    earlier = scheme.calls.get(call_id)
    if earlier is not None:
        if replace(earlier, terms=terms, published_by=published_by) == call:
            return []
        raise CallTaken(f"{call_id} is published with another content. Give this one its own id.", call_id=call_id)
    if terms.basis != "application":
        raise SchemeTakesNoApplications(
            f"The grants of {registered.scheme_id} are {terms.basis}: nobody applies.", basis=terms.basis
        )
    check_open(terms, call_id)
    _check_call(registered.scheme_id, call)
    wrote = authors(scheme.written)
    keep_apart(published_by, "publish call", {"register scheme": wrote, "revise scheme": wrote})
    return [call]


def move_deadline(scheme: Scheme, *, call_id: str, closes_on: date, reason: str, moved_by: str) -> list[Event]:
    """Give applicants longer: the last day becomes a later one, never an earlier. The same day again returns no event.

    Refuses `SchemeUnknown`, `CallUnknown`, `CallIsCancelled`, `DeadlineNotLater`, `SchemeReasonMissing`.
    """
    call = _call(scheme, call_id)
    if call_id in scheme.cancelled:
        raise CallIsCancelled(f"{call_id} is cancelled. Publish a new call instead.", call_id=call_id)
    if closes_on == call.closes_on:
        return []
    if closes_on < call.closes_on:
        raise DeadlineNotLater(
            f"Applicants rely on {call.closes_on} as the last day; it is only ever moved to a later one.",
            closes_on=str(call.closes_on),
        )
    _require_reason(reason)
    return [CallDeadlineMoved(call_id=call_id, closes_on=closes_on, reason=reason, moved_by=moved_by)]


def cancel_call(scheme: Scheme, *, call_id: str, reason: str, cancelled_on: date, cancelled_by: str) -> list[Event]:
    """Take the call back, with a reason: from then on nobody can apply. A cancelled call again returns no event.

    Refuses `SchemeUnknown`, `CallUnknown`, `SchemeReasonMissing`.
    """
    _call(scheme, call_id)
    if call_id in scheme.cancelled:
        return []
    _require_reason(reason)
    return [CallCancelled(call_id=call_id, reason=reason, cancelled_on=cancelled_on, cancelled_by=cancelled_by)]


def scheme_of(call_id: str) -> str:
    """The scheme a call belongs to, which its id begins with."""
    return call_id.partition(".")[0]


def _check_call(scheme_id: str, call: CallPublished) -> None:
    """Refuses `CallIdWrong`, `FundNotOfScheme`, `CallDatesWrong`."""
    of_scheme, _, slug = call.call_id.partition(".")
    if of_scheme != scheme_id or not CALL_SLUG.fullmatch(slug):
        raise CallIdWrong(f"Name the call {scheme_id}. and a word in small letters, such as {scheme_id}.first-round.")
    if call.fund_id not in call.terms.fund_ids:
        raise FundNotOfScheme(
            f"A call of {scheme_id} gives from {' or '.join(call.terms.fund_ids)}.", funds=call.terms.fund_ids
        )
    if not call.published_on <= call.opens_on <= call.closes_on:
        raise CallDatesWrong("A call is published no later than it opens, and opens no later than it closes.")


def _known(scheme: Scheme) -> tuple[SchemeRegistered, SchemeTerms]:
    if scheme.registered is None or scheme.terms is None:
        raise SchemeUnknown("No scheme is registered under this id.")
    return scheme.registered, scheme.terms


def _call(scheme: Scheme, call_id: str) -> CallPublished:
    _known(scheme)
    if call_id not in scheme.calls:
        raise CallUnknown(f"No call is published as {call_id}.", call_id=call_id)
    return scheme.calls[call_id]


def _require_reason(reason: str) -> None:
    if is_blank(reason):
        raise SchemeReasonMissing("Say why, so that it can be read afterwards.")
