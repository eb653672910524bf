"""A letter is frozen for the proposal that waits, once; and becomes known as out from the feed alone."""

from dataclasses import replace
from datetime import date, timedelta

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.award.refusals import LetterBeforeDecision
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import AwardReduced, Ground, Reduction, SupplementaryAwardApproved
from services.grants.case.events.grant_letter import (
    LateTold,
    LetterDelivered,
    LetterLeft,
    LetterMayLeave,
    LetterReleased,
    LetterReleaseEnded,
)
from services.grants.grant_letter.content import LetterIncomplete
from services.grants.grant_letter.delivery import (
    LetterToldTwice,
    LetterUnknown,
    LetterWithoutAward,
    OtherRecipient,
    take_delivery,
    take_leaving,
    take_release,
    take_release_end,
)
from services.grants.grant_letter.freezing import (
    GrantLetter,
    LetterAlreadyFrozen,
    LetterOutdated,
    NoProposalWaits,
    Print,
    evolve,
    freeze,
    shown,
)
from tests import given as sentences
from tests.given import Given
from tests.grants.award.grant_letters import DATED_ON, PROPOSED, content_of
from tests.grants.award.letter_freezing import FREEZING, OTHER, SHA, approved, frozen, printed, returned

NUMBER = PROPOSED.recipient.organisation_number

released = LetterMayLeave(released_on=date(2020, 2, 12), sha256=SHA, message_id="7")
left = LetterLeft(left_on=date(2020, 2, 13), sha256=SHA, message_id="8", attempt=1)
before = LetterReleased(released_on=date(2020, 2, 12), sha256=SHA, message_id="7")
delivered = LetterDelivered(delivered_on=date(2020, 2, 13), sha256=SHA, message_id="9")
RELEASE = {"sha256": SHA, "organisation_number": NUMBER, "released_on": released.released_on, "message_id": "7"}
DELIVERY = {"sha256": SHA, "organisation_number": NUMBER, "delivered_on": delivered.delivered_on, "message_id": "9"}


def given(*events: Event) -> Given:
    return sentences.given(*events, evolve=evolve, initial=GrantLetter())


def test_the_letter_of_the_proposal_that_waits_is_frozen() -> None:
    given(PROPOSED).when(freeze, **FREEZING).then(frozen)


def test_the_same_letter_again_is_nothing_whether_or_not_it_was_set_again() -> None:
    given(PROPOSED, frozen).when(freeze, **FREEZING).nothing()
    given(PROPOSED, frozen, approved).when(freeze, **(FREEZING | {"printed": None})).nothing()


def test_one_proposal_has_one_letter() -> None:
    another_day = FREEZING | {"dated_on": date(2020, 2, 11)}
    given(PROPOSED, frozen).when(freeze, **another_day).refused(LetterAlreadyFrozen, saying="2020-02-10")
    given(PROPOSED, frozen, approved).when(freeze, **another_day).refused(LetterAlreadyFrozen)


def test_a_new_proposal_needs_a_new_letter() -> None:
    anew = (PROPOSED, frozen, returned, PROPOSED)
    assert given(*anew).state.frozen is None
    given(*anew).when(freeze, **FREEZING).refused(LetterOutdated)
    again = replace(printed, proposal_version=4)
    given(*anew).when(freeze, **(FREEZING | {"printed": again})).then(replace(frozen, proposal_version=4))


def test_nothing_is_frozen_without_a_proposal_that_waits() -> None:
    given().when(freeze, **FREEZING).refused(NoProposalWaits)
    given(PROPOSED, returned).when(freeze, **FREEZING).refused(NoProposalWaits)
    given(PROPOSED, approved).when(freeze, **FREEZING).refused(NoProposalWaits)


def test_what_was_not_set_is_not_frozen() -> None:
    given(PROPOSED).when(freeze, **(FREEZING | {"printed": None})).refused(LetterOutdated)


def test_a_letter_that_lacks_a_part_is_not_frozen() -> None:
    bare = replace(printed, content=replace(content_of(), control=""))
    refusal = given(PROPOSED).when(freeze, **(FREEZING | {"printed": bare})).refused(LetterIncomplete)
    assert refusal.details["missing"] == ["control"]


LEAVING = {"attempt": 1, "left_on": left.left_on, "message_id": "8"}


def test_a_letter_that_was_let_out_is_out_once_it_has_left() -> None:
    ready = (PROPOSED, frozen, approved)
    given(*ready).when(take_leaving, **LEAVING).refused(LetterUnknown)
    given(*ready, released).when(take_leaving, **LEAVING).then(left)
    told_no_day = LEAVING | {"left_on": None}
    given(*ready, released).when(take_leaving, **told_no_day).then(replace(left, left_on=released.released_on))
    for out in ((released, left), (released, delivered), (released, left, delivered), (before,)):
        given(*ready, *out).when(take_leaving, **(LEAVING | {"message_id": "10"})).nothing()
        assert given(*ready, *out).state.is_out
    for not_out in ((), (released,), (released, left, ended), (released, ended, released)):
        assert not given(*ready, *not_out).state.is_out


