"""Cases of a scheme's notice policy, told once for both locks: it takes two people, and never reaches back.

In memory the rule decides what is free. In PostgreSQL somebody with the service's role claims as much as can be claimed
of each letter, and the database finds whether it is so.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

from services.eventlog.events import Event
from services.notifications.facts.release import (
    Exemption,
    SchemeExempt,
)
from services.notifications.facts.scheme_policy import (
    ConfirmedPolicyHeard,
    DecisionHeard,
    SchemePolicyHeard,
)
from services.notifications.grants_feed.rules import exemption_of
from tests.notifications.world import (
    DECIDED_AT,
    FREE,
    OWING,
    SOURCE,
    KeptWorld,
    Refused,
    World,
    bound_to,
    days,
    decided,
    exemption_by,
    held,
    letter,
    policy,
    released,
)

NAME = "of the free scheme"
ITEM = letter(NAME)
SCHEME = f"scheme-{FREE}"
AN_INSTANT = timedelta(microseconds=1)
NEW_YEAR = date(2021, 1, 1)
AT_ONCE, RECORDED = "scheme-policy", "recorded"


def heard(world: World, *policies: ConfirmedPolicyHeard) -> None:
    """Grants told of these."""
    world.record(SCHEME, *policies)


def approved(world: World, *decisions: DecisionHeard) -> None:
    """An award of the scheme was decided on so, and its letter is held: on the latest exemption, if it can be."""
    world.record(ITEM, *decisions)
    if not isinstance(world, KeptWorld):
        told = [fact.event for fact in world.of(SCHEME)]
        world.record(ITEM, held(NAME, scheme_id=FREE, exemption=exemption_of(told, world.held(ITEM).decisions)))
        return
    for claim in [*claims(world), None]:
        if tries(world, ITEM, held(NAME, scheme_id=FREE, exemption=claim)) == RECORDED:
            return


def tries(world: World, stream: str, *events: Event) -> str:
    """`recorded`, or the code of what the database says. What it cannot even run is no answer."""
    try:
        world.record(stream, *events)
    except Refused as refusal:
        if not re.fullmatch("[a-z-]+", refusal.code):
            raise
        return refusal.code
    return RECORDED


def claims(world: World) -> list[Exemption]:
    """Every exemption that somebody could claim."""
    told = [fact.event for fact in world.of(SCHEME)]
    return [exemption_by(event) for event in told if isinstance(event, ConfirmedPolicyHeard) and event.rule == "exempt"]


def leaves_at_once(world: World) -> str:
    """`scheme-policy` if the letter leaves on it, or the code of what stops it."""
    if not isinstance(world, KeptWorld):
        answer = world.asks(ITEM)
        return answer if isinstance(answer, str) else answer.kind
    it = world.held(ITEM).letter
    assert it is not None
    code = tries(world, ITEM, released(it, SchemeExempt(source=SOURCE), world.now))
    return AT_ONCE if code == RECORDED else code


def what_two_people_exempted_leaves_at_once(world: World) -> None:
    heard(world, policy())
    approved(world, decided())
    assert leaves_at_once(world) == AT_ONCE


def a_policy_of_one_person_frees_nothing(world: World) -> None:
    """As grants told of it before, and letters were held on it."""
    told = SchemePolicyHeard(scheme_id=FREE, version=1, rule="exempt", source=SOURCE, valid_from=date(2020, 1, 1))
    world.record(SCHEME, told)
    alone = held(NAME, exemption=replace(exemption_by(policy()), confirmed_at=None))
    if tries(world, ITEM, decided(), alone) != RECORDED:
        world.record(ITEM, decided(), held(NAME, scheme_id=FREE))
    assert leaves_at_once(world) == "notice-missing"


def a_policy_confirmed_after_the_approval_frees_nothing(world: World) -> None:
    heard(world, policy(confirmed_at=DECIDED_AT + AN_INSTANT))
    approved(world, decided())
    assert leaves_at_once(world) == "notice-missing"


def a_policy_confirmed_in_the_very_instant_frees_nothing(world: World) -> None:
    """Nobody can tell which came first."""
    heard(world, policy(confirmed_at=DECIDED_AT))
    approved(world, decided())
    assert leaves_at_once(world) == "notice-missing"


def a_policy_of_notice_confirmed_since_counts(world: World) -> None:
    heard(world, policy(), policy(2, rule="notice", confirmed_at=DECIDED_AT))
    approved(world, decided())
    assert leaves_at_once(world) == "notice-missing"


def no_date_brings_an_earlier_exemption_back(world: World) -> None:
    """Exempt from February on; then, confirmed later, notice from January."""
    february = policy(valid_from=date(2020, 1, 20))
    heard(world, february, policy(2, rule="notice", confirmed_at=DECIDED_AT - days(1)))
    approved(world, decided())
    assert leaves_at_once(world) == "notice-missing"


def no_date_puts_a_policy_of_notice_off(world: World) -> None:
    """What says so from New Year on, says so from its confirmation."""
    heard(world, policy(), policy(2, rule="notice", confirmed_at=DECIDED_AT - days(1), valid_from=NEW_YEAR))
    approved(world, decided())
    assert leaves_at_once(world) == "notice-missing"


def an_exemption_that_has_not_begun_frees_nothing(world: World) -> None:
    """The day begins at midnight in Norway: an instant before is the day before."""
    tomorrow = DECIDED_AT.date() + days(1)
    heard(world, policy(valid_from=tomorrow))
    approved(world, decided(DECIDED_AT.replace(hour=22, minute=59, second=59)))
    assert leaves_at_once(world) == "notice-missing"


def an_award_approved_before_its_policy_is_not_freed_by_a_change(world: World) -> None:
    heard(world, policy(confirmed_at=DECIDED_AT))
    approved(world, decided(DECIDED_AT - days(1), 3), decided(DECIDED_AT + days(1), 4))
    assert leaves_at_once(world) == "notice-missing"


def a_change_of_what_was_free_is_judged_by_its_own_time(world: World) -> None:
    """More was promised after notice had come to be owed."""
    heard(world, policy(), policy(2, rule="notice", confirmed_at=DECIDED_AT + days(1)))
    approved(world, decided(DECIDED_AT, 3), decided(DECIDED_AT + days(2), 4))
    assert leaves_at_once(world) == "notice-missing"


# What only the database says no to by itself; grants' rules refuse it before.


def a_policy_takes_two_people(world: World) -> None:
    for author in ("kari", "KARI "):
        assert tries(world, SCHEME, policy(confirmed_by=author)) == "same-person-twice", author


def a_letter_goes_by_its_own_schemes_policy(world: World) -> None:
    heard(world, policy())
    exempt = held(NAME, exemption=exemption_by(policy()))
    other = bound_to(exempt, scheme_id=OWING)
    assert tries(world, ITEM, decided(), other) == "exemption-unfounded"
