"""A scheme's notice policy takes two people and a document, and whoever wrote any part of it does not confirm it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.scheme.events import NoticePolicy, SchemeRevised, Source
from services.grants.scheme.notice_policy.events import (
    NoticePolicyConfirmed,
    NoticePolicyProposed,
    NoticePolicyRejected,
)
from services.grants.scheme.notice_policy.refusals import NoNoticePolicyWaits, NoticePolicyUnsourced
from services.grants.scheme.notice_policy.rules import PolicyOfScheme, confirm, evolve, fold, propose, reject
from services.grants.scheme.refusals import SchemeReasonMissing, SchemeUnknown
from tests.given import Given, given
from tests.grants.scheme.schemes import REGISTERED, TERMS

DOCUMENT = "ab" * 32
SOURCED = replace(TERMS.notice, document_sha256=DOCUMENT)
EXEMPT = NoticePolicy(
    rule="exempt",
    source=Source(document="Brev fra departementet", section="2"),
    valid_from=date(2020, 3, 1),
    document_sha256="cd" * 32,
)


def after(*facts: Event) -> Given:
    return given(*facts, evolve=evolve, initial=PolicyOfScheme())


def proposed(policy: NoticePolicy, by: str) -> NoticePolicyProposed:
    return NoticePolicyProposed(policy=policy, proposed_by=by)


def confirmed(policy: NoticePolicy, *written_by: str, by: str) -> NoticePolicyConfirmed:
    return NoticePolicyConfirmed(policy=policy, written_by=written_by, confirmed_by=by)


def revised(policy: NoticePolicy, by: str) -> SchemeRevised:
    return SchemeRevised(
        terms=replace(TERMS, notice=policy), reason="Ny lesning.", revised_on=date(2020, 2, 1), revised_by=by
    )


# REGISTERED was written by kari.


def test_a_registered_scheme_has_no_policy_that_counts() -> None:
    state = fold([REGISTERED])
    assert state.confirmed is None
    assert state.proposed is not None
    assert state.authors == {"kari"}


def test_what_one_person_proposes_waits_for_another() -> None:
    after(REGISTERED).when(propose, policy=EXEMPT, proposed_by="ola").then(proposed(EXEMPT, "ola"))
    assert fold([REGISTERED, proposed(EXEMPT, "ola")]).confirmed is None


def test_somebody_who_wrote_nothing_of_it_confirms_it() -> None:
    written = after(REGISTERED, proposed(EXEMPT, "ola"))
    written.when(confirm, confirmed_by="ingrid").then(confirmed(EXEMPT, "ola", by="ingrid"))


def test_terms_that_say_the_documents_digest_can_be_confirmed_as_they_stand() -> None:
    registered = replace(REGISTERED, terms=replace(TERMS, notice=SOURCED))
    after(registered).when(confirm, confirmed_by="ingrid").then(confirmed(SOURCED, "kari", by="ingrid"))


def test_terms_that_do_not_cannot() -> None:
    after(REGISTERED).when(confirm, confirmed_by="ingrid").refused(NoticePolicyUnsourced)
    after(REGISTERED).when(propose, policy=TERMS.notice, proposed_by="kari").refused(NoticePolicyUnsourced)


def test_whoever_proposed_it_does_not_confirm_it() -> None:
    after(REGISTERED, proposed(EXEMPT, "ola")).when(confirm, confirmed_by="ola").refused(SamePersonTwice)


def test_whoever_wrote_a_part_that_stands_does_not_confirm_it() -> None:
    """Kari registered the terms; ola only added the digest of their document."""
    written = after(REGISTERED, proposed(SOURCED, "ola"))
    written.when(confirm, confirmed_by="kari").refused(SamePersonTwice)
    written.when(confirm, confirmed_by="ingrid").then(confirmed(SOURCED, "kari", "ola", by="ingrid"))


def test_a_text_sent_back_and_proposed_unchanged_by_another_keeps_its_author() -> None:
    back = NoticePolicyRejected(reason="Se på kilden.", rejected_by="ingrid")
    once_more = after(REGISTERED, proposed(EXEMPT, "ola"), back, proposed(EXEMPT, "ingrid"))
    once_more.when(confirm, confirmed_by="ola").refused(SamePersonTwice)
    once_more.when(confirm, confirmed_by="ingrid").refused(SamePersonTwice)


def test_a_text_that_was_away_and_came_back_keeps_its_author() -> None:
    away = replace(EXEMPT, rule="notice")
    there_and_back = after(REGISTERED, proposed(EXEMPT, "ola"), proposed(away, "per"), proposed(EXEMPT, "per"))
    there_and_back.when(confirm, confirmed_by="ola").refused(SamePersonTwice)


def test_a_revision_with_another_policy_proposes_it_and_one_with_the_same_proposes_nothing() -> None:
    counts = (REGISTERED, proposed(SOURCED, "kari"), confirmed(SOURCED, "kari", by="ingrid"))
    assert fold([*counts, revised(TERMS.notice, "per")]).proposed is None
    waits = fold([*counts, revised(EXEMPT, "per")])
    assert waits.confirmed == counts[-1]
    assert waits.authors == {"per"}
    after(*counts, revised(EXEMPT, "per")).when(confirm, confirmed_by="per").refused(SamePersonTwice)


def test_what_was_confirmed_goes_on_counting_when_a_later_proposal_is_turned_down() -> None:
    counts = (REGISTERED, proposed(SOURCED, "kari"), confirmed(SOURCED, "kari", by="ingrid"), proposed(EXEMPT, "ola"))
    turned_down = NoticePolicyRejected(reason="Brevet sier det ikke.", rejected_by="ingrid")
    after(*counts).when(reject, reason="Brevet sier det ikke.", rejected_by="ingrid").then(turned_down)
    state = fold([*counts, turned_down])
    assert (state.confirmed, state.proposed) == (counts[2], None)


def test_a_proposal_is_turned_down_with_a_reason() -> None:
    after(REGISTERED).when(reject, reason=" ", rejected_by="ingrid").refused(SchemeReasonMissing)


def test_the_same_again_is_nothing() -> None:
    waits = after(REGISTERED, proposed(EXEMPT, "ola"))
    waits.when(propose, policy=EXEMPT, proposed_by="ola").nothing()
    counts = after(REGISTERED, proposed(EXEMPT, "ola"), confirmed(EXEMPT, "ola", by="ingrid"))
    counts.when(propose, policy=EXEMPT, proposed_by="per").nothing()
    counts.when(confirm, confirmed_by="ingrid").nothing()


def test_there_must_be_something_to_decide_on() -> None:
    counts = after(REGISTERED, proposed(EXEMPT, "ola"), confirmed(EXEMPT, "ola", by="ingrid"))
    counts.when(confirm, confirmed_by="liv").refused(NoNoticePolicyWaits)
    counts.when(reject, reason="Nei.", rejected_by="liv").refused(NoNoticePolicyWaits)


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        (propose, {"policy": EXEMPT, "proposed_by": "ola"}),
        (confirm, {"confirmed_by": "ingrid"}),
        (reject, {"reason": "Nei.", "rejected_by": "ingrid"}),
    ],
)
def test_a_scheme_that_nobody_registered_has_no_policy(rule: Any, asked: dict[str, Any]) -> None:
    after().when(rule, **asked).refused(SchemeUnknown)


PEOPLE = ("kari", "ola", "per", "ingrid")
TEXTS = [replace(EXEMPT, rule=rule, document_sha256=digest) for rule in ("exempt", "notice") for digest in ("a", "b")]
STEPS = st.lists(
    st.tuples(st.sampled_from(["propose", "revise", "reject"]), st.sampled_from(TEXTS), st.sampled_from(PEOPLE)),
    max_size=12,
)


@drawn(STEPS, st.sampled_from(PEOPLE))
def test_nobody_confirms_a_text_they_ever_brought(steps: list[tuple[str, NoticePolicy, str]], who: str) -> None:
    """However it went back and forth: a person who brought any of the texts that wait is refused."""
    facts: list[Event] = [REGISTERED]
    brought: list[tuple[str, NoticePolicy]] = [("kari", TERMS.notice)]
    waits: NoticePolicy | None = TERMS.notice
    in_terms = TERMS.notice
    for act, policy, person in steps:
        if act == "reject":
            facts.append(NoticePolicyRejected(reason="x", rejected_by=person))
            waits = None
        elif act == "propose" or policy != in_terms:
            facts.append(proposed(policy, person) if act == "propose" else revised(policy, person))
            brought.append((person, policy))
            waits, in_terms = policy, policy if act == "revise" else in_terms
    if waits is None or waits.document_sha256 is None:
        return
    theirs = [policy for person, policy in brought if person == who]
    names = ("rule", "source", "valid_from", "document_sha256")
    wrote_some = any(getattr(each, name) == getattr(waits, name) for each in theirs for name in names)
    decided = after(*facts).when(confirm, confirmed_by=who)
    assert isinstance(decided.refusal, SamePersonTwice) == wrote_some