def test_a_released_letter_may_leave_and_a_delivered_one_has_arrived_in_either_order() -> None:
    ready = (PROPOSED, frozen, approved)
    given(*ready).when(take_release, **RELEASE).then(released)
    given(*ready, released).when(take_delivery, **DELIVERY).then(delivered)
    given(*ready).when(take_delivery, **DELIVERY).then(delivered)
    given(*ready, delivered).when(take_release, **RELEASE).then(released)
    assert given(*ready, delivered, released).state == given(*ready, released, delivered).state


def test_the_same_message_again_is_nothing() -> None:
    told = (PROPOSED, frozen, approved, released, delivered)
    given(*told).when(take_release, **RELEASE).nothing()
    given(PROPOSED, frozen, approved, before).when(take_release, **RELEASE).nothing()
    given(*told).when(take_delivery, **DELIVERY).nothing()


def test_a_second_message_about_the_same_letter_is_refused() -> None:
    told = (PROPOSED, frozen, approved, released, delivered)
    given(*told).when(take_release, **(RELEASE | {"message_id": "9"})).refused(LetterToldTwice, saying="Message 7")
    given(*told).when(take_delivery, **(DELIVERY | {"message_id": "10"})).refused(LetterToldTwice, saying="Message 9")


def test_only_the_frozen_letter_of_an_approved_award_can_be_out() -> None:
    for take, told in ((take_release, RELEASE), (take_delivery, DELIVERY)):
        given(PROPOSED, approved).when(take, **told).refused(LetterUnknown)
        given(PROPOSED, frozen, approved).when(take, **(told | {"sha256": OTHER})).refused(LetterUnknown)
        given(PROPOSED, frozen, returned).when(take, **told).refused(LetterUnknown)
        given(PROPOSED, frozen).when(take, **told).refused(LetterWithoutAward)
        another = told | {"organisation_number": "889640782"}
        given(PROPOSED, frozen, approved).when(take, **another).refused(OtherRecipient)


def test_a_case_shows_its_letter_once_it_has_one() -> None:
    assert shown((PROPOSED,)) is None
    told = shown((PROPOSED, frozen, approved, released))
    assert told is not None
    assert (told["frozen"]["sha256"], told["released"]["message_id"], told["delivered"]) == (SHA, "7", None)


more = SupplementaryAwardApproved(
    amount_ore=500,
    added=(Instalment(number=9, amount_ore=500),),
    ground=Ground(code="more-granted", text="Mer å gjøre."),
    approved_on=DATED_ON,
    approved_by="ola",
    disposal_authority="Instruks 4.2",
)


def again(state: Given) -> Print:
    """The letter of the award as it is since it was changed."""
    standing = state.state.waiting
    content = replace(content_of(), amount_ore=standing.amount_ore, instalments=standing.instalments)
    return replace(printed, proposal_version=4, content=content, sha256=OTHER)


def test_an_award_changed_before_its_letter_has_left_has_another_letter_that_tells_of_it_as_it_is() -> None:
    changed = given(PROPOSED, frozen, approved, more)
    plan = (*PROPOSED.instalments, *more.added)
    anew = replace(frozen, proposal_version=4, sha256=OTHER, amount_ore=PROPOSED.amount_ore + 500, instalments=plan)
    anew = replace(anew, scheme_id=PROPOSED.scheme_id)
    changed.when(freeze, **FREEZING | {"printed": again(changed)}).then(anew)
    changed.when(freeze, **FREEZING).refused(LetterOutdated)
    given(PROPOSED, frozen, approved, more, anew).when(freeze, **FREEZING).nothing()


def test_a_letter_made_of_what_is_decided_is_not_dated_before_that() -> None:
    decided_on = DATED_ON + timedelta(days=20)
    late = replace(approved, approved_on=decided_on)
    alone = given(replace(PROPOSED, scheme_id=None), late)
    alone.when(freeze, **FREEZING).refused(LetterBeforeDecision, saying=str(decided_on))
    assert alone.when(freeze, **FREEZING | {"dated_on": decided_on}).events
    lower = AwardReduced(
        reductions=(Reduction(instalment=1, amount_ore=100),), ground=Ground(code="condition-not-met", text="Mindre."),
        reduced_on=decided_on, approved_by="siri",
    )  # fmt: skip
    grown = replace(more, approved_on=decided_on)
    for changes in ([grown], [lower], [grown, replace(lower, reduced_on=DATED_ON)], [more, lower]):
        changed = given(PROPOSED, frozen, approved, *changes)
        anew = FREEZING | {"printed": replace(again(changed), proposal_version=changed.state.proposal_version)}
        changed.when(freeze, **anew).refused(LetterBeforeDecision)
        assert changed.when(freeze, **anew | {"dated_on": decided_on}).events
    proposed_anew = given(PROPOSED, returned, PROPOSED)
    assert proposed_anew.state.signed.decided_on is None


