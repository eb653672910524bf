"""Where two logs part, what we heard beyond that, and who may say that we go on from there: plain decisions."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from services.duties.apart import keep_apart
from services.inbox.events import Beyond, FeedResumed, ResumptionProposed
from services.inbox.resuming.refusals import NothingParted, ResumptionNotProposed
from services.inbox.rules import Place
from services.reason import need_reason

Stands = Callable[[Place], bool]
"""Whether the other log holds that hash at that position. Where it holds one, it holds all before it."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A place in the feed, and the position in our own log at which we kept it."""

    own: int
    place: Place


Resting = tuple[Place | None, Beyond]
"""A fact of ours, and the place in the other log that it rests on; None where it cannot be said."""
Since = Callable[[int], Sequence[Resting]]
"""Our facts recorded after a position of ours that rest on the other log."""


@dataclass(frozen=True, kw_only=True)
class Parting:
    """Where we stood (`left`), the last place we kept that both logs have (`common`), the last position (0: none) of
    which anything we know of both logs have, and our facts that rest on what comes after that, in our order."""

    left: Place
    common: Place
    both_to: int
    beyond: tuple[Beyond, ...]


def find_common(places: Sequence[Place], stands: Stands) -> Place:
    """The last of these places, in order of position, that stands in the other log; the beginning where none does. A
    place without a hash cannot be asked for, and is passed by. Asks as often as the number is long in binary."""
    asked = [each for each in places if each.hash is not None]
    low, high = 0, len(asked)  # all below low stand, all from high on do not
    while low < high:
        middle = (low + high) // 2
        if stands(asked[middle]):
            low = middle + 1
        else:
            high = middle
    return asked[low - 1] if low else Place()


def find_parting(kept: Sequence[Kept], since: Since, stands: Stands) -> Parting:
    """Where we part. `kept` are the places we kept, oldest first, since the feed was last gone back in; `since` gives
    our facts after one of them. Refuses NothingParted."""
    left = kept[-1].place if kept else Place()
    if left.position == 0 or left.hash is None or stands(left):
        raise NothingParted(f"The other log holds all that we have read, up to {left.position}.")
    common = find_common([each.place for each in kept], stands)
    own = next((each.own for each in reversed(kept) if each.place == common), 0)
    resting = since(own)
    told = {place for place, _ in resting if place is not None and place.position > common.position}
    both_to = max(find_common(sorted(told, key=_position), stands).position, common.position)
    beyond = sorted(
        (fact for at, fact in resting if at is None or at.position > both_to), key=lambda fact: fact.position
    )
    return Parting(left=left, common=common, both_to=both_to, beyond=tuple(beyond))


def _position(place: Place) -> int:
    return place.position


def propose(parting: Parting, *, reason: str, by: str) -> ResumptionProposed:
    """Propose to go on from the last place in common. Refuses without a reason in words."""
    need_reason(reason, "Say what happened to the other log, in words that can be read later.")
    return ResumptionProposed(
        position=parting.common.position,
        hash=parting.common.hash,
        left_position=parting.left.position,
        left_hash=parting.left.hash,
        reason=reason,
        proposed_by=by,
    )


def confirm(
    parting: Parting, proposal: ResumptionProposed | None, *, by: str, sign: Callable[[bytes], bytes]
) -> FeedResumed:
    """Confirm it, as somebody else. Refuses whoever proposed it, and a proposal made of other places."""
    if proposal is None:
        raise ResumptionNotProposed("Nobody has proposed to go on with the feed. Propose it first.")
    keep_apart(by, "confirm to go on with a feed", {"propose to go on with a feed": {proposal.proposed_by}})
    seen = Place(position=proposal.position, hash=proposal.hash)
    left = Place(position=proposal.left_position, hash=proposal.left_hash)
    if (seen, left) != (parting.common, parting.left):
        raise ResumptionNotProposed("Our place, or the other log, has changed since it was proposed. Propose it anew.")
    fact = FeedResumed(
        position=seen.position,
        hash=seen.hash,
        left_position=left.position,
        left_hash=left.hash,
        beyond=parting.beyond,
        reason=proposal.reason,
        agreed_with=proposal.proposed_by,
        confirmed_by=by,
        signature="",
    )
    return replace(fact, signature=sign(signed(fact)).hex())


def signed(fact: FeedResumed) -> bytes:
    """The bytes that are signed: all that is said but the signature."""
    said = {name: value for name, value in asdict(fact).items() if name != "signature"}
    return b"tilsagn feed resumed\n" + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
