"""What a notice, and what is held, should stand in the gate's tables as: worked out from their facts by the service's
own rules of folding."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dev.verifying.policies import stands_in_row
from dev.verifying.releases import judge
from services.eventlog.recorded import Recorded
from services.notifications.facts import notice_state as telling
from services.notifications.facts.channel import LetterFollowed, LetterSendingPermitted
from services.notifications.facts.held_state import Held
from services.notifications.facts.notice_state import Notice
from services.notifications.facts.release import HeldLetter, LetterHeldAsTold, LetterReleased, LetterReleaseEnded
from services.notifications.gate.decision import EVER, ListedNotice, stand

Row = tuple[Any, ...]


def item_row(item: str, held: Held, told: Sequence[ListedNotice]) -> Row:
    """The row an item should have; `told` are the notices that list it. What was released keeps what it opened at."""
    standing = stand(item, held, told)
    scheme_id, letter_sha256 = _bound(held.letter) if held.letter else (None, None)
    exempt = stands_in_row(held)
    open_ = standing.refusal is None
    return (
        item,
        held.held_position,
        held.manifest_sha256,
        letter_sha256,
        exempt.source if exempt else None,
        held.ended is not None,
        held.ordered is not None,
        held.released is not None,
        standing.opens_at if open_ and standing.opens_at != EVER else None,
        (standing.opens_at == EVER) if open_ else None,
        standing.stale_at,
        scheme_id,
        str(held.letter.round_id) if held.letter and held.letter.round_id else None,
    )


def _bound(letter: HeldLetter) -> tuple[str | None, str]:
    """The scheme a letter is of, and its own file, by what its manifest's bytes say. Raises ValueError for bytes that
    are not in a manifest's one spelling."""
    if isinstance(letter, LetterHeldAsTold):
        return letter.manifest.scheme_id, letter.letter_sha256
    manifest, _, in_its_spelling = judge.read_manifest(letter.manifest_json)
    if not in_its_spelling:
        raise ValueError("its manifest is not in its one spelling")
    return manifest["scheme_id"], manifest["files"][0]


def told_of(notices: Mapping[str, Notice], items: Collection[str]) -> Mapping[str, list[ListedNotice]]:
    """For each of these items the notices that list it, each with no line but that."""
    told: dict[str, list[ListedNotice]] = defaultdict(list)
    for stream, notice in notices.items():
        prepared = notice.prepared
        for line in prepared.lines if prepared else ():
            if prepared and line.item in items:
                of_it = replace(notice, prepared=replace(prepared, lines=(line,)))
                told[line.item].append(ListedNotice(notice_id=telling.id_of(stream), notice=of_it))
    return told


def notice_row(stream: str, notice: Notice) -> Row:
    """The row a notice should have."""
    ordered = notice.ordered
    return (
        stream,
        notice.ordered_position if ordered else None,
        ordered.policy.version if ordered else None,
        notice.withdrawn is not None,
        notice.dispatch,
        notice.dispatched_at,
        notice.received.received_at if notice.received else None,
    )


def line_rows(notices: Mapping[str, Notice]) -> Iterator[Row]:
    for stream, notice in notices.items():
        for line in notice.prepared.lines if notice.prepared else ():
            yield stream, line.item, line.manifest_sha256


def objection_rows(notices: Mapping[str, Notice]) -> Iterator[Row]:
    for stream, notice in notices.items():
        for objection in notice.objections:
            for item in objection.items:
                yield stream, objection.number, item, objection.lifted_at


def ending_rows(stream: str, facts: Sequence[Recorded]) -> Iterator[Row]:
    """Each release that was ended before anything left, or followed after that: where, and where it was let out."""
    released = 0
    for fact in facts:
        if isinstance(fact.event, LetterReleased):
            released = fact.position
        elif isinstance(fact.event, LetterReleaseEnded | LetterFollowed):
            yield stream, fact.position, released, isinstance(fact.event, LetterFollowed)


def try_rows(stream: str, facts: Sequence[Recorded]) -> Iterator[Row]:
    """Each try to send, by the permit it was begun on."""
    for fact in facts:
        if isinstance(fact.event, LetterSendingPermitted):
            permit = fact.event.permit
            begun = (permit.position, permit.hash, fact.event.attempt, permit.granted_at, permit.until)
            yield stream, fact.position, *begun
