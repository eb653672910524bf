"""What the tests of gate mutants build, for other tests to use as well."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from services.eventlog.mapper import encode
from services.notifications.facts.notice import (
    About,
    NoticeDispatched,
    NoticeObjected,
    NoticeObjectionLifted,
    NoticeOrdered,
    NoticePrepared,
    NoticeReceived,
    NoticeSentAgain,
    NoticeWithdrawn,
)
from services.notifications.facts.release import (
    AfterNotice,
    Ground,
    LetterHeld,
    SchemeExempt,
    Waived,
    WaiverConfirmed,
    WaiverProposed,
)
from tests.notifications.policies import (
    a_change_of_what_was_free_is_judged_by_its_own_time,
    a_letter_goes_by_its_own_schemes_policy,
    a_policy_confirmed_after_the_approval_frees_nothing,
    a_policy_confirmed_in_the_very_instant_frees_nothing,
    a_policy_of_notice_confirmed_since_counts,
    a_policy_of_one_person_frees_nothing,
    a_policy_takes_two_people,
    an_award_approved_before_its_policy_is_not_freed_by_a_change,
    an_exemption_that_has_not_begun_frees_nothing,
    no_date_brings_an_earlier_exemption_back,
    no_date_puts_a_policy_of_notice_off,
    what_two_people_exempted_leaves_at_once,
)
from tests.notifications.raw_facts import append, as_told, before_the_bytes_were_kept, holding, spellings
from tests.notifications.world import (
    BEGAN,
    POLICY,
    SOURCE,
    KeptWorld,
    Refused,
    World,
    bound_to,
    days,
    freed,
    held,
    id_of,
    letter,
    line,
    notice,
    released,
)

A, B = letter("a"), letter("b")
DOCUMENT = "ef" * 32
# Received on Sunday 1 March at 9 in Norway: the fourteenth day after is 15 March, over at 23:00 UTC.
OPENS = datetime(2020, 3, 15, 23, tzinfo=UTC)
AN_INSTANT = timedelta(microseconds=1)
FIRST = AfterNotice(notice_id=id_of("0"), opened_at=BEGAN)


def told(world: World, number: str = "0", *, received: bool = True) -> None:
    """A notice of the letter as it is held: prepared, ordered, sent and, unless said otherwise, received, at once."""
    it = world.held(A).letter
    assert it is not None
    lines = (line("a", it.manifest_sha256),)
    about = About(kind="letter", id="x")
    prepared = NoticePrepared(about=about, lines=lines, planned_on=None, renews=None, prepared_by="kari")
    world.record(notice(number), prepared)
    world.record(
        notice(number),
        NoticeOrdered(channel="file-outbox", policy=POLICY, document_sha256=DOCUMENT, ordered_by="ingrid"),
    )
    sent(world, number)
    if received:
        arrived(world, number)


def sent(world: World, number: str = "0", dispatch: int = 1) -> None:
    world.record(
        notice(number),
        NoticeDispatched(dispatch=dispatch, channel="file-outbox", reference="x", said_at=world.now),
    )


def arrived(world: World, number: str = "0", *, dispatch: int = 1, ago: timedelta = timedelta()) -> None:
    told_by: dict[str, Any] = {"evidence": "x", "evidence_sha256": None, "told_by": "channel:x"}
    world.record(notice(number), NoticeReceived(dispatch=dispatch, received_at=world.now - ago, **told_by))


def waived(world: World, *, says: str, confirmed: bool = True) -> None:
    world.record(A, WaiverProposed(manifest_sha256=says, document="20/9", document_sha256=DOCUMENT, proposed_by="kari"))
    if confirmed:
        world.record(A, WaiverConfirmed(manifest_sha256=says, document_sha256=DOCUMENT, confirmed_by="ola"))


def leaves(world: World, claim: Ground = FIRST, *, said_in: timedelta = timedelta()) -> str:
    """The ground on which the letter leaves now, or the code of what stops it."""
    if not isinstance(world, KeptWorld):
        answer = world.asks(A, said_at=world.now + said_in)
        return answer if isinstance(answer, str) else answer.kind
    it = world.held(A).letter
    assert it is not None
    try:
        world.record(A, released(it, claim, world.now + said_in))
    except Refused as refusal:
        return code_of(refusal)
    return claim.kind


def refused_with(act: Callable[[], None]) -> str:
    try:
        act()
    except Refused as refusal:
        return code_of(refusal)
    return "recorded"


def code_of(refusal: Refused) -> str:
    """A mutant that PostgreSQL cannot even run is no mutant."""
    if not re.fullmatch("[a-z-]+", refusal.code):
        raise refusal
    return refusal.code


def it_opens_when_the_fourteenth_day_is_over_in_norway(world: World) -> None:
    told(world)
    world.now = OPENS - AN_INSTANT
    assert leaves(world) == "notice-too-young"
    world.now = OPENS
    assert leaves(world) == "notice"


def it_opens_at_midnight_in_norway_when_clocks_have_gone_forward(world: World) -> None:
    world.now = datetime(2020, 3, 20, 12, tzinfo=UTC)
    told(world)
    world.now = datetime(2020, 4, 3, 22, tzinfo=UTC) - AN_INSTANT
    assert leaves(world) == "notice-too-young"
    world.now += AN_INSTANT
    assert leaves(world) == "notice"


def the_days_run_from_receipt(world: World) -> None:
    told(world, received=False)
    world.now += days(5)
    arrived(world)
    world.now = OPENS + days(5) - AN_INSTANT
    assert leaves(world) == "notice-too-young"


def both_clocks_must_have_come_there(world: World) -> None:
    told(world)
    world.now = OPENS
    assert leaves(world, said_in=-AN_INSTANT) == "notice-too-young"


def clocks_an_hour_apart_let_nothing_out(world: World) -> None:
    told(world)
    world.now = OPENS + days(1)
    assert leaves(world, said_in=timedelta(hours=1)) == "clocks-disagree"


def a_clock_that_ran_back_lets_nothing_out(world: World) -> None:
    told(world)
    world.now = OPENS + days(1)
    world.record(letter("b"), held("b"))
    world.now -= timedelta(seconds=1)
    assert leaves(world) == "clocks-disagree"


def a_letter_made_otherwise_since_must_be_told_anew(world: World) -> None:
    told(world)
    world.record(A, held("a", amount_ore=101))
    world.now = OPENS
    assert leaves(world) == "notice-changed"


def an_objection_stops_it(world: World) -> None:
    told(world)
    world.record(notice("0"), NoticeObjected(objection=1, items=(A,), text="Vent.", objected_by="dep"))
    world.now = OPENS
    assert leaves(world) == "notice-objected"


def a_lifted_objection_starts_the_days_anew(world: World) -> None:
    told(world)
    world.record(notice("0"), NoticeObjected(objection=1, items=(), text="Vent.", objected_by="dep"))
    world.now += days(5)
    lifted = NoticeObjectionLifted(objection=1, reason="x", lifted_by="dep", said_at=world.now)
    world.record(notice("0"), lifted)
    world.now = OPENS + days(5) - AN_INSTANT
    assert leaves(world) == "notice-too-young"
    world.now += AN_INSTANT
    assert leaves(world) == "notice"


def the_latest_notice_governs(world: World) -> None:
    told(world, "0")
    world.now += days(10)
    told(world, "1")
    world.now = OPENS + days(1)
    assert leaves(world) in {"notice-too-young", "ground-differs"}
    assert leaves(world, AfterNotice(notice_id=id_of("1"), opened_at=BEGAN)) == "notice-too-young"


def a_withdrawn_notice_lets_nothing_out(world: World) -> None:
    told(world)
    world.record(notice("0"), NoticeWithdrawn(reason="x", withdrawn_by="kari"))
    world.now = OPENS
    assert leaves(world) == "notice-missing"


def an_old_notice_lets_nothing_out(world: World) -> None:
    told(world)
    world.now = BEGAN + days(90)
    assert leaves(world) == "notice-stale"


def a_waiver_is_of_one_very_letter(world: World) -> None:
    waived(world, says="ab" * 32)
    assert leaves(world, Waived(document_sha256=DOCUMENT)) == "notice-missing"


def a_waiver_needs_a_second_person(world: World) -> None:
    says = world.held(A).manifest_sha256
    assert says is not None
    waived(world, says=says, confirmed=False)
    assert leaves(world, Waived(document_sha256=DOCUMENT)) == "notice-missing"


def nothing_leaves_on_a_ground_it_has_not(world: World) -> None:
    told(world)
    world.now = OPENS
    if isinstance(world, KeptWorld):
        assert leaves(world, SchemeExempt(source=SOURCE)) == "ground-differs"
    assert leaves(world) == "notice"


def a_receipt_is_not_dated_before_the_sending(world: World) -> None:
    told(world, received=False)
    world.now += days(1)
    assert refused_with(lambda: arrived(world, ago=days(2))) == "received-before-sent"


def a_receipt_of_an_earlier_sending_does_not_count(world: World) -> None:
    told(world, received=False)
    world.record(notice("0"), NoticeSentAgain(reason="x", asked_by="kari"))
    world.now += days(1)
    sent(world, dispatch=2)
    assert refused_with(lambda: arrived(world, dispatch=1)) == "not-the-last-sending"


def no_scheme_is_exempt_by_its_own_word(world: World) -> None:
    assert refused_with(lambda: world.record(B, *freed("b"))) == "exemption-unfounded"


def what_leaves_is_here(world: World) -> None:
    """The bytes of the letter, by their hash; the world's own are put there by whoever fetches."""
    told(world)
    world.now = OPENS
    assert isinstance(world, KeptWorld)
    world.owner.execute(
        "ALTER TABLE notifications.letter_file DISABLE TRIGGER ALL; DELETE FROM notifications.letter_file"
    )
    assert leaves(world) == "letter-not-fetched"


