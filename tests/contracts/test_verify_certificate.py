"""The offline verifier judges a release whole: each way in which it was not lawful is named, each lawful way holds."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.eventlog.checkpoints.chain import microseconds
from tests.contracts.verify_certificate import (
    BOUND,
    CASE,
    FIRST,
    ITEM,
    LETTER,
    LINES,
    MANIFEST,
    OPENS,
    SCRIPT,
    SECOND,
    SENT,
    TEXT,
    Story,
    begun,
    let_out,
    verify,
)

EXEMPTION = {
    "scheme_id": "ordning", "scheme_version": 2, "source": "Brev", "valid_from": "2027-01-01",
    "confirmed_at": "2027-01-02T00:00:00Z",
}  # fmt: skip
POLICY: dict[str, Any] = {
    "scheme_id": "ordning", "version": 2, "rule": "exempt", "source": "Brev", "valid_from": "2027-01-01",
    "document_sha256": LETTER, "written_by": ["kari"], "confirmed_by": "ingrid", "confirmed_at": "2027-01-02T00:00:00Z",
}  # fmt: skip


WAIVED = {"ground": {"kind": "waiver", "document_sha256": LETTER}}
EXEMPTED = {"ground": {"kind": "scheme-policy", "source": "Brev"}}
ON_SECOND = {"ground": {"kind": "notice", "notice_id": "2", "opened_at": str(OPENS)}}
ON_FIRST = {"kind": "notice", "notice_id": "1"}
LATER = SENT + timedelta(days=3)
LIFTED = SENT + timedelta(days=5)
AFTER_LIFTING = datetime(2027, 6, 20, 22, tzinfo=UTC)


def exempted(**policy: Any) -> Story:
    story = Story().add("scheme-ordning", "scheme.notice-policy-heard.v2", **POLICY | policy)
    story.add(ITEM, "letter.decision-heard.v1", version=3, decided_at="2027-02-01T00:00:00Z")
    return story.hold(exemption=EXEMPTION)


def permitted() -> Story:
    """Let out, and begun by a permit."""
    return begun(let_out())


def sent_again() -> Story:
    """Sent, lost on its way, and asked for once more."""
    sent = permitted().add(ITEM, "letter.dispatched.v1", attempt=1)
    return sent.add(ITEM, "letter.dispatch-failed.v1", attempt=1).add(ITEM, "letter.sent-again.v1", reason="")


HEARD: dict[str, Any] = {
    name: MANIFEST[name]
    for name in ("recipient_name", "recipient_number", "amount_ore", "plan", "terms", "scheme_id", "fund_id", "form")
}
FILE: dict[str, Any] = {
    "decision_version": 3,
    "sha256": LETTER,
    "size_bytes": 1,
    "template": "grant-letter/2",
    "dated_on": "2027-05-01",
}


def heard(award: Mapping[str, Any] | None = None, file: Mapping[str, Any] | None = None) -> Story:
    """Held after grants told of this award and this file."""
    told: dict[str, Any] = {"version": 3, "round_id": None} | HEARD | dict(award or {})
    story = Story().add(ITEM, "letter.award-heard.v1", **told)
    return story.add(ITEM, "letter.file-heard.v1", **FILE | dict(file or {})).hold().told().release()


OTHERWISE: dict[str, Any] = {
    "recipient_name": "En annen", "recipient_number": "999999999", "amount_ore": 900, "terms": ["Rapport."],
    "plan": [{"number": 1, "amount_ore": 900}], "scheme_id": "en annen", "fund_id": "2020/291/60", "form": "nn",
}  # fmt: skip
OF_FILE: dict[str, Any] = {
    "sha256": "cd" * 32, "template": "grant-letter/1", "dated_on": "2027-05-02", "decision_version": 4,
}  # fmt: skip
OTHER_FILE = "the manifest says otherwise than grants was heard to"
HANDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("it proposed the award", "letter.award-heard.v1", {"version": 3, "proposed_by": "departementet"} | HEARD),
    ("it froze the letter", "letter.file-heard.v1", FILE | {"frozen_by": "DEPARTEMENTET"}),
    ("it approved it", "letter.decision-heard.v1", {"version": 3, "decided_at": None, "decided_by": "departementet"}),
    ("it proposed a change", "letter.change-heard.v1", {"version": 3, "proposed_by": "departementet"}),
    ("it ordered it out", "letter.release-ordered.v1", {"manifest_sha256": BOUND, "ordered_by": "departementet"}),
)


def told_as(name: str, value: Any) -> Callable[[], Story]:
    """Let out on a notice that told the ministry so."""
    return lambda: Story().hold().prepare(lines=[{**LINES[0], name: value}]).order().send().receive().release()


def with_hand(topic: str, told: dict[str, Any]) -> Callable[[], Story]:
    """Let out on the word of whoever did this."""
    return lambda: Story().add(ITEM, topic, **told).hold().told().release()


LONG_AFTER = SENT + timedelta(days=100)
CLOSED_AGAIN: dict[str, tuple[Callable[[], Story], str]] = {
    "an objection": (lambda: begun(let_out().object()), "objection 1 of notice-1 was open"),
    "an objection lifted since": (lambda: begun(let_out().object().lift(OPENS)), "before 2027"),
    "a receipt revoked": (
        lambda: begun(let_out().add(FIRST, "notice.receipt-revoked.v1", reason="", revoked_by="kari")),
        "its receipt was revoked",
    ),
    "the notice withdrawn": (
        lambda: begun(let_out().add(FIRST, "notice.withdrawn.v1", reason="", withdrawn_by="kari")),
        "the notice was withdrawn",
    ),
    "another notice": (lambda: begun(let_out().told(SECOND, OPENS)), "before 2027"),
    "time": (lambda: begun(let_out(), at=LONG_AFTER), "when the notice was stale"),
    "an award changed": (
        lambda: begun(let_out().add(ITEM, "letter.award-ended.v1", change="reduced", version=4)),
        "the award was ended or made otherwise since it was released",
    ),
    "an objection, after it left": (
        lambda: begun(sent_again().object(), attempt=2),
        "objection 1 of notice-1 was open",
    ),
}
"""What closed the gate between the release and the try, and what is then wrong."""


OUTCOMES = ("dispatched", "dispatch-unknown", "dispatch-failed", "delivered")


def never_begun(told: str) -> tuple[Callable[[], Story], str]:
    """What is told of a second try, when one was begun; and what is wrong with it."""
    wrong = f"position 8: letter.{told} tells of a try that nobody began"
    return lambda: permitted().add(ITEM, f"letter.{told}.v1", attempt=2), wrong


LAWFUL: dict[str, Callable[[], Story]] = {
    "permitted, sent and arrived": lambda: (
        permitted().add(ITEM, "letter.dispatched.v1", attempt=1).add(ITEM, "letter.delivered.v1", attempt=1)
    ),
    "after fourteen days": let_out,
    "held as grants told of it": heard,
    "sent once more on a notice that is stale by then": lambda: begun(sent_again(), attempt=2, at=LONG_AFTER),
    "waived since, and its notice withdrawn": lambda: begun(
        let_out().waive().add(FIRST, "notice.withdrawn.v1", reason="", withdrawn_by="kari")
    ),
    "a receipt that two people recorded": lambda: (
        Story().hold().prepare().order().send().claim().receive(told_by="ingrid", proposed_by="kari").release()
    ),
    "objected on the first notice, renewed by a second, lifted later": lambda: (
        Story()
        .hold()
        .told()
        .object()
        .told(SECOND, LATER)
        .lift(LIFTED)
        .release(AFTER_LIFTING, ground=ON_SECOND["ground"] | {"opened_at": str(AFTER_LIFTING)})
    ),
    "another letter was objected to": lambda: Story().hold().told().object(items=["letter-another"]).release(),
    "sent again, and that was received": lambda: (
        Story()
        .hold()
        .told(at=SENT - timedelta(days=1))
        .add(FIRST, "notice.sent-again.v1", reason="", asked_by="kari")
        .send(dispatch=2)
        .receive(dispatch=2)
        .release()
    ),
    "waived by two": lambda: Story().hold().waive().release(None, **WAIVED),
    "exempt by a policy of two": lambda: exempted().release(None, **EXEMPTED),
    "released anew after the first release was ended": lambda: (
        Story()
        .hold()
        .told()
        .release()
        .add(ITEM, "letter.release-ended.v1", letter_sha256=LETTER, code="case-changed", reason="")
        .release(OPENS + timedelta(days=1))
    ),
}
UNLAWFUL: dict[str, tuple[Callable[[], Story], str]] = {
    "no notice at all": (lambda: Story().hold().release(), "no notice of it was ordered"),
    "a notice never received": (
        lambda: Story().hold().prepare().order().send().release(),
        "not sent and received",
    ),
    "a receipt that was revoked": (
        lambda: Story().hold().told().add(FIRST, "notice.receipt-revoked.v1", reason="").release(),
        "its receipt was revoked",
    ),
    "a receipt of an earlier sending": (
        lambda: Story().hold().prepare().order().send(dispatch=2).receive(dispatch=1).release(),
        "not of the last sending",
    ),
    "a receipt dated before the sending": (
        lambda: Story().hold().prepare().order().send(at=LATER).receive(at=SENT).release(),
        "before the sending",
    ),
    "an open objection": (lambda: Story().hold().told().object().release(), "objection 1 of notice-1 was open"),
    "an objection on an earlier notice": (
        lambda: Story().hold().told().object().told(SECOND, LATER).release(AFTER_LIFTING, **ON_SECOND),
        "objection 1 of notice-1 was open",
    ),
    "an open objection, though waived": (
        lambda: Story().hold().told().object().waive().release(None, **WAIVED),
        "was open",
    ),
    "a microsecond early": (
        lambda: Story().hold().told().release(OPENS - timedelta(microseconds=1)),
        f"before {OPENS.isoformat()}",
    ),
    "days that a lifting began anew": (
        lambda: Story().hold().told().object().lift(LIFTED).release(),
        f"before {AFTER_LIFTING.isoformat()}",
    ),
    "a notice of one day": (
        lambda: (
            Story().hold().prepare().order(days=1, min_hours=24).send().receive().release(SENT + timedelta(days=2))
        ),
        "the notice counted 1 days, and the ministry is given 14",
    ),
    "a stale notice": (lambda: Story().hold().told().release(SENT + timedelta(days=91)), "was stale since"),
    "a withdrawn notice": (
        lambda: Story().hold().told().add(FIRST, "notice.withdrawn.v1", reason="").release(),
        "the notice was withdrawn",
    ),
    "a later notice governs": (
        lambda: Story().hold().told().prepare(SECOND).order(SECOND).release(),
        "another notice than notice-2",
    ),
    "a notice of another letter": (
        lambda: (
            Story().hold().prepare(lines=[{**LINES[0], "manifest_sha256": "00"}]).order().send().receive().release()
        ),
        "told of another letter",
    ),
    **{
        f"the ministry was told of another: {name}": (
            told_as(name, value),
            f"{said}: the notice told the ministry otherwise than the manifest says",
        )
        for name, value, said in (
            ("title", "En annen", "recipient_name"),
            ("recipient_number", "123456785", "recipient_number"),
            ("amount_ore", 1, "amount_ore"),
        )
    },
    "a notice prepared otherwise after it was ordered": (
        lambda: (
            Story()
            .hold()
            .prepare(lines=[{**LINES[0], "manifest_sha256": "00"}])
            .order()
            .send()
            .receive()
            .prepare()
            .release()
        ),
        "told of another letter",
    ),
    "listed in a notice after it was ordered": (
        lambda: (
            Story()
            .hold()
            .prepare(lines=[{**LINES[0], "item": "letter-another"}])
            .order()
            .send()
            .receive()
            .prepare()
            .release()
        ),
        "told of another letter",
    ),
    "the directorate acknowledged its own notice": (
        lambda: Story().hold().prepare().order().send().receive(told_by="KARI").release(),
        "one person recorded the receipt",
    ),
    "one person, spelt twice, recorded the receipt": (
        lambda: (
            Story()
            .hold()
            .prepare()
            .order()
            .send()
            .claim(by="ingrid")
            .receive(told_by="Ｉｎｇｒｉｄ", proposed_by="ingrid")
            .release()
        ),
        "one person recorded the receipt",
    ),
    "a receipt confirmed by whoever had recorded the same before another did": (
        lambda: (
            Story()
            .hold()
            .prepare()
            .order()
            .send()
            .claim(by="ingrid")
            .claim(by="kari")
            .receive(told_by="ingrid", proposed_by="kari")
            .release()
        ),
        "one person recorded the receipt",
    ),
    "a receipt that nobody had recorded": (
        lambda: Story().hold().prepare().order().send().receive(told_by="liv", proposed_by="siri").release(),
        "one person recorded the receipt",
    ),
    "a receipt of another day than was recorded": (
        lambda: (
            Story().hold().prepare().order().send().claim(at=LATER).receive(told_by="liv", proposed_by="kari").release()
        ),
        "one person recorded the receipt",
    ),
    "annulled before": (
        lambda: Story().hold().told().add(ITEM, "letter.award-ended.v1", change="annulled", version=5).release(),
        "the award was ended",
    ),
    "released twice": (
        lambda: Story().hold().told().release().release(OPENS + timedelta(days=1)),
        "it had been released before",
    ),
    "bytes of another letter": (
        lambda: Story().hold(text=TEXT.replace('"amount_ore":100', '"amount_ore":900')).told().release(),
        "manifest_sha256: what was released is not what was held",
    ),
    "the manifest in another spelling": (
        lambda: Story().hold(text=TEXT.replace(":100", ": 100")).told().release(),
        "not in its one spelling",
    ),
    "another recipient": (
        lambda: Story().hold().told().release(recipient_number="123456785"),
        "recipient_number: it was released to another",
    ),
    **{
        f"the ministry's own word by whoever had a hand in it: {name}": (
            with_hand(topic, told),
            "departementet spoke for the ministry of it, and acted",
        )
        for name, topic, told in HANDS
    },
    "let out by whoever had acknowledged its notice": (
        lambda: Story().hold().told().release(released_by="Departementet "),
        "departementet spoke for the ministry of it, and acted",
    ),
    "let out by whoever had lifted the objection": (
        lambda: Story().hold().told().object().lift(LIFTED).release(AFTER_LIFTING, released_by="d"),
        "d spoke for the ministry of it, and acted",
    ),
    "an objection lifted by whoever ordered the notice": (
        lambda: (
            Story()
            .hold()
            .told()
            .object()
            .add(FIRST, "notice.objection-lifted.v1", LIFTED, objection=1, lifted_by="INGRID", said_at=LIFTED)
            .release(AFTER_LIFTING, ground=ON_FIRST | {"opened_at": str(AFTER_LIFTING)})
        ),
        "INGRID spoke for the ministry of it, and acted",
    ),
    "a waiver confirmed by whoever had objected for the ministry": (
        lambda: (
            Story().hold().told().object().lift(LIFTED).waive(confirmed_by="departementet").release(None, **WAIVED)
        ),
        "departementet spoke for the ministry of it, and acted",
    ),
    "had sent once more by whoever had acknowledged its notice": (
        lambda: begun(
            permitted()
            .add(ITEM, "letter.dispatched.v1", attempt=1)
            .add(ITEM, "letter.dispatch-failed.v1", attempt=1)
            .add(ITEM, "letter.sent-again.v1", reason="", asked_by="departementet"),
            attempt=2,
        ),
        "departementet spoke for the ministry of it, and acted",
    ),
    "clocks apart": (
        lambda: Story().hold().told().release(said_at=OPENS + timedelta(hours=1)),
        "the clocks disagreed",
    ),
    "a waiver that never was": (lambda: Story().hold().release(None, **WAIVED), "the waiver was not recorded"),
    "a waiver by one person": (
        lambda: Story().hold().waive(confirmed_by="ｋａｒｉ ").release(None, **WAIVED),
        "one person recorded the waiver",
    ),
    "a waiver confirmed by whoever wrote a part of it, put forward last by another": (
        lambda: Story().hold().claim_waiver("ingrid").waive().release(None, **WAIVED),
        "one person recorded the waiver and confirmed it, or wrote a part of it",
    ),
    "a waiver confirmed by whoever wrote some words of it": (
        lambda: (
            Story()
            .hold()
            .claim_waiver("ingrid", document="Brev av 3. mars", document_sha256="cd" * 32)
            .claim_waiver("siri", document="Brev av 3. april")
            .waive(document="Departementets brev av 3. april")
            .release(None, **WAIVED)
        ),
        "one person recorded the waiver and confirmed it, or wrote a part of it",
    ),
    "a waiver of another letter": (
        lambda: Story().hold().waive(bound="00").release(None, **WAIVED),
        "the waiver was of another letter",
    ),
    "no policy": (
        lambda: Story().hold(exemption=EXEMPTION).release(None, **EXEMPTED),
        "no policy confirmed before the award was approved",
    ),
    "a policy confirmed after the approval": (
        lambda: exempted(confirmed_at="2027-03-01T00:00:00Z").release(None, **EXEMPTED),
        "no policy confirmed before the award was approved",
    ),
    "a policy that one person wrote and confirmed": (
        lambda: exempted(confirmed_by="KARI").release(None, **EXEMPTED),
        "somebody confirmed a notice policy they had written",
    ),
    "a policy of one person, after two were needed": (
        lambda: Story().hold(exemption=EXEMPTION | {"confirmed_at": None}).release(None, **EXEMPTED),
        "it left on a policy of one person",
    ),
    "begun without grants' permit": (
        lambda: LAWFUL["after fourteen days"]().add(ITEM, "letter.sending-begun.v1", attempt=1, channel="smtp", key=""),
        "position 7: it began to leave without grants' permit",
    ),
    **{f"{told} of a try that nobody began": never_begun(told) for told in OUTCOMES},
    **{f"begun after {what}": case for what, case in CLOSED_AGAIN.items()},
    **{
        f"another {name} than grants told of": (partial(heard, {name: value}), f"{name}: the manifest says otherwise")
        for name, value in OTHERWISE.items()
    },
    **{
        f"{name} of another file than grants told of": (partial(heard, None, {name: value}), OTHER_FILE)
        for name, value in OF_FILE.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("way", LAWFUL)
def test_what_left_lawfully_holds(tmp_path: Path, way: str) -> None:
    code, said = verify(tmp_path, LAWFUL[way]().certificate())
    assert code == 0, said


@pytest.mark.parametrize("way", UNLAWFUL)
def test_what_did_not_is_named(tmp_path: Path, way: str) -> None:
    story, named = UNLAWFUL[way]
    code, said = verify(tmp_path, story().certificate())
    assert code == 1
    assert named in said


def test_nothing_is_released_on_a_ground_of_its_own(tmp_path: Path) -> None:
    told = LAWFUL["after fourteen days"]().certificate()
    data = json.loads(told["facts"][-1]["data"]) | {"ground": {"kind": "hurry"}}
    told["facts"][-1]["data"] = json.dumps(data)
    code, said = verify(tmp_path, told)
    assert code == 1
    assert "nothing is released on the ground 'hurry'" in said


def test_the_ministry_may_have_decided_on_other_days(tmp_path: Path) -> None:
    days = tmp_path / "days.json"
    days.write_text(json.dumps([{"valid_from": "2027-01-01", "days": 21}]))
    code, said = verify(tmp_path, LAWFUL["after fourteen days"]().certificate(), "--days", days)
    assert code == 1
    assert "before 2027-06-22T22:00:00+00:00" in said


def test_a_fact_left_out_is_missed(tmp_path: Path) -> None:
    story = LAWFUL["sent again, and that was received"]()
    told = story.certificate()
    told["facts"] = [fact for fact in told["facts"] if fact["topic"] != "notice.sent-again.v1"]
    code, said = verify(tmp_path, told)
    assert (code, "facts of notice-1 are left out" in said) == (1, True)


def test_with_an_export_nothing_can_be_left_out_at_the_end_and_nothing_added(tmp_path: Path) -> None:
    story = Story().hold().told().object().release()
    told = story.certificate()
    export = tmp_path / "export.jsonl"
    lines = [{"kind": "export", "format": "tilsagn-export-1"}, *story.facts]
    written = [json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for line in lines]
    export.write_text("\n".join(written) + "\n", encoding="utf-8")
    told["facts"] = [fact for fact in told["facts"] if fact["topic"] != "notice.objected.v1"]
    assert verify(tmp_path, told)[0] == 0  # and it says that what was left out at the end would not be missed
    assert "would not be missed" in verify(tmp_path, told)[1]
    code, said = verify(tmp_path, told, "--export", export)
    assert code == 1
    assert "position 6: a fact about it is left out" in said
    told["facts"][0]["data"] = told["facts"][0]["data"].replace("round_id", "round_ID")
    assert "position 1: the export has no such fact" in verify(tmp_path, told, "--export", export)[1]


GRANTS_SAYS: dict[str, tuple[dict[str, Any], str]] = {
    "the same": ({}, ""),
    "it at another hash": ({"hash": "bb"}, "grants said no such thing at its position 7"),
    "it at another position": ({"position": 8}, "grants said no such thing at its position 7"),
    "it of another case": ({"stream": "case-8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6"}, "it is of something else"),
    "another amount": ({"data": '{"amount_ore": 900, "fund_id": "2020/291/71"}'}, "amount_ore: grants says otherwise"),
    "something else": ({"topic": "award.annulled.v1"}, "it does not follow from award.annulled.v1"),
}


@pytest.mark.parametrize("name", GRANTS_SAYS)
def test_what_was_heard_from_grants_stands_in_grants_log_and_says_that(tmp_path: Path, name: str) -> None:
    told = LAWFUL["after fourteen days"]().certificate()
    told["facts"][0]["metadata"] = json.dumps({"heard": {"log": "grants", "position": 7, "hash": "aa"}})
    event = {"kind": "event", "position": 7, "hash": "aa", "stream": f"case-{CASE}", "version": 4, "recorded_at_us": 0}
    event |= {"topic": "award.approved.v1", "data": '{"amount_ore": 100, "fund_id": "2020/291/71"}'}
    other, fault = GRANTS_SAYS[name]
    export = tmp_path / "grants.jsonl"
    export.write_text("\n".join(json.dumps(line) for line in [{"kind": "export"}, event | other]))
    code, said = verify(tmp_path, told, "--grants-export", export)
    assert (code, fault in said) == (1 if fault else 0, True), said


CONFIRMED: dict[str, tuple[list[tuple[str, dict[str, Any]]], bool]] = {
    "by another": ([("registered", {"by": "kari"}), ("proposed", {"by": "anne"})], False),
    "by whoever proposed it": ([("registered", {"by": "kari"}), ("proposed", {"by": "INGRID"})], True),
    "by whoever registered it": ([("registered", {"by": "ingrid"}), ("proposed", {"by": "anne"})], True),
    "by whoever revised it so": (
        [("registered", {"by": "kari", "rule": "notice"}), ("revised", {"by": "ingrid"}), ("proposed", {"by": "anne"})],
        True,
    ),
    "by whoever wrote what was turned down and brought again": (
        [("registered", {"by": "kari", "rule": "notice"}), ("proposed", {"by": "ingrid"}), ("rejected", {}),
         ("proposed", {"by": "anne"})],
        True,
    ),
    "by whoever wrote another one": (
        [("registered", {"by": "kari"}), ("proposed", {"by": "ingrid", "document": "Notat", "section": "1"}),
         ("confirmed", {}), ("proposed", {"by": "anne"})],
        False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONFIRMED)
def test_who_wrote_a_notice_policy_is_told_by_grants_log_and_not_by_its_confirmation(tmp_path: Path, name: str) -> None:
    story = exempted(written_by=["liv"]).release(None, **EXEMPTED)
    told, (before, fault) = story.certificate(), CONFIRMED[name]
    heard = next(fact for fact in told["facts"] if fact["topic"] == "scheme.notice-policy-heard.v2")
    heard["metadata"] = json.dumps({"heard": {"log": "grants", "position": 90, "hash": "aa"}})

    def policy(**says: str) -> dict[str, Any]:
        source = {"document": says.get("document", "Brev"), "section": says.get("section", "")}
        other = says.get("document", "Brev") != "Brev"
        return {
            "rule": says.get("rule", "notice" if other else "exempt"), "source": source,
            "valid_from": "2026-01-01" if other else "2027-01-01", "document_sha256": "cd" * 32 if other else LETTER,
        }  # fmt: skip

    lines: list[dict[str, Any]] = []

    def add(what: str, data: dict[str, Any], position: int) -> None:
        topic = f"scheme.{what}.v1" if what in ("registered", "revised") else f"scheme.notice-policy-{what}.v1"
        event = {"kind": "event", "position": position, "hash": "aa", "stream": "scheme-ordning", "topic": topic}
        at = microseconds(datetime(2027, 1, 2, tzinfo=UTC))
        lines.append(event | {"version": position, "recorded_at_us": at, "data": json.dumps(data)})

    last = policy()
    for position, (what, says) in enumerate(before, 1):
        by = {"registered": "registered_by", "revised": "revised_by", "proposed": "proposed_by"}.get(what)
        last = policy(**{key: value for key, value in says.items() if key != "by"}) if by else last
        told_so = {"terms": {"notice": last}} if what in ("registered", "revised") else {"policy": last}
        add(what, told_so | ({by: says["by"]} if by else {"confirmed_by": "siri", "written_by": []}), position)
    add("confirmed", {"policy": policy(), "written_by": ["liv"], "confirmed_by": "ingrid"}, 90)
    export = tmp_path / "grants.jsonl"
    export.write_text("\n".join(json.dumps(line) for line in [{"kind": "export"}, *lines]))
    said = verify(tmp_path, told, "--grants-export", export)[1]
    assert ("somebody confirmed a notice policy they had written" in said) is fault, said
    assert "grants says otherwise at 90" not in said


PERMITTED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "as it was let out": ({}, {}, ""),
    "at another hash": ({"hash": "bb"}, {}, "grants gave no permit at its position 9"),
    "at another position": ({"position": 8}, {}, "grants gave no permit at its position 9"),
    "that is none": ({"topic": "permit.answered.v1"}, {}, "grants gave no permit at its position 9"),
    "of another case": ({"stream": "permit-8d9e0f1a"}, {}, "the permit is of another try or letter"),
    "of another try": ({}, {"attempt": 2}, "the permit is of another try or letter"),
    "of another letter": ({}, {"letter_sha256": "cd" * 32}, "the permit is of another try or letter"),
    "of another manifest": ({}, {"manifest_sha256": LETTER}, "the permit is of another manifest than was let out"),
}


@pytest.mark.parametrize("name", PERMITTED)
def test_each_try_was_permitted_by_grants_as_the_letter_was_let_out(tmp_path: Path, name: str) -> None:
    event, data, fault = PERMITTED[name]
    permit = {"position": 9, "hash": "aa", "attempt": 1, "letter_sha256": LETTER}
    story = LAWFUL["after fourteen days"]()
    told = story.add(ITEM, "letter.sending-begun.v2", attempt=1, channel="smtp", key="k", permit=permit).certificate()
    told["facts"][0]["metadata"] = json.dumps({"heard": {"log": "grants", "position": 7, "hash": "aa"}})
    given = {"attempt": 1, "letter_sha256": LETTER, "manifest_sha256": BOUND, "decision_version": 3} | data
    approved = {"stream": f"case-{CASE}", "topic": "award.approved.v1", "position": 7, "hash": "aa", "version": 4}
    approved |= {"data": json.dumps({"amount_ore": 100, "fund_id": "2020/291/71"})}
    granted = {"stream": f"permit-{CASE}", "topic": "permit.granted.v1", "position": 9, "hash": "aa", "version": 1}
    granted |= {"data": json.dumps(given)} | event
    lines = [{"kind": "event", "recorded_at_us": 0} | each for each in (approved, granted)]
    export = tmp_path / "grants.jsonl"
    export.write_text("\n".join(json.dumps(line) for line in [{"kind": "export"}, *lines]))
    code, said = verify(tmp_path, told, "--grants-export", export)
    assert (code, fault in said) == (1 if fault else 0, True), said


def test_what_only_grants_can_have_said_names_its_place(tmp_path: Path) -> None:
    told = LAWFUL["after fourteen days"]().certificate()
    export = tmp_path / "grants.jsonl"
    export.write_text(json.dumps({"kind": "export"}))
    code, said = verify(tmp_path, told, "--grants-export", export)
    assert (code, "position 1: it does not say where grants said it" in said) == (1, True)


@pytest.mark.parametrize(
    "written", ["", "{", "[]", "{}", '{"format": "tilsagn-certificate-1"}', "[" * 100_000, '"\\ud800"', "null", "1e400"]
)
def test_what_is_no_certificate_ends_with_one_sentence(tmp_path: Path, written: str) -> None:
    code, said = verify(tmp_path, written)
    assert code == 2
    assert said.startswith("It cannot be verified: ")
    assert said.count("\n") == 1


def test_a_file_that_is_not_there_ends_with_one_sentence(tmp_path: Path) -> None:
    told = LAWFUL["after fourteen days"]().certificate()
    for option in ("--letter", "--export", "--grants-export", "--days"):
        code, said = verify(tmp_path, told, option, tmp_path / "nowhere")
        assert (code, said.count("\n")) == (2, 1), said
    (tmp_path / "pdf").write_bytes(b"%PDF\xff\xfe")
    for option in ("--export", "--grants-export", "--days"):
        assert verify(tmp_path, told, option, tmp_path / "pdf")[0] == 2
    gone = subprocess.run([sys.executable, SCRIPT, tmp_path / "none.json"], capture_output=True, text=True, check=False)
    assert (gone.returncode, gone.stderr) == (2, "")
    assert verify(tmp_path, told, "--letter", tmp_path / "pdf")[0] == 1


@pytest.mark.parametrize("days", ["[]", "[-5]", '[{"valid_from": "2027-01-01", "days": -5}]', '[{"days": 14}]',
    '[{"valid_from": "x", "days": 14}]', '[{"valid_from": "2027-01-01", "days": true}]',
    '[{"valid_from": "2027-01-01", "days": 99999999999}]'])  # fmt: skip
def test_what_is_no_dated_list_is_refused(tmp_path: Path, days: str) -> None:
    file = tmp_path / "days.json"
    file.write_text(days)
    assert verify(tmp_path, LAWFUL["after fourteen days"]().certificate(), "--days", file)[0] == 2


@pytest.mark.parametrize("change", [{"item": 5, "facts": []}, {"ground": None}, {"facts": [{}]}, {"released": {}}])
def test_a_certificate_that_lacks_a_part_ends_with_one_sentence(tmp_path: Path, change: dict[str, Any]) -> None:
    told = LAWFUL["after fourteen days"]().certificate() | change
    told = {name: value for name, value in told.items() if value is not None}
    code, said = verify(tmp_path, told)
    assert (code, said.count("\n")) == (2, 1), said


@pytest.mark.parametrize(("name", "value"), [("recorded_at_us", 10**30), ("data", "[" * 100_000), ("position", "x")])
def test_a_fact_that_cannot_be_ends_with_one_sentence(tmp_path: Path, name: str, value: Any) -> None:
    told = LAWFUL["after fourteen days"]().certificate()
    told["facts"][0][name] = value
    code, said = verify(tmp_path, told)
    assert (code, said.count("\n")) == (2, 1), said


def export_of(story: Story, *, in_base64: int = 0) -> str:
    """An export of the story, which holds but for the fact at that position, written in base64."""
    lines: list[dict[str, Any]] = [{"kind": "export"}]
    for fact in story.facts:
        hidden = fact["position"] == in_base64
        data = {"data_base64": base64.b64encode(fact["data"].encode()).decode()} if hidden else {"data": fact["data"]}
        lines.append({name: value for name, value in fact.items() if name != "data"} | data)
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)


def test_an_objection_cannot_be_left_out_however_the_export_writes_it(tmp_path: Path) -> None:
    story = Story().hold().told().object().release()
    told, export = story.certificate(), tmp_path / "export.jsonl"
    objected = next(fact["position"] for fact in story.facts if fact["topic"] == "notice.objected.v1")
    told["facts"] = [fact for fact in told["facts"] if fact["position"] != objected]
    for in_base64 in (0, objected, objected - 5):  # also where the notice itself is written so
        export.write_text(export_of(story, in_base64=in_base64), encoding="utf-8")
        code, said = verify(tmp_path, told, "--export", export)
        assert (code, f"position {objected}: a fact about it is left out" in said) == (1, True), said


def test_an_export_is_read_line_by_line_whatever_its_texts_hold(tmp_path: Path) -> None:
    """Signs that only some programs end a line at stand in texts as they are."""
    story = let_out()
    told, export = story.certificate(), tmp_path / "export.jsonl"
    story.add("notice-9", "notice.withdrawn.v1", reason="").facts[-1]["data"] = '{"reason":"en\u2028to\u0085tre"}'
    export.write_text(export_of(story) + "\n", encoding="utf-8")
    code, said = verify(tmp_path, told, "--export", export)
    assert code == 0, said


def test_a_later_policy_cannot_be_left_out(tmp_path: Path) -> None:
    story = Story().add("scheme-ordning", "scheme.notice-policy-heard.v2", **POLICY)
    stricter = {"version": 3, "rule": "notice", "confirmed_at": "2027-01-03T00:00:00Z"}
    story.add("scheme-ordning", "scheme.notice-policy-heard.v2", **POLICY | stricter)
    story.add(ITEM, "letter.decision-heard.v1", version=3, decided_at="2027-02-01T00:00:00Z")
    told = story.hold(exemption=EXEMPTION).release(None, **EXEMPTED).certificate()
    assert verify(tmp_path, told)[0] == 1
    told["facts"] = [fact for fact in told["facts"] if fact["position"] != 2]
    export = tmp_path / "export.jsonl"
    export.write_text("\n".join(json.dumps(line) for line in [{"kind": "export"}, *story.facts]))
    assert "position 2: a fact about it is left out" in verify(tmp_path, told, "--export", export)[1]