def test_nobody_who_approved_the_award_or_any_change_of_it_makes_the_letter_of_what_it_came_to() -> None:
    lower = AwardReduced(
        reductions=(Reduction(instalment=9, amount_ore=100),),
        ground=Ground(code="condition-not-met", text="Mindre."),
        reduced_on=DATED_ON,
        approved_by="siri",
    )
    for past in ((more, lower), (replace(more, approved_by="per"), lower)):
        changed = given(PROPOSED, frozen, approved, *past)
        anew = FREEZING | {"printed": replace(again(changed), proposal_version=5)}
        for person in {"ola", past[0].approved_by, "SIRI "}:
            changed.when(freeze, **anew | {"frozen_by": person}).refused(SamePersonTwice)
        assert len(changed.when(freeze, **anew).events) == 1


def test_an_award_changed_after_its_letter_has_left_has_no_other() -> None:
    given(PROPOSED, frozen, approved, released, more).when(freeze, **FREEZING).nothing()
    later = FREEZING | {"dated_on": date(2020, 3, 1)}
    given(PROPOSED, frozen, approved, released, more).when(freeze, **later).refused(LetterAlreadyFrozen)


def test_a_letter_that_left_in_the_moment_its_award_was_changed_is_known_as_out() -> None:
    out = given(PROPOSED, frozen, approved, more)
    out.when(take_release, **RELEASE).then(released)
    known = given(PROPOSED, frozen, approved, more, released)
    known.when(take_delivery, **DELIVERY).then(delivered)
    known.when(freeze, **FREEZING | {"printed": None}).nothing()
    told = shown([PROPOSED, frozen, approved, more, released])
    assert told is not None
    assert told["frozen"]["sha256"] == SHA


ended = LetterReleaseEnded(sha256=SHA, message_id="9")
MORE = SupplementaryAwardApproved(
    amount_ore=100,
    added=(Instalment(number=3, amount_ore=100),),
    ground=Ground(code="more-granted", text="Mer er innvilget."),
    approved_on=DATED_ON,
    approved_by="ola",
    disposal_authority="Instruks 4.2",
)


def test_a_release_that_was_ended_is_taken_once_and_the_letter_can_be_out_again() -> None:
    told = {"sha256": SHA, "message_id": "9"}
    given(PROPOSED, frozen, approved, released).when(take_release_end, **told).then(ended)
    given(PROPOSED, frozen, approved, released, ended).when(take_release_end, **told).nothing()
    given(PROPOSED, frozen, approved).when(take_release_end, **told).nothing()
    other = told | {"sha256": OTHER}
    given(PROPOSED, frozen, approved, released).when(take_release_end, **other).refused(LetterUnknown)
    given(PROPOSED, frozen, approved, released, ended).when(take_release, **RELEASE).then(released)


def test_a_change_made_while_its_letter_was_thought_out_needs_another_letter_once_it_was_not() -> None:
    for past in ((approved, released, MORE, ended), (approved, MORE, released, ended)):
        letter = given(PROPOSED, frozen, *past).state
        assert (letter.frozen, letter.released, letter.remade) == (None, None, True)
        assert letter.outdated == frozen
        assert letter.proposal_version == (5 if past[1] == released else 4)
        assert letter.waiting.amount_ore == PROPOSED.amount_ore + 100
    out = given(PROPOSED, frozen, approved, released, MORE).state
    assert (out.frozen, out.waiting) == (frozen, None)


def test_an_award_on_no_scheme_that_was_approved_without_its_letter_has_it_afterwards_from_a_second_person() -> None:
    alone = replace(PROPOSED, scheme_id=None)
    given(alone, approved).when(freeze, **(FREEZING | {"frozen_by": "OLA"})).refused(SamePersonTwice)
    told = LateTold(version=2, approved_on=DATED_ON, approved_by="ola")
    late = replace(frozen, amount_ore=PROPOSED.amount_ore, instalments=PROPOSED.instalments, approval=told)
    given(alone, approved).when(freeze, **FREEZING).then(late)
    given(alone, approved, late).when(freeze, **FREEZING).nothing()
    assert given(alone, approved, late).state.waiting is not None
    assert given(alone, frozen, approved).state.waiting is None
    assert not given(alone, frozen, approved).state.late