Case = Callable[[World], None]


def a_letter_is_what_its_own_bytes_say(world: World) -> None:
    """The ministry was told of 100 øre. A fact with the bytes of 900 millions tells that hash beside them."""
    assert isinstance(world, KeptWorld)
    it = held("a")
    told(world)
    world.now = OPENS
    other = bound_to(it, amount_ore=90_000_000_000)
    append(world, A, other.TOPIC, holding(other, manifest_sha256=it.manifest_sha256, letter_sha256=it.letter_sha256))
    row = world.owner.execute("SELECT manifest_sha256 FROM notifications.item WHERE item = %s", (A,)).fetchone()
    assert row is not None
    assert bytes(row[0]).hex() == other.manifest_sha256
    assert released_as(world, other) == "notice-changed"


def a_manifest_has_one_spelling(world: World) -> None:
    assert isinstance(world, KeptWorld)
    it = held("a")
    for spelling in spellings(it.manifest_json):
        fact = holding(it, manifest_json=spelling)
        assert refused_with(partial(append, world, A, it.TOPIC, fact)) == "manifest-not-canonical", spelling


def a_manifest_is_of_the_letter_it_holds(world: World) -> None:
    assert isinstance(world, KeptWorld)
    assert refused_with(lambda: world.record(letter("b"), held("a"))) == "manifest-differs"


