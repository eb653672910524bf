"""Endpoints: registered, asked, changed, paused, resumed, rotated, disabled, deleted."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.notifications.webhook.events import (
    EndpointChanged,
    EndpointConsented,
    EndpointDeleted,
    EndpointDisabled,
    EndpointFormerSecretRevoked,
    EndpointPaused,
    EndpointRegistered,
    EndpointResumed,
    EndpointSecretRotated,
    Sealed,
    Subscription,
    Wanted,
)
from services.notifications.webhook.rules import (
    OVERLAP,
    Endpoint,
    EndpointDeletedAlready,
    EndpointNotDisturbed,
    TypeUnknown,
    change,
    consent,
    delete,
    disable,
    fold,
    pause,
    register,
    resume,
    rotate,
)
from tests.given import Given
from tests.notifications.sentences import at

KNOWN = ("notice.received", "letter.released")
HERE, THERE = "https://a.example.no/hook", "https://b.example.no/hook"
TOLD = Subscription(
    url=HERE,
    types=("notice.received",),
    wanted=Wanted(),
    ordered=False,
    rate_per_second=50,
    contract=1,
    description="",
    pulled_by=None,
)
ELSEWHERE = replace(TOLD, url=THERE)
FIRST = Sealed(id=UUID(int=1), sha256="ab" * 32, public_key="whpk_1")
SECOND = Sealed(id=UUID(int=2), sha256="cd" * 32, public_key="whpk_2")
CHALLENGE = UUID(int=9)
AT = datetime(2020, 6, 1, tzinfo=UTC)

registered = EndpointRegistered(subscription=TOLD, secret=FIRST, registered_by="liv")
consented = EndpointConsented(url=HERE, challenge_id=CHALLENGE, answered_at=AT)
changed = EndpointChanged(subscription=ELSEWHERE, changed_by="liv")
paused = EndpointPaused(paused_by="liv")
resumed = EndpointResumed(resumed_by="liv")
rotated = EndpointSecretRotated(secret=SECOND, rotated_by="liv")
revoked = EndpointFormerSecretRevoked(revoked_by="liv")
disabled = EndpointDisabled(reason="gone", failing_since=AT)
deleted = EndpointDeleted(reason="Lagt ned.", deleted_by="liv")


def given(*events: Event) -> Given:
    facts = (Recorded(nth, "s", nth, event, at(nth), "x", "-", "-") for nth, event in enumerate(events, 1))
    return Given(fold(facts))


def state(*events: Event) -> str:
    it = given(*events).state
    assert isinstance(it, Endpoint)
    return it.state


def test_one_is_registered_and_waits_for_consent() -> None:
    given().when(register, subscription=TOLD, secret=FIRST, known=KNOWN, by="liv").then(registered)
    assert state(registered) == "pending"


def test_a_type_that_is_not_there_is_refused() -> None:
    told = replace(TOLD, types=("letter.lost",))
    given().when(register, subscription=told, secret=FIRST, known=KNOWN, by="liv").refused(TypeUnknown)
    given(registered).when(change, subscription=told, known=KNOWN, by="liv").refused(TypeUnknown)
    every = replace(TOLD, types=("*",))
    assert not given().when(register, subscription=every, secret=FIRST, known=KNOWN, by="liv").refusal


def test_whoever_answers_at_the_address_consents() -> None:
    asked = {"url": HERE, "challenge_id": CHALLENGE, "answered_at": AT}
    given(registered).when(consent, **asked).then(consented)
    assert state(registered, consented) == "active"
    given(registered, consented).when(consent, **asked).nothing()


def test_an_answer_from_an_address_it_had_before_counts_for_nothing() -> None:
    asked = {"url": HERE, "challenge_id": CHALLENGE, "answered_at": AT}
    given(registered, changed).when(consent, **asked).nothing()
    assert state(registered, changed, consented) == "pending"


def test_at_another_address_it_is_asked_anew() -> None:
    given(registered, consented).when(change, subscription=ELSEWHERE, known=KNOWN, by="liv").then(changed)
    assert state(registered, consented, changed) == "pending"
    more = EndpointChanged(subscription=replace(TOLD, types=("*",)), changed_by="liv")
    assert state(registered, consented, more) == "active"


def test_what_is_so_already_is_no_change() -> None:
    given(registered).when(change, subscription=TOLD, known=KNOWN, by="liv").nothing()
    given(registered, paused).when(pause, by="liv").nothing()
    given(registered, deleted).when(delete, reason="Lagt ned.", by="liv").nothing()
    given(registered, disabled).when(disable, reason="failing", failing_since=AT).nothing()


def test_it_is_paused_and_resumed() -> None:
    given(registered, consented).when(pause, by="liv").then(paused)
    assert state(registered, consented, paused) == "paused"
    given(registered, consented, paused).when(resume, by="liv").then(resumed)
    assert state(registered, consented, paused, resumed) == "active"
    given(registered, consented).when(resume, by="liv").refused(EndpointNotDisturbed)


def test_one_that_is_disabled_is_resumed_by_somebody() -> None:
    given(registered, consented).when(disable, reason="gone", failing_since=AT).then(disabled)
    assert state(registered, consented, disabled) == "disabled"
    given(registered, consented, disabled).when(resume, by="liv").then(resumed)
    assert state(registered, consented, disabled, resumed) == "active"


def test_a_new_secret_signs_beside_the_one_before_for_a_day() -> None:
    given(registered).when(rotate, secret=SECOND, revoke=False, by="liv").then(rotated)
    it = given(registered, rotated).state
    assert (it.secret, it.previous, it.previous_until) == (SECOND, FIRST, at(2) + OVERLAP)


def test_at_a_third_secret_the_first_signs_no_more() -> None:
    again = EndpointSecretRotated(secret=replace(SECOND, id=UUID(int=3)), rotated_by="liv")
    given(registered, rotated).when(rotate, secret=again.secret, revoke=False, by="liv").then(again)
    it = given(registered, rotated, again).state
    assert (it.secret, it.previous, it.previous_until) == (again.secret, SECOND, at(3) + OVERLAP)


def test_a_secret_that_has_become_known_is_ended_at_once() -> None:
    given(registered).when(rotate, secret=SECOND, revoke=True, by="liv").then(rotated, revoked)
    it = given(registered, rotated, revoked).state
    assert (it.secret, it.previous, it.previous_until) == (SECOND, None, None)


def test_what_is_deleted_stays_so() -> None:
    given(registered).when(delete, reason="Lagt ned.", by="liv").then(deleted)
    gone = given(registered, consented, deleted)
    gone.when(change, subscription=ELSEWHERE, known=KNOWN, by="liv").refused(EndpointDeletedAlready)
    gone.when(pause, by="liv").refused(EndpointDeletedAlready)
    gone.when(resume, by="liv").refused(EndpointDeletedAlready)
    gone.when(rotate, secret=SECOND, revoke=True, by="liv").refused(EndpointDeletedAlready)
    gone.when(consent, url=HERE, challenge_id=CHALLENGE, answered_at=AT).nothing()
    gone.when(disable, reason="gone", failing_since=AT).nothing()
    assert state(registered, paused, disabled, deleted) == "deleted"
