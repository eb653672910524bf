"""What the tests of mutants of what the gate is told build, for other tests to use as well."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, LiteralString
from uuid import UUID

from services.notifications.facts.notice import (
    About,
    NoticeDispatched,
    NoticeObjected,
    NoticeObjectionLifted,
    NoticeOrdered,
    NoticePrepared,
    NoticeReceiptRevoked,
    NoticeReceived,
    NoticeSentAgain,
)
from services.notifications.facts.release import (
    AwardEnded,
    Exemption,
    LetterReleaseOrdered,
    LetterReleaseStopped,
    Waived,
    WaiverConfirmed,
    WaiverRejected,
)
from services.notifications.webhook.events import EndpointConsented, EndpointRegistered, Sealed, Subscription, Wanted
from tests.notifications.gate_mutants import (
    AN_INSTANT,
    DOCUMENT,
    FIRST,
    OPENS,
    A,
    B,
    Mutant,
    Swap,
    arrived,
    by_case,
    leaves,
    refused_with,
    sent,
    told,
    waived,
)
from tests.notifications.raw_facts import append, as_told, before_the_bytes_were_kept, holding
from tests.notifications.world import (
    FREE,
    LETTER_SHA256,
    POLICY,
    KeptWorld,
    bound_to,
    days,
    decided,
    exemption_by,
    held,
    line,
    notice,
    policy,
    released,
)

N = notice("0")
OTHER = "ab" * 32
ENDPOINT = UUID(int=5)
MESSAGES: LiteralString = """
    SELECT n.number, n.hash, jsonb_build_array(n.number, x.id, x.type,
        floor(extract(epoch FROM x.occurred_at) * 1000000)::bigint, x.subject, x.data)::text
    FROM notifications.message_number n JOIN notifications.message x ON x.id = n.id ORDER BY n.number
