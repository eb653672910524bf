"""Where a rule speaks of people, it means each of several: whoever stated that they are not impartial, who assessed,
whoever prepared; in any order, whatever the others did, also after the award."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.award.approval import approve, propose
from services.grants.award.award_import import confirm_import
from services.grants.award.state import Award, evolve
from services.grants.award_change.recipient import answer_change
from services.grants.award_change.rules import approve_change, propose_change
from services.grants.case.events.award import Applied, AwardProposed, AwardReturned, Instalment
from services.grants.case.events.award_change import ChangeAnswered
from services.grants.case.granted_application import NotImpartial
from tests import given as sentences
from tests.grants.award import application_granted as applied
from tests.grants.award import changes as changes
from tests.grants.award import from_recipient as recipient
from tests.grants.fodt_fri import MILLION, outside, proposed, running

THREE = ("ane", "bo", "cia")
ORDERS = list(permutations(THREE))
in_any_order = pytest.mark.parametrize("order", ORDERS, ids="-".join)


def stated(*people: str) -> list[Event]:
    return [replace(applied.partial, person=person) for person in people]


def taken_back(person: str) -> Event:
    return replace(applied.partial, person=person, impartial=True)


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Award())


@in_any_order
def test_none_of_those_who_are_not_impartial_proposes_or_approves_an_award(order: tuple[str, ...]) -> None:
    past = (applied.received, applied.assessed, *stated(*order))
    for person in order:
        theirs = replace(applied.award, proposed_by=person)
        given(*past).when(propose, **applied.asked(theirs)).refused(NotImpartial)
        waits = (*past, applied.award, replace(applied.frozen, proposal_version=6))
        given(*waits).when(approve, **applied.approval(approved_by=person)).refused(NotImpartial)


@in_any_order
def test_who_takes_the_statement_back_frees_nobody_else(order: tuple[str, ...]) -> None:
    first, second, third = order
    past = (applied.received, applied.assessed, *stated(*order), taken_back(second))
    given(*past).when(propose, **applied.asked(replace(applied.award, proposed_by=second))).then(
        replace(applied.award, proposed_by=second)
    )
    for person in (first, third):
        given(*past).when(propose, **applied.asked(replace(applied.award, proposed_by=person))).refused(NotImpartial)


@pytest.mark.parametrize("change", [changes.more, changes.less, changes.none], ids=lambda change: change.kind)
@in_any_order
def test_none_of_them_proposes_or_approves_a_change_of_the_award(order: tuple[str, ...], change: Any) -> None:
    before, after = stated(order[0]), stated(*order[1:])
    for past in ((*before, *after, *running), (*running, *before, *after), (*before, *running, *after)):
        for person in order:
            theirs = replace(change, proposed_by=person)
            changes.given(*past).when(propose_change, **changes.asked(theirs)).refused(NotImpartial)
            changes.given(*past, change).when(approve_change, **changes.approval(approved_by=person)).refused(
                NotImpartial
            )


@in_any_order
def test_none_of_them_answers_what_the_recipient_asks(order: tuple[str, ...]) -> None:
    for past in ((*stated(*order), *running), (*running, *stated(*order))):
        for person in order:
            recipient.given(*past, recipient.requested).when(
                answer_change, **recipient.answer(answered_by=person)
            ).refused(NotImpartial)
        said = recipient.given(*past, taken_back(order[1]), recipient.requested)
        said.when(answer_change, **recipient.answer(answered_by=order[1])).then(
            replace(recipient.answered, answered_by=order[1])
        )


@in_any_order
def test_none_of_those_who_assessed_approves_the_award(order: tuple[str, ...]) -> None:
    later = replace(applied.received, version=2)
    latest = replace(applied.assessed, version=2, assessed_by=order[2])
    assessed = [replace(applied.assessed, assessed_by=person) for person in order[:2]]
    award = replace(applied.award, basis=Applied(call_id=later.call_id, version=2))
    past = (applied.received, *assessed, later, latest, award, replace(applied.frozen, proposal_version=6))
    for person in order:
        given(*past).when(approve, **applied.approval(approved_by=person)).refused(SamePersonTwice)
    assert given(*past).when(approve, **applied.approval()).refusal is None


@in_any_order
def test_none_of_those_who_froze_a_letter_approves_the_award(order: tuple[str, ...]) -> None:
    letters = [replace(applied.frozen, frozen_by=person) for person in order]
    past = (applied.received, applied.assessed, applied.award, *letters)
    for person in order:
        given(*past).when(approve, **applied.approval(approved_by=person)).refused(SamePersonTwice)


def proposals(*people: str) -> list[AwardProposed]:
    """Each adds a term to what the one before wrote."""
    texts = [f"Vilkår som {person} skrev." for person in people]
    return [
        replace(applied.award, terms=tuple(texts[: number + 1]), proposed_by=person)
        for number, person in enumerate(people)
    ]


@in_any_order
def test_none_of_those_who_wrote_a_part_of_a_proposal_that_went_back_approves_it(order: tuple[str, ...]) -> None:
    back = AwardReturned(reason="Ett vilkår til.", returned_by="ola")
    first, second, third = proposals(*order)
    past = (applied.received, applied.assessed, first, back, second, back, third)
    frozen = replace(applied.frozen, proposal_version=7)
    for person in order:
        given(*past, frozen).when(approve, **applied.approval(approved_by=person)).refused(SamePersonTwice)


@in_any_order
def test_none_of_those_who_claimed_it_was_decided_outside_confirms_it(order: tuple[str, ...]) -> None:
    first, second, third = order
    claims = [replace(outside, proposed_by=first)]
    claims.append(replace(claims[-1], document="20/00123-9", proposed_by=second))
    claims.append(replace(claims[-1], document_sha256="ef" * 32, proposed_by=third))
    back = AwardReturned(reason="Feil dokument.", returned_by="ola")
    tries = [event for claim in claims for event in (replace(proposed, proposed_by="kari"), claim, back)][:-1]
    for person in order:
        given(*tries).when(confirm_import, confirmed_by=person).refused(SamePersonTwice)
        given(*stated(*order), proposed, outside).when(confirm_import, confirmed_by=person).refused(NotImpartial)
    assert given(*tries).when(confirm_import, confirmed_by="liv").refusal is None


@in_any_order
def test_none_of_those_who_wrote_a_part_of_a_change_that_went_back_approves_it(order: tuple[str, ...]) -> None:
    first, second, third = order
    one = replace(changes.more, added=(Instalment(number=3, amount_ore=MILLION),), proposed_by=first)
    two = replace(one, added=(*one.added, Instalment(number=4, amount_ore=MILLION)), proposed_by=second)
    last = replace(two, added=(*two.added, Instalment(number=5, amount_ore=MILLION)), proposed_by=third)
    past = (*running, one, changes.returned, two, changes.returned, last)
    for person in order:
        changes.given(*past).when(approve_change, **changes.approval(approved_by=person)).refused(SamePersonTwice)
    assert changes.given(*past).when(approve_change, **changes.approval()).refusal is None


@in_any_order
def test_each_request_is_kept_from_whoever_registered_that_one_and_answered_by_the_others(
    order: tuple[str, ...],
) -> None:
    asked = [
        replace(recipient.requested, number=number, asks=f"Ønske {number}", registered_by=who)
        for number, who in enumerate(order, 1)
    ]
    state = recipient.given(*running, *asked)
    for number, who in enumerate(order, 1):
        state.when(answer_change, **recipient.answer(number=number, answered_by=who)).refused(SamePersonTwice)
        other = order[number % 3]
        state.when(answer_change, **recipient.answer(number=number, answered_by=other)).then(
            ChangeAnswered(number=number, granted=True, reason="Ja.", answered_on=date(2020, 5, 11), answered_by=other)
        )