def no_letter_is_held_without_its_manifests_bytes(world: World) -> None:
    assert isinstance(world, KeptWorld)
    it = held("a")
    other = as_told(bound_to(it, amount_ore=90_000_000_000), manifest_sha256=it.manifest_sha256)
    assert refused_with(lambda: world.record(A, other)) == "manifest-bytes-missing"
    assert refused_with(lambda: world.record(A, as_told(it, manifest_sha256=it.manifest_sha256))) == (
        "manifest-bytes-missing"
    )


def what_was_held_before_leaves_only_as_its_hash_says(world: World) -> None:
    """Held under the version before: the one as it was told of, the other with more money under the same hash."""
    assert isinstance(world, KeptWorld)
    it = held("a")
    with before_the_bytes_were_kept(world):
        world.record(A, as_told(bound_to(it, amount_ore=90_000_000_000), manifest_sha256=it.manifest_sha256))
    told(world)
    world.now = OPENS
    assert leaves(world) == "manifest-differs"
    with before_the_bytes_were_kept(world):
        world.record(A, as_told(it, manifest_sha256=it.manifest_sha256))
    assert leaves(world) == "notice"


def what_is_told_of_a_release_is_what_the_bytes_say(world: World) -> None:
    assert isinstance(world, KeptWorld)
    told(world)
    world.now = OPENS
    fact = released(held("a"), FIRST, world.now)
    assert refused_with(lambda: world.record(A, replace(fact, recipient_number="974760673"))) == "manifest-differs"
    assert refused_with(lambda: world.record(A, replace(fact, channel="smtp"))) == "manifest-differs"


def released_as(world: World, it: LetterHeld) -> str:
    fact = encode(released(it, FIRST, world.now))
    assert isinstance(world, KeptWorld)
    return refused_with(partial(append, world, A, "letter.released.v1", fact))


