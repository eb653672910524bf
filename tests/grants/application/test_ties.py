"""A tie is recorded by anybody, and ended by anybody but the one who is tied."""

from dataclasses import replace
from datetime import date

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.application.rules import ApplicationReasonMissing
from services.grants.application.ties.organisation_ties import NoSuchTie, end_tie, record_tie
from services.grants.case.events.application import TieEnded
from services.grants.case.ties import stream_of_organisation, tied
from services.grants.registers.organisation_numbers import OrganisationNumberInvalid
from tests import given as sentences
from tests.grants.application.ties import NUMBER, recorded

ended = TieEnded(
    organisation_number=NUMBER, person="kari", reason="Gikk ut av styret.", ended_on=date(2020, 9, 1), ended_by="liv"
)


def gathered(past: tuple[Event, ...], event: Event) -> tuple[Event, ...]:
    return (*past, event)


NOTHING: tuple[Event, ...] = ()


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=gathered, initial=NOTHING)


def test_a_tie_is_recorded_once() -> None:
    given().when(record_tie, **vars(recorded)).then(recorded)
    given(recorded).when(record_tie, **vars(recorded)).nothing()
    given(recorded, ended).when(record_tie, **vars(recorded)).then(recorded)


def test_another_kind_of_tie_takes_the_place_of_the_last() -> None:
    owner = replace(recorded, kind="owner")
    given(recorded).when(record_tie, **vars(owner)).then(owner)


def test_a_tie_is_to_an_organisation_that_can_exist() -> None:
    wrong = replace(recorded, organisation_number="974760674")
    given().when(record_tie, **vars(wrong)).refused(OrganisationNumberInvalid)


def test_a_tie_is_ended_by_another_and_with_a_reason() -> None:
    given(recorded).when(end_tie, **vars(ended)).then(ended)
    given(recorded, ended).when(end_tie, **vars(ended)).nothing()
    given(recorded).when(end_tie, **vars(replace(ended, ended_by="kari"))).refused(SamePersonTwice)
    given(recorded).when(end_tie, **vars(replace(ended, reason=" "))).refused(ApplicationReasonMissing)
    given().when(end_tie, **vars(ended)).refused(NoSuchTie)


def test_who_is_tied_is_told_by_the_organisations_own_stream() -> None:
    olas = replace(recorded, person="ola")
    assert tied([]) == frozenset()
    assert tied([recorded, olas]) == {"kari", "ola"}
    assert tied([recorded, olas, ended]) == {"ola"}
    assert tied([recorded, ended, recorded]) == {"kari"}
    assert stream_of_organisation(NUMBER) == "organisation-974760673"
