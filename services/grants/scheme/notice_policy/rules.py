"""A scheme's notice policy is decided by two people, with the digest of its source, and never reaches back.

A waiver of one letter takes two people; so does exempting a whole scheme (Instruks 5.4 and 2). Until a first policy is
confirmed a scheme owes notice. Whoever wrote any part of what is to be confirmed is its author, however it went back
and forth: a text that stands unchanged keeps its author, whoever proposed it last.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.grants.scheme.events import NoticePolicy, SchemeRegistered, SchemeRevised, SchemeTerms
from services.grants.scheme.notice_policy.events import (
    NoticePolicyConfirmed,
    NoticePolicyProposed,
    NoticePolicyRejected,
)
from services.grants.scheme.notice_policy.refusals import NoNoticePolicyWaits, NoticePolicyUnsourced
from services.grants.scheme.refusals import SchemeReasonMissing, SchemeUnknown
from services.text.folding import is_blank

LETTER = "grant-letter"
"""The letter of a scheme that says of none."""
Part = tuple[str, str]
"""One part of a policy, and what it says: ("rule", "exempt")."""


@dataclass(frozen=True, kw_only=True)
class ProposedPolicy:
    """A policy that waits for a second person, and who proposed it last."""

    policy: NoticePolicy
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class PolicyOfScheme:
    """The policy of one scheme: what counts, and what waits. `in_terms` is what the terms propose; `wrote` who has
    written each text, since what counts was confirmed or as part of that."""

    in_terms: NoticePolicy | None = None
    proposed: ProposedPolicy | None = None
    confirmed: NoticePolicyConfirmed | None = None
    wrote: Mapping[Part, frozenset[str]] = field(default_factory=dict)

    @property
    def authors(self) -> frozenset[str]:
        """Everybody who wrote some part of what waits."""
        if self.proposed is None:
            return frozenset()
        written = (self.wrote.get(part, frozenset()) for part in parts_of(self.proposed.policy))
        return frozenset({self.proposed.proposed_by}.union(*written))


def standing(terms: SchemeTerms, policy: PolicyOfScheme) -> SchemeTerms:
    """The terms that awards stand under. That a scheme makes no letters counts once two people have found that it owes
    no notice: whoever writes its terms alone would else have its awards told of, and paid, with no letter that the
    ministry's days could hold."""
    exempt = policy.confirmed is not None and policy.confirmed.policy.rule == "exempt"
    return terms if terms.letter_template is not None or exempt else replace(terms, letter_template=LETTER)


def parts_of(policy: NoticePolicy) -> Iterator[Part]:
    """What somebody writes of a policy, text by text."""
    yield "rule", policy.rule
    yield "document", policy.source.document
    yield "section", policy.source.section
    yield "valid_from", policy.valid_from.isoformat()
    if policy.document_sha256:
        yield "document_sha256", policy.document_sha256


def evolve(state: PolicyOfScheme, event: Event) -> PolicyOfScheme:
    """The policy after this fact. Terms whose policy is as it was propose nothing."""
    match event:
        case SchemeRegistered(terms=terms, registered_by=by):
            return replace(_written(state, terms.notice, by), in_terms=terms.notice)
        case SchemeRevised(terms=terms, revised_by=by) if terms.notice != state.in_terms:
            return replace(_written(state, terms.notice, by), in_terms=terms.notice)
        case NoticePolicyProposed(policy=policy, proposed_by=by):
            return _written(state, policy, by)
        case NoticePolicyRejected():
            return replace(state, proposed=None)
        case NoticePolicyConfirmed(policy=policy):
            kept = {part: state.wrote[part] for part in parts_of(policy) if part in state.wrote}
            return replace(state, proposed=None, confirmed=event, wrote=kept)
        case _:
            return state


def _written(state: PolicyOfScheme, policy: NoticePolicy, by: str) -> PolicyOfScheme:
    """This policy waits. A text that is brought again keeps those who brought it before."""
    new = {part: state.wrote.get(part, frozenset()) | {by} for part in parts_of(policy)}
    return replace(state, proposed=ProposedPolicy(policy=policy, proposed_by=by), wrote={**state.wrote, **new})


def fold(events: Sequence[Event]) -> PolicyOfScheme:
    """The policy as all that is recorded of the scheme leaves it."""
    return fold_once(evolve, events, PolicyOfScheme)


def propose(state: PolicyOfScheme, *, policy: NoticePolicy, proposed_by: str) -> list[Event]:
    """Propose a policy, with the digest of its source document. It frees nothing until a second person confirms it.

    What waits already by the same person, or counts already while nothing waits, returns no event. Refuses
    `SchemeUnknown`, `NoticePolicyUnsourced`.
    """
    _known(state)
    _sourced(policy)
    waiting = state.proposed
    if waiting == ProposedPolicy(policy=policy, proposed_by=proposed_by):
        return []
    if waiting is None and state.confirmed is not None and state.confirmed.policy == policy:
        return []
    return [NoticePolicyProposed(policy=policy, proposed_by=proposed_by)]


def confirm(state: PolicyOfScheme, *, confirmed_by: str) -> list[Event]:
    """Find what waits to be what its source says. Confirmed already by the same person, it returns no event.

    Refuses `SchemeUnknown`, `NoNoticePolicyWaits`, `NoticePolicyUnsourced`, and `SamePersonTwice` to whoever wrote any
    part of it.
    """
    _known(state)
    if state.proposed is None:
        if state.confirmed is not None and state.confirmed.confirmed_by == confirmed_by:
            return []
        raise NoNoticePolicyWaits("No notice policy waits for a second person. Propose one first.")
    policy = state.proposed.policy
    _sourced(policy)
    authors = sorted(state.authors)
    wrote = {"propose notice policy": authors, "register scheme": authors, "revise scheme": authors}
    keep_apart(confirmed_by, "confirm notice policy", wrote)
    return [NoticePolicyConfirmed(policy=policy, written_by=tuple(authors), confirmed_by=confirmed_by)]


def reject(state: PolicyOfScheme, *, reason: str, rejected_by: str) -> list[Event]:
    """Turn down what waits, and say why. Refuses `SchemeUnknown`, `NoNoticePolicyWaits`, `SchemeReasonMissing`."""
    _known(state)
    if state.proposed is None:
        raise NoNoticePolicyWaits("No notice policy waits for a second person.")
    if is_blank(reason):
        raise SchemeReasonMissing("Say why, so that it can be read afterwards.")
    return [NoticePolicyRejected(reason=reason, rejected_by=rejected_by)]


def _known(state: PolicyOfScheme) -> None:
    if state.in_terms is None:
        raise SchemeUnknown("No scheme is registered under this id.")


def _sourced(policy: NoticePolicy) -> None:
    if not policy.document_sha256:
        raise NoticePolicyUnsourced(
            "The policy lacks the SHA-256 of its source document. Propose it again with that digest."
        )