@dataclass(frozen=True)
class Mutant:
    """One text put for another in one function, and the case that must fail then."""

    name: str
    function: str
    was: str
    becomes: str
    killed_by: Case


Swap = tuple[str, str, str, str]


def by_case(swaps: dict[Case, list[Swap]]) -> list[Mutant]:
    """Each case with the mutants it must kill: their name, the function, what it says, and what it is made to say."""
    return [Mutant(*swap, killed_by=case) for case, several in swaps.items() for swap in several]


IN_SQL = by_case(
    {
        a_letter_is_what_its_own_bytes_say: [
            ("a hash told beside the bytes", "bound", "(d - 'letter_sha256') || bound", "bound || d"),
        ],
        a_manifest_has_one_spelling: [
            ("any spelling", "bound", "notifications.canonical(told) = bytes", "true"),
        ],
        a_manifest_is_of_the_letter_it_holds: [
            ("the manifest of another", "bound", "whose = which", "true"),
        ],
        no_letter_is_held_without_its_manifests_bytes: [
            ("without its bytes", "tell_holding", "refuse_unless(false", "refuse_unless(true"),
        ],
        what_was_held_before_leaves_only_as_its_hash_says: [
            ("held as told", "bind_release", "IS DISTINCT FROM NEW.manifest_sha256", "IS NULL"),
        ],
        what_is_told_of_a_release_is_what_the_bytes_say: [
            (
                "told of another recipient",
                "tell_holding",
                "told ->> 'recipient_number' IS NOT DISTINCT FROM d ->> 'recipient_number'",
                "true",
            ),
        ],
        it_opens_when_the_fourteenth_day_is_over_in_norway: [
            ("thirteen days", "opens_at", "+ p.days +", "+ p.days - 1 +"),
            (
                "fourteen times 24 hours",
                "opens_at",
                "greatest(first_day::timestamp AT TIME ZONE p.tz, starts +",
                "(starts +",
            ),
            ("days in UTC", "opens_at", "AT TIME ZONE p.tz", "AT TIME ZONE 'UTC'"),
            ("least for greatest", "opens_at", "greatest(", "least("),
            ("the day of notice counted", "opens_at", "ELSE 1", "ELSE 0"),
            ("a second early", "decide_release", "< gate.opens_at", "< gate.opens_at - interval '1 second'"),
            ("an instant late", "decide_release", "< gate.opens_at", "<= gate.opens_at"),
        ],
        it_opens_at_midnight_in_norway_when_clocks_have_gone_forward: [
            ("the zone of winter", "opens_at", "AT TIME ZONE p.tz", "AT TIME ZONE interval '1 hour'"),
        ],
        the_days_run_from_receipt: [
            (
                "from the sending",
                "standing",
                "greatest(told.received_at, lifted)",
                "greatest(told.dispatched_at, lifted)",
            ),
        ],
        a_letter_made_otherwise_since_must_be_told_anew: [
            ("no hash", "standing", "line.manifest_sha256 <> held.manifest_sha256", "false"),
        ],
        an_objection_stops_it: [
            ("objection ignored", "standing", "IF EXISTS (", "IF false AND EXISTS ("),
        ],
        a_lifted_objection_starts_the_days_anew: [
            ("lifting starts nothing", "standing", "greatest(told.received_at, lifted)", "told.received_at"),
        ],
        the_latest_notice_governs: [
            ("the first notice governs", "standing", "n.ordered_position DESC", "n.ordered_position"),
        ],
        a_withdrawn_notice_lets_nothing_out: [
            ("withdrawal ignored", "standing", "told.withdrawn OR ", ""),
        ],
        a_waiver_is_of_one_very_letter: [
            ("a waiver of any letter", "standing", "w.manifest_sha256 = held.manifest_sha256 AND ", ""),
        ],
        a_waiver_needs_a_second_person: [
            ("a waiver by one", "standing", " AND w.confirmed_by IS NOT NULL", ""),
        ],
        both_clocks_must_have_come_there: [
            ("the later clock", "decide_release", "least(clock, NEW.said_at)", "greatest(clock, NEW.said_at)"),
        ],
        clocks_an_hour_apart_let_nothing_out: [
            ("clocks an hour apart", "decide_release", "'60 seconds'", "'3600 seconds'"),
        ],
        a_clock_that_ran_back_lets_nothing_out: [
            ("a clock run back", "decide_release", "NEW.recorded_at > clock OR ", ""),
        ],
        an_old_notice_lets_nothing_out: [
            ("never stale", "decide_release", ">= gate.stale_at", "< '-infinity'"),
        ],
        nothing_leaves_on_a_ground_it_has_not: [
            (
                "any ground",
                "decide_release",
                "(NEW.ground, NEW.basis) IS DISTINCT FROM (gate.ground, gate.basis)",
                "false",
            ),
        ],
        what_leaves_is_here: [
            ("no bytes", "decide_release", "held.letter_sha256 IS NOT NULL", "false"),
        ],
        a_receipt_is_not_dated_before_the_sending: [
            ("back-dated", "receive", "at >= told.dispatched_at", "true"),
        ],
        a_receipt_of_an_earlier_sending_does_not_count: [
            ("the first dispatch", "receive", "told.dispatch = (d ->> 'dispatch')::integer", "true"),
        ],
        no_scheme_is_exempt_by_its_own_word: [
            ("exempt by its own word", "hold", "IF exempt IS NOT NULL", "IF false"),
        ],
        what_two_people_exempted_leaves_at_once: [
            ("nothing exempt", "policy_at", "s.scheme_id = scheme AND", "false AND"),
        ],
        a_policy_of_one_person_frees_nothing: [
            (
                "a policy of one person",
                "policy_at",
                "s.confirmed_at < policy_at.decided_at",
                "coalesce(s.confirmed_at, '-infinity') < policy_at.decided_at",
            ),
        ],
        a_policy_confirmed_after_the_approval_frees_nothing: [
            ("a policy confirmed later", "policy_at", "s.confirmed_at < policy_at.decided_at", "true"),
        ],
        a_policy_confirmed_in_the_very_instant_frees_nothing: [
            ("a policy of the same instant", "policy_at", "ELSE s.confirmed_at <", "ELSE s.confirmed_at <="),
        ],
        a_policy_of_notice_confirmed_since_counts: [
            ("the first policy governs", "policy_at", "s.version DESC", "s.version"),
        ],
        no_date_brings_an_earlier_exemption_back: [
            ("picked by the day it names", "policy_at", "s.version DESC", "s.valid_from DESC, s.version DESC"),
        ],
        no_date_puts_a_policy_of_notice_off: [
            (
                "notice put off by its day",
                "policy_at",
                "WHEN 'notice' THEN",
                "WHEN 'notice' THEN s.valid_from <= policy_at.decided_at::date AND",
            ),
        ],
        an_exemption_that_has_not_begun_frees_nothing: [
            ("not begun", "policy_at", "AND s.valid_from <=", "AND true OR s.valid_from <="),
        ],
        an_award_approved_before_its_policy_is_not_freed_by_a_change: [
            ("the last decision alone", "exempting", "policy.rule IS DISTINCT FROM 'exempt'", "false"),
        ],
        a_change_of_what_was_free_is_judged_by_its_own_time: [
            ("the first decision alone", "exempting", "ORDER BY d.version", "ORDER BY d.version LIMIT 1"),
        ],
        a_policy_takes_two_people: [
            (
                "a policy confirmed by its author",
                "tell_policies",
                "notifications.folded(author) = notifications.folded(d ->> 'confirmed_by')",
                "false",
            ),
        ],
        a_letter_goes_by_its_own_schemes_policy: [
            ("another scheme's policy", "hold", "d #>> '{manifest,scheme_id}');", "exempt ->> 'scheme_id');"),
        ],
    }
)
IN_PYTHON = by_case(
    {
        it_opens_when_the_fourteenth_day_is_over_in_norway: [
            ("thirteen days", "counting.opens_at", "policy.days +", "policy.days - 1 +"),
            ("fourteen times 24 hours", "counting.opens_at", "max(whole_days, ", "("),
            ("days in UTC", "counting._midnight", "ZoneInfo(policy.tz)", "UTC"),
            ("min for max", "counting.opens_at", "max(", "min("),
            ("the day of notice counted", "counting.opens_at", "else 1", "else 0"),
            ("a second early", "gate.check", "< standing.opens_at", "< standing.opens_at - timedelta(seconds=1)"),
        ],
        both_clocks_must_have_come_there: [
            ("the later clock", "gate.check", "min(clocks", "max(clocks"),
        ],
        clocks_an_hour_apart_let_nothing_out: [
            ("clocks apart", "gate.check", "not clocks.agree", "False"),
        ],
        a_clock_that_ran_back_lets_nothing_out: [
            (
                "a clock run back",
                "gate.check",
                "not clocks.agree",
                "abs(clocks.said_at - clocks.database_at) > MOST_BETWEEN_CLOCKS",
            ),
        ],
        an_old_notice_lets_nothing_out: [
            ("never stale", "gate.check", "standing.stale_at and", "False and"),
        ],
        an_objection_stops_it: [
            ("objection ignored", "gate.stand", "if _is_stopped(item, notices):", "if False:"),
        ],
        a_waiver_is_of_one_very_letter: [
            ("a waiver of any letter", "gate.stand", "held.waived.manifest_sha256 == held.manifest_sha256", "True"),
        ],
        a_letter_made_otherwise_since_must_be_told_anew: [
            ("no hash", "gate._after_notice", "notice.manifest_of(item) != held.manifest_sha256", "False"),
        ],
        the_days_run_from_receipt: [
            (
                "from the sending",
                "gate._after_notice",
                "max([notice.received.received_at,",
                "max([notice.dispatched_at,",
            ),
        ],
        a_lifted_objection_starts_the_days_anew: [
            ("lifting starts nothing", "gate._after_notice", "if at)", "if False)"),
        ],
        the_latest_notice_governs: [
            ("the first notice governs", "gate._after_notice", "max(ordered,", "min(ordered,"),
        ],
        a_withdrawn_notice_lets_nothing_out: [
            ("withdrawal ignored", "gate._after_notice", "if notice.withdrawn", "if False"),
        ],
        what_two_people_exempted_leaves_at_once: [
            ("nothing exempt", "gate._exemption", "if exempt and", "if False and"),
        ],
        a_policy_of_one_person_frees_nothing: [
            ("a policy of one person", "gate._exemption", "exempt and exempt.confirmed_at", "exempt"),
        ],
        a_policy_confirmed_after_the_approval_frees_nothing: [
            ("a policy confirmed later", "scheme_policy._counts", "policy.confirmed_at < decided_at", "True"),
        ],
        a_policy_confirmed_in_the_very_instant_frees_nothing: [
            (
                "a policy of the same instant",
                "scheme_policy._counts",
                "confirmed_at < decided_at",
                "confirmed_at <= decided_at",
            ),
        ],
        a_policy_of_notice_confirmed_since_counts: [
            ("the first policy governs", "scheme_policy.policy_at", "return max(", "return min("),
        ],
        no_date_brings_an_earlier_exemption_back: [
            ("picked by the day it names", "scheme_policy.policy_at", "each.version", "each.valid_from"),
        ],
        no_date_puts_a_policy_of_notice_off: [
            ("notice put off by its day", "scheme_policy._counts", 'policy.rule == "exempt"', "True"),
        ],
        an_exemption_that_has_not_begun_frees_nothing: [
            ("not begun", "scheme_policy._counts", "policy.valid_from <= day_of(decided_at)", "True"),
        ],
        an_award_approved_before_its_policy_is_not_freed_by_a_change: [
            ("the last decision alone", "scheme_policy.exemption_of", "in decisions", "in decisions[-1:]"),
        ],
        a_change_of_what_was_free_is_judged_by_its_own_time: [
            ("the first decision alone", "scheme_policy.exemption_of", "in decisions", "in decisions[:1]"),
        ],
    }
)


def mutate(mutant: Mutant, source: str) -> str:
    assert mutant.was in source, f"{mutant.name}: {mutant.function} no longer says {mutant.was}"
    return source.replace(mutant.was, mutant.becomes)


def sql_of(world: KeptWorld, function: str) -> str:
    """The statement that makes the function anew as it stands in the database."""
    name = f"notifications.{function}"
    [(statement,)] = world.owner.execute("SELECT pg_get_functiondef(%s::regproc)", (name,)).fetchall()
    return str(statement)


def killed_in_sql(world: KeptWorld, mutant: Mutant, *, by: tuple[type[BaseException], ...] = (AssertionError,)) -> None:
    """Put the mutant in the function's place: the case that is named for it fails then, in one of these ways."""
    world.owner.execute(mutate(mutant, sql_of(world, mutant.function)).encode())
    with pytest.raises(by):
        mutant.killed_by(world)
