"""A release is judged by the rules in force where its facts stand: the offline verifier reads where they changed just
as the system does, from each version of the fact that says it."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from dev.verifying.releases import Stored, for_the_judge, judge
from services.eventlog.epoch.events import STREAM, LogRulesChanged, LogRulesReplaced
from services.eventlog.epoch.rules import FIFTH, FIRST, FOURTH, SECOND, rules_hold_from
from services.eventlog.events import Event
from services.eventlog.mapper import encode
from tests.contracts.verify_certificate import BOUND, ITEM, LETTER, MANIFEST, SENT, Story, begun, let_out, verify

Said = tuple[str, dict[str, Any]]
UPGRADED: Said = ("log.rules-changed.v1", {"rules": 2})
FROM_FIRST: Said = ("log.rules-changed.v2", {"rules": 3, "before": 1})
FROM_SECOND: Said = ("log.rules-changed.v2", {"rules": 3, "before": 2})
TO_SECOND: Said = ("log.rules-changed.v2", {"rules": 2, "before": 1})
TO_FIFTH: Said = ("log.rules-changed.v2", {"rules": 5, "before": 4})
# What the log says before the directorate acknowledges its own notice, and after; and whether that was no rule then.
CHANGED: dict[str, tuple[Sequence[Said], Sequence[Said], bool]] = {
    "it says nothing": ((), (), False),
    "it came from the first rules to the second since": ((), (UPGRADED,), True),
    "it came from the first rules to the third since": ((), (FROM_FIRST,), True),
    "it began under the second and came to the third since": ((), (FROM_SECOND,), False),
    "it came to the second and then to the third since": ((), (TO_SECOND, FROM_SECOND), True),
    "likewise, told by both versions": ((), (UPGRADED, FROM_SECOND), True),
    "it had come to the second, and came to the third since": ((UPGRADED,), (FROM_SECOND,), False),
    "it had come to the third from the first": ((FROM_FIRST,), (), False),
    "it had come to the third from the second": ((FROM_SECOND,), (), False),
    "it says so twice": ((FROM_FIRST,), (FROM_FIRST,), False),
}


@pytest.mark.parametrize("way", CHANGED)
def test_a_release_is_judged_by_the_rules_of_where_it_stands(tmp_path: Path, way: str) -> None:
    before, since, lawful = CHANGED[way]
    story = Story().hold().prepare()
    for topic, said in before:
        story.add(STREAM, topic, **said)
    story.order().send(at=SENT).receive(told_by="kari")
    for topic, said in (*since, *((TO_FIFTH,) if since else ())):
        story.add(STREAM, topic, **said)
    code, told = verify(tmp_path, story.release().certificate())
    assert code == (0 if lawful else 1), told
    assert lawful or "one person recorded the receipt and confirmed it, or took it for a notice of their own" in told


SIDES = "departementet spoke for the ministry of it, and acted for the directorate"
# What the log says before a letter is ordered out by whoever acknowledged its notice, and after; and whether that was
# no rule then.
SPOKEN: dict[str, tuple[Sequence[Said], Sequence[Said], bool]] = {
    "it says nothing": ((), (), False),
    "it came to the fifth since": ((), (TO_FIFTH,), True),
    "it had come to the fifth": ((TO_FIFTH,), (), False),
}


@pytest.mark.parametrize("way", SPOKEN)
def test_the_two_sides_are_kept_apart_from_where_that_is_a_rule(tmp_path: Path, way: str) -> None:
    before, since, lawful = SPOKEN[way]
    story = Story().hold().told()
    for topic, said in before:
        story.add(STREAM, topic, **said)
    story.add(ITEM, "letter.release-ordered.v1", manifest_sha256=BOUND, ordered_by="departementet")
    for topic, said in since:
        story.add(STREAM, topic, **said)
    code, told = verify(tmp_path, story.release().certificate())
    assert (code, SIDES in told) == ((0, False) if lawful else (1, True)), told


FROM_THIRD: Said = ("log.rules-changed.v2", {"rules": 4, "before": 3})
# What the log says before a letter begins to leave over an objection made since it was released, and after; and whether
# nobody asked then.
BEGUN: dict[str, tuple[Sequence[Said], Sequence[Said], bool]] = {
    "it says nothing": ((), (), False),
    "it came to the fourth since": ((), (FROM_THIRD,), True),
    "it had come to the fourth": ((FROM_THIRD,), (), False),
    "it had come to the third, and came to the fourth since": ((FROM_SECOND,), (FROM_THIRD,), True),
}


@pytest.mark.parametrize("way", BEGUN)
def test_a_try_is_held_against_the_gate_from_where_that_is_a_rule(tmp_path: Path, way: str) -> None:
    before, since, lawful = BEGUN[way]
    story = let_out()
    for topic, said in before:
        story.add(STREAM, topic, **said)
    begun(story.object())
    for topic, said in since:
        story.add(STREAM, topic, **said)
    code, told = verify(tmp_path, story.certificate())
    assert code == (0 if lawful else 1), told
    assert lawful or "as it began to leave, the ministry's objection 1 of notice-1 was open" in told


HELD_AS_TOLD: dict[str, Any] = {
    "manifest": MANIFEST,
    "manifest_sha256": BOUND,
    "letter_sha256": LETTER,
    "size_bytes": 1,
}
WITHOUT_BYTES = "it was held without its manifest's bytes"
# What the log says before a letter is held without its manifest's bytes, and after; and whether that was so done then.
HELD: dict[str, tuple[Sequence[Said], Sequence[Said], bool]] = {
    "it says nothing": ((), (), False),
    "it came from the first rules to the second since": ((), (UPGRADED,), True),
    "it came from the first rules to the third since": ((), (FROM_FIRST,), True),
    "it began under the second and came to the third since": ((), (FROM_SECOND,), False),
    "it had come to the second": ((UPGRADED,), (), False),
}


@pytest.mark.parametrize("way", HELD)
def test_a_letter_held_without_its_manifests_bytes_is_told_as_such_or_not_lawful(tmp_path: Path, way: str) -> None:
    before, since, lawful = HELD[way]
    story = Story()
    for topic, said in before:
        story.add(STREAM, topic, **said)
    story.add(ITEM, "letter.held.v1", **HELD_AS_TOLD, approved_on="2027-05-02", round_id=None, exemption=None)
    for topic, said in since:
        story.add(STREAM, topic, **said)
    code, told = verify(tmp_path, story.told().release().certificate())
    assert code == (0 if lawful else 1), told
    assert (judge.BEFORE_BYTES in told, WITHOUT_BYTES in told) == (lawful, not lawful)


def told(*events: Event) -> list[Any]:
    """As an export would tell them."""
    return [
        for_the_judge(Stored(position, STREAM, position, event, SENT, "", "", "", data=encode(event)))
        for position, event in enumerate(events, 1)
    ]


def test_the_verifier_reads_where_rules_changed_as_the_system_does() -> None:
    """Over every log of up to three such facts."""
    one: list[Event] = [LogRulesChanged(rules=rules) for rules in (1, 2, 3)]
    one += [LogRulesReplaced(rules=rules, before=before) for rules in (1, 2, 3, 4) for before in (FIRST, SECOND, 3)]
    found = set()
    for many in range(4):
        for events in product(one, repeat=many):
            for rules in (SECOND, FOURTH, FIFTH):
                ours = rules_hold_from(enumerate(events, 1), rules)
                assert judge.rules_hold_from(told(*events), rules) == ours, events
                found.add((rules, ours))
    assert found == set({*product((SECOND, FOURTH), (0, 1, 2, 3)), (FIFTH, 0)})