"""


def refuses(world: KeptWorld, stream: str, *events: Any) -> str:
    """What the database says to these facts: the code it refuses them with, or `recorded`."""
    return refused_with(partial(world.record, stream, *events))


def manifest_of(world: KeptWorld) -> str:
    says = world.held(A).manifest_sha256
    assert says is not None
    return says


def ordered(**policy: Any) -> NoticeOrdered:
    return NoticeOrdered(
        channel="file-outbox", policy=replace(POLICY, **policy), document_sha256=DOCUMENT, ordered_by="ingrid"
    )


def prepared(world: KeptWorld) -> NoticePrepared:
    about = About(kind="letter", id="x")
    lines = (line("a", manifest_of(world)),)
    return NoticePrepared(about=about, lines=lines, planned_on=None, renews=None, prepared_by="kari")


def lifted(objection: int, world: KeptWorld, ago: timedelta = timedelta()) -> NoticeObjectionLifted:
    return NoticeObjectionLifted(objection=objection, reason="x", lifted_by="dep", said_at=world.now - ago)


def objected(objection: int, *items: str) -> NoticeObjected:
    return NoticeObjected(objection=objection, items=items, text="Vent.", objected_by="dep")


# --- orders and waivers


def an_order_is_of_the_letter_as_it_is_held(world: KeptWorld) -> None:
    assert refuses(world, A, LetterReleaseOrdered(manifest_sha256=OTHER, ordered_by="ola")) == "letter-outdated"


def a_stopped_order_is_none(world: KeptWorld) -> None:
    world.record(A, LetterReleaseOrdered(manifest_sha256=manifest_of(world), ordered_by="ola"))
    world.record(A, LetterReleaseStopped(reason="x", stopped_by="ola"))
    assert world.owner.execute("SELECT ordered FROM notifications.item").fetchall() == [(False,)]


def a_waiver_is_confirmed_as_it_was_recorded(world: KeptWorld) -> None:
    says = manifest_of(world)
    waived(world, says=says, confirmed=False)
    for manifest, document in ((OTHER, DOCUMENT), (says, OTHER)):
        confirmed = WaiverConfirmed(manifest_sha256=manifest, document_sha256=document, confirmed_by="ola")
        assert refuses(world, A, confirmed) == "waiver-unfounded"


def a_rejected_waiver_is_not_confirmed(world: KeptWorld) -> None:
    says = manifest_of(world)
    waived(world, says=says, confirmed=False)
    world.record(A, WaiverRejected(reason="x", rejected_by="liv"))
    confirmed = WaiverConfirmed(manifest_sha256=says, document_sha256=DOCUMENT, confirmed_by="ola")
    assert refuses(world, A, confirmed) == "waiver-unfounded"


def a_confirmed_waiver_is_not_rejected_with_the_next(world: KeptWorld) -> None:
    says = manifest_of(world)
    waived(world, says=says)
    waived(world, says=says, confirmed=False)
    world.record(A, WaiverRejected(reason="x", rejected_by="liv"))
    assert leaves(world, Waived(document_sha256=DOCUMENT)) == "waiver"


# --- notices


def a_notice_is_ordered_once(world: KeptWorld) -> None:
    told(world)
    assert refuses(world, N, ordered()) == "already-ordered"


def a_notice_counts_as_the_rule_in_force_says(world: KeptWorld) -> None:
    world.record(N, prepared(world))
    assert refuses(world, N, ordered(days=1)) == "policy-differs"


def with_another_rule(world: KeptWorld, valid_from: str) -> None:
    """The rule of 21 days, from a day on."""
    changed = json.dumps({"version": "other", "days": 21, "valid_from": valid_from})
    world.owner.execute(
        "INSERT INTO notifications.policy SELECT (jsonb_populate_record(p, %s)).* FROM notifications.policy p",
        (changed,),
    )


def the_last_rule_that_has_begun_is_in_force(world: KeptWorld) -> None:
    with_another_rule(world, "2020-02-01")
    world.record(N, prepared(world))
    assert refuses(world, N, ordered()) == "policy-differs"


def a_rule_that_has_not_begun_is_not(world: KeptWorld) -> None:
    with_another_rule(world, "2020-06-01")
    world.record(N, prepared(world))
    assert refuses(world, N, ordered()) == "recorded"


def what_was_never_sent_is_not_received(world: KeptWorld) -> None:
    world.record(N, prepared(world), ordered())
    assert refused_with(partial(arrived, world)) == "not-the-last-sending"


def a_receipt_is_not_of_tomorrow(world: KeptWorld) -> None:
    told(world, received=False)
    assert refused_with(partial(arrived, world, ago=-timedelta(minutes=1) - AN_INSTANT)) == "received-in-the-future"


def a_recorded_receipt_takes_two_people(world: KeptWorld) -> None:
    told(world, received=False)
    said: dict[str, Any] = {"dispatch": 1, "received_at": world.now, "evidence": "x", "evidence_sha256": None}
    one = NoticeReceived(**said, told_by="kari ", proposed_by="KARI")
    assert refuses(world, N, one) == "same-person-twice"


def a_revoked_receipt_lets_nothing_out(world: KeptWorld) -> None:
    told(world)
    world.record(N, NoticeReceiptRevoked(reason="x", revoked_by="kari"))
    world.now = OPENS
    assert leaves(world) == "notice-missing"


def a_notice_that_is_sent_again_is_received_again(world: KeptWorld) -> None:
    told(world)
    world.record(N, NoticeSentAgain(reason="x", asked_by="kari"))
    world.now = OPENS
    assert leaves(world) == "notice-missing"


def another_sending_has_a_receipt_of_its_own(world: KeptWorld) -> None:
    told(world)
    sent(world, dispatch=2)
    world.now = OPENS
    assert leaves(world) == "notice-missing"


def a_sending_is_not_dated_back(world: KeptWorld) -> None:
    told(world, received=False)
    world.now += days(2)
    early = world.now - days(1)
    world.record(N, NoticeDispatched(dispatch=2, channel="file-outbox", reference="x", said_at=early))
    assert refused_with(partial(arrived, world, dispatch=2, ago=timedelta(hours=1))) == "received-before-sent"


def an_objection_to_another_stops_nothing(world: KeptWorld) -> None:
    told(world)
    world.record(N, objected(1, B))
    world.now = OPENS
    assert leaves(world) == "notice"


def an_objection_to_all_stops_each(world: KeptWorld) -> None:
    told(world)
    world.record(N, objected(1))
    world.now = OPENS
    assert leaves(world) == "notice-objected"


def an_objection_is_not_lifted_with_another(world: KeptWorld) -> None:
    told(world)
    world.record(N, objected(1), objected(2), lifted(1, world))
    world.now = OPENS + days(1)
    assert leaves(world) == "notice-objected"


def an_objection_is_not_lifted_earlier_than_it_is_recorded(world: KeptWorld) -> None:
    told(world)
    world.record(N, objected(1))
    world.now += days(5)
    world.record(N, lifted(1, world, days(5)))
    world.now = OPENS + days(5) - AN_INSTANT
    assert leaves(world) == "notice-too-young"


# --- what is held, and what leaves


def what_is_ended_does_not_leave(world: KeptWorld) -> None:
    told(world)
    world.record(A, AwardEnded(change="annulled", version=9))
    world.now = OPENS
    assert leaves(world) == "letter-outdated"


def nothing_is_held_anew_that_is_let_out(world: KeptWorld) -> None:
    told(world)
    world.now = OPENS
    assert leaves(world) == "notice"
    assert refuses(world, A, held("a", amount_ore=300)) == "already-released"


def a_letter_leaves_when_its_days_are_over(world: KeptWorld) -> None:
    told(world)
    world.now = OPENS
    assert leaves(world) == "notice"


def what_leaves_is_what_is_held(world: KeptWorld) -> None:
    told(world)
    world.now = OPENS
    fact = released(held("a"), FIRST, world.now)
    assert refuses(world, A, replace(fact, manifest_sha256=OTHER)) == "letter-outdated"
    assert refuses(world, A, replace(fact, letter_sha256=OTHER)) == "letter-outdated"


def of_two_files(world: KeptWorld, letter_sha256: str) -> str:
    """A letter held under the version before, whose manifest names another file first."""
    it = bound_to(held("a"), files=(OTHER, LETTER_SHA256))
    fact = as_told(it, manifest_sha256=it.manifest_sha256)
    with before_the_bytes_were_kept(world):
        return refuses(world, A, replace(fact, letter_sha256=letter_sha256))


def the_first_file_is_the_letter(world: KeptWorld) -> None:
    assert of_two_files(world, LETTER_SHA256) == "recorded"
    told(world)
    world.now = OPENS
    assert leaves(world) == "manifest-differs"


def a_letter_is_among_its_manifests_files(world: KeptWorld) -> None:
    assert of_two_files(world, "cd" * 32) == "manifest-differs"


def what_was_held_before_is_written_anew_in_its_one_spelling(world: KeptWorld) -> None:
    it = held("a")
    with before_the_bytes_were_kept(world):
        world.record(A, as_told(it, manifest_sha256=it.manifest_sha256))
    told(world)
    world.now = OPENS
    assert leaves(world) == "notice"


def holds(world: KeptWorld, *, without: str = "", **other: Any) -> str:
    """What becomes of a letter with these members of its manifest, or `without` one, in its one spelling."""
    it = held("a")
    says = {name: value for name, value in json.loads(it.manifest_json).items() if name != without} | other
    text = json.dumps(says, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    return refused_with(partial(append, world, A, it.TOPIC, holding(it, manifest_json=text)))


def a_manifest_says_who_gets_how_much_of_which_file(world: KeptWorld) -> None:
    assert holds(world) == "recorded"
    for lacking in ("recipient_number", "scheme_id", "files", "amount_ore"):
        assert holds(world, without=lacking) == "manifest-differs", lacking
    assert holds(world, amount_ore="100") == "manifest-differs"
    assert holds(world, files=["AB" * 32]) == "manifest-differs"


def a_number_has_one_spelling(world: KeptWorld) -> None:
    assert holds(world, amount_ore=100.0) == "manifest-not-canonical"


def no_number_is_one_that_others_round(world: KeptWorld) -> None:
    assert holds(world, amount_ore=2**53) == "manifest-not-canonical"


def a_name_is_of_letters_that_all_order_alike(world: KeptWorld) -> None:
    assert holds(world, ærlig=1) == "manifest-not-canonical"


def claims(world: KeptWorld, **other: Any) -> str:
    """What becomes of a letter that claims another exemption than was confirmed."""
    world.record(f"scheme-{FREE}", policy())
    claim: Exemption = replace(exemption_by(policy()), **other)
    return refuses(world, B, decided(), replace(held("b", exemption=exemption_by(policy())), exemption=claim))


def an_exemption_is_of_the_very_policy(world: KeptWorld) -> None:
    assert claims(world, source="x") == "exemption-unfounded"


def an_exemption_is_of_the_policys_version(world: KeptWorld) -> None:
    assert claims(world, scheme_version=9) == "exemption-unfounded"


def an_exemption_is_of_the_instant_it_was_confirmed(world: KeptWorld) -> None:
    assert claims(world, confirmed_at=world.now) == "exemption-unfounded"


def an_exemption_is_of_its_own_scheme(world: KeptWorld) -> None:
    assert claims(world, scheme_id="x") == "exemption-unfounded"


def a_policy_stands_on_its_own_scheme(world: KeptWorld) -> None:
    assert refuses(world, "scheme-other", policy()) == "same-person-twice"


def a_policy_has_an_author(world: KeptWorld) -> None:
    assert refuses(world, f"scheme-{FREE}", replace(policy(), written_by=())) == "same-person-twice"


def a_file_is_named_by_its_bytes(world: KeptWorld) -> None:
    content = b"%PDF-1.7 et annet brev"
    asked = "INSERT INTO notifications.letter_file (sha256, content) VALUES (%s, %s) RETURNING sha256"
    [(named,)] = world.owner.execute(asked, (bytes.fromhex(OTHER), content)).fetchall()
    assert bytes(named) == hashlib.sha256(content).digest()


# --- what is told outside


def no_fact_of_an_endpoint_is_passed_over(world: KeptWorld) -> None:
    told_of = partial(append, world, f"endpoint-{ENDPOINT}", "endpoint.unknown.v1", b"{}")
    assert refused_with(told_of) == "endpoint-fact-unknown"


def who_consented_elsewhere_has_not_consented_here(world: KeptWorld) -> None:
    wants = Subscription(
        url="https://a.example.no/hook",
        types=("*",),
        wanted=Wanted(),
        ordered=False,
        rate_per_second=1,
        contract=1,
        description="",
        pulled_by=None,
    )
    secret = Sealed(id=UUID(int=6), sha256="ab" * 32, public_key="whpk_1")
    stream = f"endpoint-{ENDPOINT}"
    world.record(stream, EndpointRegistered(subscription=wants, secret=secret, registered_by="liv"))
    elsewhere = EndpointConsented(url="https://b.example.no/hook", challenge_id=UUID(int=7), answered_at=world.now)
    world.record(stream, elsewhere)
    assert world.owner.execute("SELECT consented, numbered FROM notifications.endpoint").fetchall() == [(False, False)]


def each_message_is_chained_to_the_one_before_it(world: KeptWorld) -> None:
    put = "SELECT notifications.put_message(%s, 'test.said', now(), '{}', %s, now())"
    for number in (1, 2):
        world.owner.execute(put, (UUID(int=number), json.dumps({"number": number})))
        world.owner.execute("SELECT notifications.hand_on_messages(1)")
    stands = b""
    for _, hashed, said in (found := world.owner.execute(MESSAGES).fetchall()):
        stands = hashlib.sha256(stands + hashlib.sha256(said.encode()).digest()).digest()
        assert bytes(hashed) == stands
    assert len(found) >= 2


Case = Callable[[Any], None]
CONFIRMED = "confirmed_by IS NULL AND manifest_sha256 = decode(d ->> 'manifest_sha256', 'hex')"
SWAPS: dict[Case, list[Swap]] = {
    an_order_is_of_the_letter_as_it_is_held: [
        (
            "ordered whatever is held",
            "tell_gate",
            "WHERE item = which AND manifest_sha256 = decode(d ->> 'manifest_sha256', 'hex');",
            "WHERE item = which;",
        ),
        (
            "nothing ordered, and taken",
            "tell_gate",
            "PERFORM notifications.refuse_unless(FOUND, 'letter-outdated', which);",
            "",
        ),
    ],
    a_stopped_order_is_none: [
        ("ordered still", "tell_gate", "SET ordered = false WHERE", "SET ordered = ordered WHERE"),
    ],
    a_waiver_is_confirmed_as_it_was_recorded: [
        ("a waiver of another letter", "tell_gate", CONFIRMED, "confirmed_by IS NULL"),
        (
            "a waiver on another document",
            "tell_gate",
            "AND document_sha256 = decode(d ->> 'document_sha256', 'hex');",
            ";",
        ),
        (
            "a waiver that nobody recorded",
            "tell_gate",
            "PERFORM notifications.refuse_unless(FOUND, 'waiver-unfounded', which);",
            "",
        ),
    ],
    a_rejected_waiver_is_not_confirmed: [
        (
            "rejected in word alone",
            "tell_gate",
            "DELETE FROM notifications.waiver WHERE item = which AND confirmed_by IS NULL;",
            "NULL;",
        ),
    ],
    a_confirmed_waiver_is_not_rejected_with_the_next: [
        (
            "all waivers rejected",
            "tell_gate",
            "DELETE FROM notifications.waiver WHERE item = which AND confirmed_by IS NULL;",
            "DELETE FROM notifications.waiver WHERE item = which;",
        ),
    ],
    a_notice_is_ordered_once: [
        (
            "ordered twice",
            "tell_gate",
            "WHERE notice = which AND ordered_position IS NULL;",
            "WHERE notice = which;",
        ),
    ],
    a_notice_counts_as_the_rule_in_force_says: [
        ("whatever it counts", "check_policy", "to_jsonb(known) - 'valid_from' = asked", "true"),
        ("asked of no notice", "tell_gate", "PERFORM notifications.check_policy(d -> 'policy');", ""),
    ],
    the_last_rule_that_has_begun_is_in_force: [
        ("the first rule for ever", "check_policy", "ORDER BY p.valid_from DESC", "ORDER BY p.valid_from"),
    ],
    a_rule_that_has_not_begun_is_not: [
        ("a rule to come", "check_policy", "p.valid_from <= (", "p.valid_from IS NOT NULL OR p.valid_from <= ("),
    ],
    what_was_never_sent_is_not_received: [
        ("nothing known lets through", "refuse_unless", "holds IS NOT TRUE", "holds IS FALSE"),
    ],
    a_receipt_is_not_of_tomorrow: [
        ("of tomorrow", "receive", "at <= notifications.log_clock() + interval '60 seconds'", "true"),
    ],
    a_recorded_receipt_takes_two_people: [
        (
            "a receipt by one",
            "receive",
            "notifications.folded(d ->> 'proposed_by') IS DISTINCT FROM notifications.folded(d ->> 'told_by')",
            "true",
        ),
        (
            "a receipt in two spellings",
            "receive",
            "notifications.folded(d ->> 'proposed_by') IS DISTINCT FROM notifications.folded(d ->> 'told_by')",
            "d ->> 'proposed_by' IS DISTINCT FROM d ->> 'told_by'",
        ),
    ],
    a_revoked_receipt_lets_nothing_out: [
        (
            "revoked in word alone",
            "tell_gate",
            "UPDATE notifications.notice SET received_at = NULL WHERE notice = which;",
            "NULL;",
        ),
    ],
    a_notice_that_is_sent_again_is_received_again: [
        (
            "sent again, received before",
            "tell_gate",
            "SET dispatch = NULL, dispatched_at = NULL, received_at = NULL",
            "SET dispatch = NULL, dispatched_at = NULL",
        ),
    ],
    another_sending_has_a_receipt_of_its_own: [
        (
            "the receipt of the sending before",
            "tell_gate",
            "SET dispatch = (d ->> 'dispatch')::integer, received_at = NULL,",
            "SET dispatch = (d ->> 'dispatch')::integer,",
        ),
    ],
    a_sending_is_not_dated_back: [
        (
            "sent when it says",
            "tell_gate",
            "dispatched_at = greatest(now_at, (d ->> 'said_at')::timestamptz)",
            "dispatched_at = (d ->> 'said_at')::timestamptz",
        ),
    ],
    an_objection_to_another_stops_nothing: [
        ("an objection to all", "tell_gate", "(d -> 'items' = '[]' OR d -> 'items' ? l.item)", "true"),
    ],
    an_objection_to_all_stops_each: [
        ("an objection to none", "tell_gate", "d -> 'items' = '[]' OR ", ""),
    ],
    an_objection_is_not_lifted_with_another: [
        (
            "lifted with another",
            "tell_gate",
            "AND objection = (d ->> 'objection')::integer AND lifted_at IS NULL",
            "AND lifted_at IS NULL",
        ),
    ],
    an_objection_is_not_lifted_earlier_than_it_is_recorded: [
        (
            "lifted when it says",
            "tell_gate",
            "SET lifted_at = greatest(now_at, (d ->> 'said_at')::timestamptz)",
            "SET lifted_at = (d ->> 'said_at')::timestamptz",
        ),
    ],
    what_is_ended_does_not_leave: [
        ("ended, and held still", "tell_gate", "SET ended = true", "SET ended = ended"),
        ("ended, and it may leave", "standing", "IF held.ended THEN", "IF false THEN"),
    ],
    nothing_is_held_anew_that_is_let_out: [
        (
            "held in place of what is out",
            "hold",
            "NOT EXISTS (SELECT FROM notifications.item i WHERE i.item = which AND i.released)",
            "true",
        ),
        ("out, and held still", "tell_gate", "SET released = true", "SET released = released"),
    ],
    a_letter_leaves_when_its_days_are_over: [
        ("no bytes of what is held", "manifest_at", "ELSE d ->> 'manifest_json' END", "ELSE NULL END"),
    ],
    what_leaves_is_what_is_held: [
        (
            "another manifest",
            "decide_release",
            "NEW.manifest_sha256 IS DISTINCT FROM held.manifest_sha256",
            "false",
        ),
        ("another letter", "decide_release", "OR NEW.letter_sha256 IS DISTINCT FROM held.letter_sha256", ""),
    ],
    the_first_file_is_the_letter: [
        (
            "any of its files",
            "bind_release",
            "OR bytes::jsonb #>> '{files,0}' IS DISTINCT FROM encode(NEW.letter_sha256, 'hex')",
            "",
        ),
    ],
    a_letter_is_among_its_manifests_files: [
        ("a file that is not its own", "hold", "d #> '{manifest,files}' ? (d ->> 'letter_sha256')", "true"),
    ],
    what_was_held_before_is_written_anew_in_its_one_spelling: [
        (
            "as PostgreSQL spells it",
            "manifest_at",
            "WHEN 'letter.held.v1' THEN notifications.canonical(d -> 'manifest')",
            "WHEN 'letter.held.v1' THEN (d -> 'manifest')::text",
        ),
    ],
    a_manifest_says_who_gets_how_much_of_which_file: [
        ("to nobody", "bound", "AND told ? 'recipient_number'", ""),
        ("of no scheme", "bound", "AND told ? 'scheme_id'", ""),
        ("any amount", "bound", "jsonb_typeof(told -> 'amount_ore') = 'number'", "true"),
        ("any file", "bound", "told #>> '{files,0}' ~ '^[0-9a-f]{64}$'", "true"),
    ],
    a_number_has_one_spelling: [("any number", "canonical", "written ~ '^-?[0-9]{1,16}$' AND", "")],
    no_number_is_one_that_others_round: [
        ("a rounded number", "canonical", "AND abs(written::numeric) < 9007199254740992", ""),
    ],
    a_name_is_of_letters_that_all_order_alike: [("any name", "canonical", "k !~ '^[ -~]*$'", "false")],
    an_exemption_is_of_the_very_policy: [
        ("any source", "hold", "AND policy.source = exempt ->> 'source'", ""),
    ],
    an_exemption_is_of_the_policys_version: [
        ("any version", "hold", "AND policy.version = (exempt ->> 'scheme_version')::integer", ""),
    ],
    an_exemption_is_of_the_instant_it_was_confirmed: [
        (
            "confirmed whenever",
            "hold",
            "AND policy.confirmed_at IS NOT DISTINCT FROM (exempt ->> 'confirmed_at')::timestamptz",
            "",
        ),
    ],
    an_exemption_is_of_its_own_scheme: [
        ("any scheme", "hold", "AND policy.scheme_id = exempt ->> 'scheme_id'", ""),
    ],
    a_policy_stands_on_its_own_scheme: [
        ("a policy told of another", "tell_policies", "which = 'scheme-' || (d ->> 'scheme_id') AND", ""),
    ],
    a_policy_has_an_author: [
        ("a policy by nobody", "tell_policies", "AND jsonb_array_length(d -> 'written_by') > 0", ""),
    ],
    a_file_is_named_by_its_bytes: [
        (
            "named as it says",
            "name_file",
            "NEW.sha256 := sha256(NEW.content)",
            "NEW.sha256 := coalesce(NEW.sha256, sha256(NEW.content))",
        ),
    ],
    no_fact_of_an_endpoint_is_passed_over: [
        ("passed over", "tell_endpoint", "RAISE EXCEPTION 'endpoint-fact", "RAISE NOTICE 'endpoint-fact"),
    ],
    who_consented_elsewhere_has_not_consented_here: [
        ("consent of anybody", "tell_endpoint", "consented = (url = d ->> 'url')", "consented = true"),
        ("numbered for anybody", "tell_endpoint", "numbered OR url = d ->> 'url'", "true"),
    ],
    each_message_is_chained_to_the_one_before_it: [
        ("each message by itself", "chain_messages", "sha256(stands || sha256(", "sha256('' || sha256("),
    ],
}
MUTANTS: list[Mutant] = by_case(SWAPS)
