#!/usr/bin/env python3
"""Verify the certificate of a letter or publication with nothing but Python: no library, no network, no database, no
trust in the sender.

    python3 verify_certificate.py CERTIFICATE [--letter PDF] [--export FILE] [--grants-export FILE] [--days FILE]

It knows the rule itself (Instruks 5.4: fourteen days from receipt, and 336 hours) and judges the release whole, as of
the position at which it was recorded: what was held, by its own bytes; each notice that lists it, the last ordered of
them governing; the last sending and its receipt, and whether that was revoked; every objection, whatever notice it
stands on; a waiver or a policy with the two people it takes. It takes nothing from the certificate that the certificate
is to be judged by.

--letter compares the file's bytes. --export finds every fact in an export of the notifications log, and every fact of
the export about this letter in the certificate: without it, a fact that was left out at the end of a stream cannot be
missed. --grants-export finds what was heard from grants in an export of grants' log. Verify each export first, with
verify_export.py: it tells whether the log itself is whole. --days is the ministry's dated list of how many days it is
given, where it has decided otherwise than the instruction: [{"valid_from": "2027-01-01", "days": 21}, ...].

Ends with 0 if everything holds, 1 if not, and 2 where something cannot be read; prints each fault.
"""

import argparse
import base64
import bisect
import datetime as dt
import functools
import hashlib
import itertools
import json
import re
import sys
import unicodedata
from pathlib import Path
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
INSTRUCTION = {"valid_from": "2020-01-01", "days": 14, "min_hours": 336, "stale_after_days": 90}
EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
SKEW = dt.timedelta(seconds=60)
BEFORE_BYTES = "it was held before its manifest's bytes were kept, and is judged by what its hash says"


class Unreadable(Exception):
    """A file that is not there, or is not what it should be; the message says which and why."""


# --- the release, judged ---------------------------------------------------------------------------------------------


class once:  # noqa: N801 - it stands where a decorator does
    """What is worked out of an object the first time it is asked for, and then stands in it. That of `functools` takes
    a lock each time (before Python 3.12), and over a log of a million letters that costs more than the work."""

    def __init__(self, work):
        self.work, self.__doc__ = work, work.__doc__

    def __set_name__(self, _, name):
        self.name = name

    def __get__(self, it, _=None):
        value = it.__dict__[self.name] = self.work(it)
        return value


class Fact:
    """One fact as an export writes it. `name` is its topic without the version: a kind of fact stays what it is."""

    def __init__(self, told):
        self.told = told
        self.position, self.stream, self.topic = told["position"], told["stream"], told["topic"]
        self.name = self.topic.rpartition(".v")[0]

    def read_whole(self):
        """The fact itself; what cannot be read of it raises, whether it is asked for later or not."""
        _ = self.data, self.lines, self.recorded_at
        return self

    @once
    def data(self):
        """What it says."""
        return json.loads(self.told["data"])

    @once
    def lines(self):
        """What a notice lists: the hash of each manifest, by item."""
        lines = self.data.get("lines") if self.name == "notice.prepared" else None
        return {line["item"]: line["manifest_sha256"] for line in lines or ()}

    @once
    def tells(self):
        """What a notice says of each thing it lists, by item."""
        return {line["item"]: line for line in self.data["lines"]} if self.lines else {}

    @once
    def recorded_at(self):
        return EPOCH + dt.timedelta(microseconds=self.told["recorded_at_us"])


SECOND, FOURTH, FIFTH = 2, 4, 5
"""Rules of the log: those a release is held to, those each try to send it is, and those that keep two sides apart."""


def rules_hold_from(facts, rules):
    """After which position the log is judged by these rules; 0 where it began under them. A fact that says only which
    rules it changes to is of a log that began under the first."""
    for nth, each in enumerate(each for each in facts if each.name == "log.rules-changed"):
        if nth == 0 and each.data.get("before", 1) >= rules:
            return 0
        if each.data["rules"] >= rules:
            return each.position
    return 0


class Known:
    """What is known of one item: its `own` facts, those of its scheme's `policies` and of the log's own `rules`, each
    in order of position, and its `notices`, by their streams. Each release of it and each try to send it is judged
    from this, as it stood there."""

    def __init__(self, own, notices, policies, rules):
        self.own, self.notices, self.policies = own, notices, policies
        self.rules_from = rules_hold_from(rules, SECOND)
        self.sides_from = rules_hold_from(rules, FIFTH)

    @classmethod
    def of(cls, item, facts):
        """Of facts about an item as a certificate has them: together, in order of position."""
        notices, own, others = {}, [], []
        for each in facts:
            if each.stream.startswith("notice-"):
                notices.setdefault(each.stream, []).append(each)
            else:
                (own if each.stream == item else others).append(each)
        return cls(own, {stream: Told(its) for stream, its in notices.items()}, others, others)


class Told:
    """A notice by all of its facts, in order of position. How it stood is worked out once for each position that
    matters, however many letters it lists."""

    def __init__(self, facts):
        self.facts, self.stream = facts, facts[0].stream
        self.positions = [each.position for each in facts]
        self.items = {item for each in facts for item in each.lines}
        self.stood = {}

    def before(self, position, rules_from):
        """The notice as it stood before a position of the log."""
        so_far = bisect.bisect_left(self.positions, position)
        stood = self.stood.get((so_far, rules_from))
        if stood is None:
            stood = self.stood[so_far, rules_from] = Notice(self.stream, self.facts[:so_far], rules_from)
        return stood


class Notice:
    """A notice as its facts so far leave it. `rules_from` is where the log's second rules begin."""

    def __init__(self, stream, facts, rules_from):
        self.stream, self.facts, self.rules_from = stream, facts, rules_from

    def of(self, *names):
        """Its facts of these names."""
        return [each for each in self.facts if each.name in names]

    @once
    def listed_at(self):
        """Where each item was first listed in it, by item."""
        listed = {}
        for each in self.facts:
            for item in each.lines:
                listed.setdefault(item, each.position)
        return listed

    @once
    def lines(self):
        """What the ministry is told: the hash of each manifest, by item."""
        return self.prepared.lines if self.prepared else {}

    @once
    def prepared(self):
        """What it lists, as it was prepared when it was ordered; later it lists nothing else."""
        ordered = self.ordered
        prepared = [each for each in self.of("notice.prepared") if not ordered or each.position < ordered.position]
        return prepared[-1] if prepared else None

    @once
    def ordered(self):
        """Its last order; None where there is none."""
        return (self.of("notice.ordered") or [None])[-1]

    @once
    def is_withdrawn(self):
        return bool(self.of("notice.withdrawn"))

    @once
    def every_objection(self):
        """Each objection: its number, the items it is to (none named: all), and when it was lifted (None while it is
        open)."""
        found = []
        for each in self.of("notice.objected"):
            number = each.data["objection"]
            lifts = [it for it in self.of("notice.objection-lifted") if it.data["objection"] == number]
            at = max(lifts[0].recorded_at, instant(lifts[0].data["said_at"])) if lifts else None
            found.append((number, each.data["items"], at))
        return found

    @once
    def receipt(self):
        """The receipt that counts, and what is wrong with it: of the last sending, not revoked, by two people where it
        was recorded by one of the directorate."""
        steps = ("notice.dispatched", "notice.sent-again", "notice.received", "notice.receipt-revoked")
        sent = received = None
        for each in self.of(*steps):
            if each.name == "notice.dispatched":
                sent, received = each, None
            elif each.name == "notice.sent-again":
                sent = received = None
            else:
                received = each if each.name == "notice.received" else None
        if received is None or sent is None:
            return None, ["the notice was not sent and received, or its receipt was revoked"]
        found = []
        at = instant(received.data["received_at"])
        if received.data["dispatch"] != sent.data["dispatch"]:
            found.append("the receipt is not of the last sending")
        if at < max(sent.recorded_at, instant(sent.data["said_at"])):
            found.append("the receipt lies before the sending")
        if at > received.recorded_at + SKEW:
            found.append("the receipt lay in the future when it was recorded")
        if not self.two_people(received):
            found.append("one person recorded the receipt and confirmed it, or took it for a notice of their own")
        return received, found

    @once
    def words(self):
        """What was said on it for the ministry: by whom, and where."""
        return [
            (person, each.position)
            for name, by in FOR_THE_MINISTRY.items()
            for each in self.of(name)
            if not each.data.get("proposed_by") and (person := each.data.get(by)) and not person.startswith("channel:")
        ]

    @once
    def acts(self):
        """What was done with it for the directorate: by whom, and where. A receipt that two people recorded is so."""
        done = [(each.data.get(by), each.position) for name, by in ON_A_NOTICE.items() for each in self.of(name)]
        receipts = [each for each in self.of("notice.received") if each.data.get("proposed_by")]
        done += [(each.data["told_by"], each.position) for each in receipts]
        return [(person, at) for person, at in done if person]

    def two_people(self, received):
        """Whoever confirms a receipt wrote no part of it; and the ministry's own word is not that of whoever prepared
        or ordered the notice. Before the log was upgraded the rule was only that who had recorded it last did not."""
        told_by, proposed_by = received.data["told_by"], received.data.get("proposed_by")
        old = received.position < self.rules_from
        if proposed_by:
            wrote = {proposed_by} if old else {proposed_by, *authors(self.claims(received), "proposed_by")}
            return self.claimed_by(received) == proposed_by and not any(one_person(each, told_by) for each in wrote)
        made = self.of("notice.prepared", "notice.ordered")
        those = [each.data.get("prepared_by") or each.data.get("ordered_by") for each in made]
        return old or not any(one_person(each, told_by) for each in those)

    def claims(self, received):
        """Every receipt that was recorded since one counted before this one, oldest first."""
        claims = []
        for each in self.of("notice.receipt-proposed", "notice.received"):
            if each.position < received.position:
                claims = [*claims, each] if each.name == "notice.receipt-proposed" else []
        return claims

    def claimed_by(self, received):
        """Who recorded the very receipt that was confirmed; None where nobody had, or it was rejected."""
        claim = None
        steps = ("notice.receipt-proposed", "notice.receipt-rejected", "notice.dispatched", "notice.sent-again")
        for each in self.of(*steps):
            if each.position < received.position:
                claim = each if each.name == "notice.receipt-proposed" else None
        same = claim is not None and all(
            claim.data[name] == received.data[name] for name in ("dispatch", "received_at", "evidence_sha256")
        )
        return claim.data["proposed_by"] if same else None


FOR_THE_MINISTRY = {
    "notice.received": "told_by",
    "notice.objected": "objected_by",
    "notice.objection-lifted": "lifted_by",
}
ON_A_NOTICE = {
    "notice.prepared": "prepared_by",
    "notice.ordered": "ordered_by",
    "notice.sent-again": "asked_by",
    "notice.receipt-proposed": "proposed_by",
    "notice.receipt-rejected": "rejected_by",
    "notice.receipt-revoked": "revoked_by",
    "notice.withdrawn": "withdrawn_by",
}
IN_WHAT_IT_TELLS_OF = {
    "letter.award-heard": "proposed_by",
    "letter.file-heard": "frozen_by",
    "letter.decision-heard": "decided_by",
    "letter.change-heard": "proposed_by",
    "letter.release-ordered": "ordered_by",
    "letter.waiver-confirmed": "confirmed_by",
    "letter.sent-again": "asked_by",
    "publication.planned": "planned_by",
    "letter.released": "released_by",
    "publication.released": "released_by",
}
"""Who did it, by what tells of it: for the ministry, with its notice for the directorate, and with what that lists."""


class Release:
    """One release of one item, and everything known of it at the position where it was recorded, or where a try to send
    it (`begun`) was begun.

    `known` is what is known of the item, `days` the ministry's list. `told` gathers what is lawful and worth knowing.
    """

    def __init__(self, fact, known, days, begun=None):
        self.fact, self.days, self.told = fact, days, []
        self.at = begun or fact
        self.item, self.known, self.rules_from = fact.stream, known, known.rules_from
        self.own = [each for each in known.own if each.position < self.at.position]
        self.is_letter = self.item.startswith("letter-")

    def notice_before(self, stream):
        """A notice as it stood then; None where nothing is known of it."""
        told = self.known.notices.get(stream)
        return told and told.before(self.at.position, self.rules_from)

    @once
    def listing(self):
        """The notices that list it as they stood then, in the order they were prepared."""
        told = (each for each in self.known.notices.values() if self.item in each.items)
        stood = [each.before(self.at.position, self.rules_from) for each in told]
        its = [each for each in stood if self.item in each.listed_at]
        return sorted(its, key=lambda each: each.listed_at[self.item]) if its[1:] else its

    def faults(self):
        """Everything that is wrong with it; nothing where it was lawful."""
        released, held = self.fact.data, self.held()
        if held is None:
            return ["nothing was held when it was released"]
        found = [held["problem"]] if held["problem"] else []
        if held["ended"]:
            found.append("the award was ended or made otherwise before its letter was released")
        for name in ("manifest_sha256", *(["letter_sha256"] if self.is_letter else [])):
            if released.get(name) != held[name]:
                found.append(f"{name}: what was released is not what was held")
        if self.is_letter:
            found += self.of_a_letter(released, held)
        found += self.again() + self.stopped() + self.clocks(released) + self.sides()
        kind = released["ground"]["kind"]
        grounds = {"notice": self.notice, "scheme-policy": self.exempt, "waiver": self.waiver}
        if kind not in grounds or (kind != "notice" and not self.is_letter):
            return [*found, f"nothing is released on the ground {kind!r}"]
        return found + grounds[kind](released["ground"], held)

    def closed_again(self):
        """What had closed the gate again when the try was begun; nothing where it stood open still. What may have left
        by then had its days when it did, and is stopped by an objection alone."""
        found, held = self.stopped() + self.sides(), self.held()
        if self.may_have_left():
            return found
        if held["ended"]:
            found.append("the award was ended or made otherwise since it was released")
        if self.fact.data["ground"]["kind"] != "notice" or self.waived(held):
            return found
        governing = self.governing
        return found + (self.by_notice(governing, held) if governing else ["no notice of it was ordered"])

    def may_have_left(self):
        """Whether anything may have left by tries that are over. What is unknown may, and a person's word that it did
        not is no proof."""
        left = unknown = False
        for each in self.own:
            if each.name in ("letter.sending-begun", "letter.dispatch-unknown"):
                unknown = True
            elif each.name in ("letter.dispatched", "letter.delivered"):
                left, unknown = True, False
            elif each.name == "letter.sent-again":
                left, unknown = left or unknown, False
            elif each.name == "letter.dispatch-failed":
                unknown = False
            elif each.name == "letter.followed":
                left = unknown = False
        return left or unknown

    def waived(self, held):
        """Whether two people had recorded a waiver of this very letter, whatever it was released on."""
        waivers = self.of("letter.waiver-confirmed")
        return any(each.data["manifest_sha256"] == held["manifest_sha256"] for each in waivers)

    def of(self, *names):
        """Its own facts before the release, of these names."""
        return [each for each in self.own if each.name in names]

    def held(self):
        """What was held last, from its manifest's own bytes, what is wrong with them, and whether it was ended since.
        Before the bytes were kept, a fact told the manifest and its hash side by side."""
        last = (self.of("letter.held", "publication.planned") or [None])[-1]
        if last is None:
            return None
        ends = self.of("letter.award-ended", "publication.cancelled")
        ended = any(each.position > last.position for each in ends)
        return {**last.data, **self.bound(last), "position": last.position, "ended": ended}

    def bound(self, last):
        """The manifest a fact binds, its hash, and what is wrong with it."""
        data, own_id = last.data, "case_id" if self.is_letter else "publication_id"
        if "manifest_json" in data:
            manifest, hashed, in_its_spelling = read_manifest(data["manifest_json"])
            problem = None if in_its_spelling else "the manifest is not in its one spelling"
        else:
            if last.position > self.rules_from:
                return {"manifest": {}, "letter_sha256": None, "problem": "it was held without its manifest's bytes"}
            names = ("title", "document_sha256", "planned_on")
            manifest = data["manifest"] if self.is_letter else {name: data[name] for name in names}
            manifest = manifest if self.is_letter else {**manifest, own_id: self.item.partition("-")[2]}
            hashed = hashlib.sha256(canonical(manifest)).hexdigest()
            problem = None if hashed == data["manifest_sha256"] else "the manifest is not what its hash says"
            if BEFORE_BYTES not in self.told:
                self.told.append(BEFORE_BYTES)
        if manifest.get(own_id) != self.item.partition("-")[2]:
            problem = problem or "the manifest is of something else"
        files = manifest.get("files") or [None]
        letter = data.get("letter_sha256", files[0]) if self.is_letter else None
        bound = {"manifest": manifest, "letter_sha256": letter, "problem": problem}
        return {**bound, "manifest_sha256": hashed}

    def of_a_letter(self, released, held):
        """Who gets what by which channel stands in the manifest, and nowhere else."""
        found, manifest = [], held["manifest"]
        if held["letter_sha256"] not in manifest.get("files", []):
            found.append("the letter is not among the manifest's files")
        for name in ("recipient_number", "channel"):
            if manifest and name in released and released[name] != manifest.get(name):
                found.append(f"{name}: it was released to another than the manifest names")
        return found + (self.as_heard(held) if "manifest_json" in held else [])

    def as_heard(self, held):
        """What the manifest says that grants was not heard to say, of the award and of its letter's file: whoever binds
        a letter binds it to what was told last."""
        award, file = (
            ([each.data for each in self.of(name) if each.position < held["position"]] or [None])[-1]
            for name in ("letter.award-heard", "letter.file-heard")
        )
        says, pairs = held["manifest"], {}
        if award:
            names = (
                "recipient_name",
                "recipient_number",
                "amount_ore",
                "plan",
                "terms",
                "scheme_id",
                "fund_id",
                "form",
            )
            pairs |= {name: award.get(name) for name in names}
        if file:
            pairs |= {name: file[name] for name in ("decision_version", "template", "dated_on")}
            pairs["files"] = [file["sha256"]]
        return [
            f"{name}: the manifest says otherwise than grants was heard to"
            for name in pairs
            if says.get(name) != pairs[name]
        ]

    def again(self):
        """Nothing is released twice: an earlier release must have been ended before anything left."""
        over = ("letter.release-ended", "letter.followed")
        earlier = self.of(f"{self.item.partition('-')[0]}.released", *over)
        stands = bool(earlier) and earlier[-1].name not in over
        left = {each.data["letter_sha256"] for each in earlier if each.name == "letter.followed"}
        again = self.fact.data.get("letter_sha256") in left
        return ["it had been released before"] if stands or again else []

    def stopped(self):
        """Objections stop it on whatever ground, from whichever notice, until each is lifted."""
        return [
            f"the ministry's objection {number} of {stream} was open"
            for stream, number, lifted_at in self.objections
            if lifted_at is None
        ]

    @once
    def objections(self):
        """Each objection to it: the notice, its number, and when it was lifted (None while it is open)."""
        return [
            (notice.stream, number, at)
            for notice in self.listing
            for number, items, at in notice.every_objection
            if not items or self.item in items
        ]

    def sides(self):
        """Nobody spoke for the ministry of a notice who acted on it for the directorate, or had a hand in what it lists
        or in letting that out (Instruks 5.4). Where one of the two was done under earlier rules, it was lawful then."""
        words = [(stood, word) for stood in self.listing for word in stood.words]
        if not words:
            return []
        hands = [
            (each.data[by], each.position)
            for each in (*self.own, self.fact)
            if (by := IN_WHAT_IT_TELLS_OF.get(each.name)) and each.data.get(by)
        ]
        both = {
            person
            for stood, (person, said_at) in words
            for other, done_at in (*stood.acts, *hands)
            if max(said_at, done_at) > self.known.sides_from and one_person(person, other)
        }
        return [f"{person} spoke for the ministry of it, and acted for the directorate" for person in sorted(both)]

    def clocks(self, released):
        """The clock that asked and the log's clock agreed."""
        apart = abs(self.fact.recorded_at - instant(released["said_at"]))
        return ["the clocks disagreed when it was released"] if apart > SKEW else []

    def notice(self, ground, held):
        """The ministry's days were over, by the notice that governs."""
        governing = self.governing
        if governing is None:
            return ["no notice of it was ordered"]
        if governing.stream != f"notice-{ground['notice_id']}":
            return [f"it left on another notice than {governing.stream}, which governs"]
        return self.by_notice(governing, held)

    @once
    def governing(self):
        """The notice that governs: the last ordered of those that list it; None where none was ordered."""
        ordered = (each for each in self.listing if each.ordered)
        return max(ordered, key=lambda each: each.ordered.position, default=None)

    def by_notice(self, governing, held):
        """The ministry's days are over by this notice: by its last sending and receipt, and our own rule."""
        receipt, found = governing.receipt
        found = list(found)
        if governing.lines.get(self.item) != held["manifest_sha256"]:
            found.append("the notice told of another letter")
        elif self.is_letter and governing.prepared.position > self.known.sides_from:
            found += self.as_told(governing.prepared.tells[self.item], held["manifest"])
        if governing.is_withdrawn:
            found.append("the notice was withdrawn")
        return found if receipt is None else found + self.time(governing, receipt)

    def as_told(self, line, manifest):
        """What the ministry read of it is what its manifest says: whom, and how much."""
        pairs = {"title": "recipient_name", "recipient_number": "recipient_number", "amount_ore": "amount_ore"}
        return [
            f"{said}: the notice told the ministry otherwise than the manifest says"
            for told, said in pairs.items()
            if told in line and line[told] != manifest.get(said)
        ]

    def time(self, governing, receipt):
        """From when, and until when, it might leave; by the stricter of our rule and the notice's own."""
        rules = [self.rule_on(governing.ordered.recorded_at), governing.ordered.data["policy"]]
        received_at = instant(receipt.data["received_at"])
        lifted = [at for _, _, at in self.objections if at is not None]
        opens = max(opens_at(max([received_at, *lifted]), rule) for rule in rules)
        stale = min(stale_at(received_at, rule) for rule in rules)
        found = []
        for name, at in self.instants():
            if at < opens:
                found.append(f"{name} {at.isoformat()}, before {opens.isoformat()}")
            if at >= stale:
                found.append(f"{name} {at.isoformat()}, when the notice was stale since {stale.isoformat()}")
        counted = governing.ordered.data["policy"]["days"]
        if counted < rules[0]["days"]:
            found.append(f"the notice counted {counted} days, and the ministry is given {rules[0]['days']}")
        return found

    def opened(self):
        """When the notice it left on opened it, by the rule frozen into that notice; None where it did not."""
        notice = self.notice_before(f"notice-{self.fact.data['ground']['notice_id']}")
        if notice is None or notice.ordered is None or notice.receipt[0] is None:
            return None
        lifted = [at for _, _, at in self.objections if at is not None]
        return opens_at(max([instant(notice.receipt[0].data["received_at"]), *lifted]), notice.ordered.data["policy"])

    def instants(self):
        """When it was released, or a try was begun, by each clock that tells."""
        yield "recorded at", self.at.recorded_at
        if self.at is self.fact:
            yield "asked for at", instant(self.fact.data["said_at"])

    def rule_on(self, at):
        """The ministry's rule in force at an instant."""
        return rule_on(at.astimezone(OSLO).date(), self.days)

    def waiver(self, ground, held):
        """The ministry waived this very letter, by two people: the claim that was confirmed stood unrejected."""
        claim = confirmed = None
        claims, wrote = [], set()
        for each in self.of("letter.waiver-proposed", "letter.waiver-rejected", "letter.waiver-confirmed"):
            if each.name == "letter.waiver-proposed":
                claim, claims = each, [*claims, each]
            elif each.name == "letter.waiver-rejected":
                claim = None
            elif claim is None:
                return ["a waiver was confirmed that nobody had recorded"]
            else:
                confirmed, claim, by = each, None, claim
                wrote = authors(claims, "proposed_by", "manifest_sha256") if each.position > self.rules_from else set()
                claims = []
        if confirmed is None:
            return ["the waiver was not recorded by one person and confirmed by another"]
        found = []
        if any(one_person(each, confirmed.data["confirmed_by"]) for each in {by.data["proposed_by"], *wrote}):
            found.append("one person recorded the waiver and confirmed it, or wrote a part of it")
        if not by.data["manifest_sha256"] == confirmed.data["manifest_sha256"] == held["manifest_sha256"]:
            found.append("the waiver was of another letter")
        documents = {by.data["document_sha256"], confirmed.data["document_sha256"], ground["document_sha256"]}
        if len(documents) > 1:
            found.append("the waiver was of another document")
        return found

    def exempt(self, ground, held):
        """The scheme's policy, confirmed by a second person before the award was approved, says that no notice is owed:
        by grants' own log time, at the approval and at every change the letter tells of."""
        exempt = held.get("exemption") or {}
        if ground["source"] != exempt.get("source"):
            return ["another source is claimed"]
        if exempt.get("confirmed_at") is None:
            return self.exempt_by_one(held, exempt)
        scheme = held["manifest"].get("scheme_id")
        heard = [each.data for each in self.policies_before("scheme.notice-policy-heard.v2")]
        heard = [policy for policy in heard if policy["scheme_id"] == scheme]
        if any(one_person(author, policy["confirmed_by"]) for policy in heard for author in policy["written_by"]):
            return ["somebody confirmed a notice policy they had written"]
        decided = [each.data["decided_at"] for each in self.of("letter.decision-heard")]
        governing = [governs(heard, at) for at in decided]
        if not governing or any(policy is None or policy["rule"] != "exempt" for policy in governing):
            return ["no policy confirmed before the award was approved exempted the scheme"]
        says = (governing[-1]["scheme_id"], governing[-1]["version"], governing[-1]["source"])
        same = says == (exempt["scheme_id"], exempt["scheme_version"], exempt["source"])
        return [] if same else ["another policy governed the award"]

    def policies_before(self, topic):
        """What was heard of policies before, as this topic tells it."""
        return [each for each in self.known.policies if each.topic == topic and each.position < self.at.position]

    def exempt_by_one(self, held, exempt):
        """What left before the log was upgraded left on the policy one person had written; nothing has since."""
        if not self.fact.position < self.rules_from:
            return ["it left on a policy of one person"]
        scheme = f"scheme-{exempt['scheme_id']}"
        heard = self.policies_before("scheme.notice-policy-heard.v1")
        policies = [each.data for each in heard if each.stream == scheme or each.data.get("scheme_id") in scheme]
        begun = [policy for policy in policies if policy["valid_from"] <= held["approved_on"]]
        in_force = max(begun, key=lambda policy: (policy["valid_from"], policy["version"]), default=None)
        if in_force is None or in_force["rule"] != "exempt" or in_force["source"] != exempt["source"]:
            return ["no policy in force exempted the scheme"]
        self.told.append("it left on a policy that one person wrote, before two were needed")
        return []


def rule_on(day, days):
    """The ministry's rule in force on a day in Norway, by its dated list: the latest that had begun."""
    begun = [each for each in days if each["valid_from"] <= day.isoformat()]
    rule = max(begun, key=lambda each: each["valid_from"], default=INSTRUCTION)
    return {**INSTRUCTION, "min_hours": 24 * rule["days"], **rule, "day_of_notice_counted": False}


def governs(heard, decided_at):
    """Of the policies that counted for a decision recorded then, the one confirmed last. An exemption must have begun
    besides; a policy of notice counts from its confirmation."""
    if decided_at is None:
        return None
    at, day = instant(decided_at), instant(decided_at).astimezone(OSLO).date().isoformat()
    counts = [
        policy
        for policy in heard
        if instant(policy["confirmed_at"]) < at + (policy["rule"] == "notice") * dt.timedelta(microseconds=1)
        and (policy["rule"] == "notice" or policy["valid_from"] <= day)
    ]
    return max(counts, key=lambda policy: policy["version"], default=None)


def authors(claims, by, *beside):
    """Whoever wrote any part of the last of these claims, however it went back and forth: what is unchanged keeps whose
    it was, and whoever put it forward last answers for the whole. What stands `beside` nobody wrote."""
    standing, wrote, last = set(), {}, set()
    for each in claims:
        last = {each.data[by]}
        now = {part for name, value in each.data.items() if name not in (by, *beside) for part in parts(name, value)}
        for part in now - standing:
            wrote.setdefault(part, set()).update(last)
        standing = now
    return last.union(*(wrote[part] for part in standing))


def parts(name, value):
    """The value at its name; of a text also its neighbouring words, by which it is known after an edit somewhere else
    in it."""
    yield name, json.dumps(value, sort_keys=True)
    if isinstance(value, str):
        words = re.findall(r"\w+|[^\w\s]", value) if len(value.split()) > 1 else [re.sub(r"^\W+|\W+$", "", value)]
        yield from ((name, *pair) for pair in (itertools.pairwise(words) if words[1:] else [(words[0],)]) if any(pair))


def one_person(one, other):
    """Whether two subjects may be one person: compared without case, spaces, invisible signs and other spellings."""
    return folded(one) == folded(other)


@functools.lru_cache(maxsize=4096)
def folded(subject):
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", subject).casefold())
    return "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign) != "Cf")


def opens_at(starts, rule):
    """The first instant at which it might leave (Instruks 5.4): the whole days by the calendar in Norway, and the
    hours."""
    days = rule["days"] + (not rule["day_of_notice_counted"])
    return opens_after(starts, days, rule["min_hours"], bool(rule.get("roll_forward")))


@functools.lru_cache(maxsize=4096)
def opens_after(starts, days, hours, roll_forward):
    """The start of the day so many days after, but no sooner than so many hours; rolled on to a working day."""
    opens = max(midnight_after(starts, days), starts + dt.timedelta(hours=hours))
    while roll_forward and not is_working_day(opens.astimezone(OSLO).date()):
        opens = midnight(opens.astimezone(OSLO).date() + dt.timedelta(days=1))
    return opens


def stale_at(received_at, rule):
    """From when on a notice received then is too old."""
    return midnight_after(received_at, rule["stale_after_days"])


@functools.lru_cache(maxsize=4096)
def midnight_after(at, days):
    """The start of the day so many days after an instant's, by the calendar in Norway."""
    return midnight(at.astimezone(OSLO).date() + dt.timedelta(days=days))


def midnight(day):
    return dt.datetime.combine(day, dt.time(), OSLO).astimezone(dt.UTC)


def is_working_day(day):
    """Neither weekend nor a public holiday in Norway."""
    a, b, c = day.year % 19, day.year // 100, day.year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    n = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = h + n - 7 * ((a + 11 * h + 22 * n) // 451) + 114
    easter = dt.date(day.year, m // 31, m % 31 + 1)
    fixed = (day.month, day.day) in {(1, 1), (5, 1), (5, 17), (12, 25), (12, 26)}
    return day.weekday() < 5 and not fixed and (day - easter).days not in {-3, -2, 0, 1, 39, 49, 50}


def instant(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


@functools.lru_cache(maxsize=1024)
def read_manifest(text):
    """What a manifest's bytes say, their SHA-256 (hex), and whether they are in its one spelling."""
    manifest, encoded = parsed(text, "the manifest"), text.encode()
    return manifest, hashlib.sha256(encoded).hexdigest(), canonical(manifest) == encoded


def canonical(manifest):
    """RFC 8785, for what a manifest holds: text, whole numbers, null, lists and objects with names in ASCII."""
    return json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


# --- the certificate, held against what is given beside it ------------------------------------------------------------


class Certificate:
    """What the certificate claims, and the facts it carries."""

    def __init__(self, told, days):
        self.told, self.item, self.days = told, told["item"], days
        self.facts = [Fact(each).read_whole() for each in told["facts"]]
        self.known = Known.of(self.item, self.facts)
        self.notes = []

    def faults(self):
        """Everything that does not hold, by the certificate alone."""
        positions = [each.position for each in self.facts]
        found = [] if positions == sorted(set(positions)) else ["its facts are not in order, or stand twice"]
        found += self.gaps()
        releases = [each for each in self.facts if each.stream == self.item and each.name == self.releasing]
        if not releases:
            return [*found, "there is no release"]
        release = Release(releases[-1], self.known, self.days)
        found += release.faults() + self.claims(releases[-1], release.held()) + self.tries()
        self.notes = release.told
        return found

    def tries(self):
        """Nothing came of a try to send that nobody began; and since the rules ask for it, none was begun without a
        permit. That it is grants' own shows in an export of its log."""
        begun, found, released, asked_from = set(), [], None, rules_hold_from(self.facts, FOURTH)
        told = ("letter.dispatched", "letter.dispatch-unknown", "letter.dispatch-failed", "letter.delivered")
        for each in (fact for fact in self.facts if fact.stream == self.item):
            if each.name == "letter.sending-begun":
                begun.add(each.data["attempt"])
                if "permit" not in each.data and each.position > self.rules_from():
                    found.append(f"position {each.position}: it began to leave without grants' permit")
                if released and each.position > asked_from:
                    closed = Release(released, self.known, self.days, begun=each).closed_again()
                    found += [f"position {each.position}: as it began to leave, {problem}" for problem in closed]
            elif each.name == self.releasing:
                released = each
            elif each.name in told and each.data["attempt"] not in begun:
                found.append(f"position {each.position}: {each.name} tells of a try that nobody began")
        return found

    @property
    def releasing(self):
        return f"{self.item.partition('-')[0]}.released"

    def gaps(self):
        """Each stream is told from its first fact on, without one left out between."""
        versions = {}
        for each in self.facts:
            versions.setdefault(each.stream, []).append(each.told["version"])
        return [
            f"facts of {stream} are left out" for stream, its in versions.items() if its != list(range(1, len(its) + 1))
        ]

    def claims(self, released, held):
        """What the certificate says beside its facts is what they say."""
        row, ground = self.told["released"], released.data["ground"]
        basis = {"notice": f"notice-{ground.get('notice_id')}", "scheme-policy": ground.get("source")}
        basis["waiver"] = ground.get("document_sha256")
        opened = Release(released, self.known, self.days).opened() if ground["kind"] == "notice" else None
        wanted = (released.position, ground["kind"], basis.get(ground["kind"]), ground["kind"])
        found = []
        if (row["position"], row["ground"], row["basis"], self.told["ground"]) != wanted:
            found.append("the release is not as the fact says")
        for name in ("manifest_sha256", "letter_sha256"):
            if held and self.told[name] != held.get(name):
                found.append(f"{name}: the certificate is of something else than was held")
        if ground["kind"] == "notice" and (row["opens_at"] is None or instant(row["opens_at"]) != opened):
            found.append(f"the release says that it opened at {row['opens_at']}, not {opened}")
        if row.get("released_at") and abs(instant(row["released_at"]) - released.recorded_at) > SKEW:
            found.append("it was stamped at another time than it was recorded")
        return found

    def against_export(self, lines):
        """The facts are those of the log, and all of those about this item: none was left out."""
        known = {written(each.told) for each in self.facts}
        events = [Fact(each) for each in events_in(lines)]
        stands = {written(each.told) for each in events}
        found = [
            f"position {each.position}: the export has no such fact"
            for each in self.facts
            if written(each.told) not in stands
        ]
        streams = {self.item, *(each.stream for each in events if self.item in each.lines)}
        if self.told["ground"] == "scheme-policy":  # a later policy, or the rules of the log, may say otherwise
            streams |= {each.stream for each in self.facts if each.stream.startswith("scheme-")} | {"log"}
        last = max((each.position for each in self.facts), default=0)
        if releases := [each.position for each in self.facts if each.name == self.releasing]:
            last = max(last, releases[-1])
        about = [each for each in events if each.stream in streams and each.position <= last]
        left_out = [each.position for each in about if written(each.told) not in known]
        return found + [f"position {position}: a fact about it is left out" for position in left_out]

    def against_grants(self, lines):
        """What was heard from grants stands in grants' log, at the position and with the hash it was heard with, and
        what stands there says it. Verify that export first: its checkpoints are signed."""
        events = {each["position"]: each for each in events_in(lines)}
        found = []
        for each in self.facts:
            heard = json.loads(each.told["metadata"]).get("heard")
            if not heard:
                if each.topic in ONLY_HEARD and each.position > self.rules_from():
                    found.append(f"position {each.position}: it does not say where grants said it")
                continue
            there = events.get(heard["position"])
            if there is None or there["hash"] != heard["hash"]:
                found.append(f"position {each.position}: grants said no such thing at its position {heard['position']}")
            elif problem := otherwise(each, there):
                found.append(f"position {each.position}: {problem}: grants says otherwise at {heard['position']}")
            elif there["topic"] == "scheme.notice-policy-confirmed.v1" and by_an_author(there, events):
                found.append(f"position {each.position}: somebody confirmed a notice policy they had written")
        return found + self.permits(events)

    def permits(self, events):
        """Each try to send was begun by a permit that stands in grants' log: of this letter, as it was let out."""
        found, released = [], {}
        for each in (fact for fact in self.facts if fact.stream == self.item):
            released = each.data if each.name == "letter.released" else released
            if each.topic != "letter.sending-begun.v2":
                continue
            permit = each.data["permit"]
            there = events.get(permit["position"])
            if there is None or (there["hash"], there["topic"]) != (permit["hash"], "permit.granted.v1"):
                found.append(f"position {each.position}: grants gave no permit at its position {permit['position']}")
                continue
            given, of = json.loads(there["data"]), there["stream"].partition("-")[2]
            wanted = (self.item.partition("-")[2], each.data["attempt"], released.get("letter_sha256"))
            if (of, given["attempt"], given["letter_sha256"]) != wanted:
                found.append(f"position {each.position}: the permit is of another try or letter")
            elif given["manifest_sha256"] != released.get("manifest_sha256"):
                found.append(f"position {each.position}: the permit is of another manifest than was let out")
        return found

    def rules_from(self):
        """Where the rules that a release is judged by begin; 0 where the log began under them."""
        return rules_hold_from(self.facts, SECOND)


ONLY_HEARD = (
    "letter.award-heard.v1",
    "letter.file-heard.v1",
    "letter.decision-heard.v1",
    "letter.award-ended.v1",
    "letter.held.v2",
    "scheme.notice-policy-heard.v2",
)


def by_an_author(confirmed, events):
    """Whether a notice policy was confirmed by whoever wrote a part of it, by what grants had recorded of the scheme:
    whom the confirmation names is no proof of that. A text that is brought again keeps those who brought it before."""
    its = [each for each in events.values() if each["stream"] == confirmed["stream"]]
    wrote, waits, in_terms = {}, None, None
    for each in sorted(its, key=lambda it: it["position"]):
        if each["position"] >= confirmed["position"]:
            break
        said, name = json.loads(each["data"]), each["topic"].rpartition(".v")[0]
        if name in ("scheme.registered", "scheme.revised"):
            brought = said["terms"]["notice"] if said["terms"]["notice"] != in_terms else None
            by, in_terms = said.get("registered_by") or said.get("revised_by"), said["terms"]["notice"]
        elif name == "scheme.notice-policy-proposed":
            brought, by = said["policy"], said["proposed_by"]
        else:
            if name == "scheme.notice-policy-confirmed":
                wrote, waits = {part: wrote[part] for part in texts(said["policy"]) if part in wrote}, None
            elif name == "scheme.notice-policy-rejected":
                waits = None
            continue
        if brought:
            waits = (brought, by)
            for part in texts(brought):
                wrote.setdefault(part, set()).add(by)
    if waits is None:
        return False
    those = {waits[1]}.union(*(wrote[part] for part in texts(waits[0])))
    return any(one_person(each, json.loads(confirmed["data"])["confirmed_by"]) for each in those)


def texts(policy):
    """What somebody writes of a notice policy, text by text."""
    source = policy["source"]
    told = {"rule": policy["rule"], "document": source["document"], "section": source["section"]}
    told |= {"valid_from": policy["valid_from"], "document_sha256": policy.get("document_sha256")}
    return {each for each in told.items() if each[1]}


def otherwise(fact, there):
    """What a fact heard says that grants' own fact does not; None where they say the same."""
    said, told = json.loads(there["data"]), fact.data
    its_stream = there["stream"].partition("-")
    if its_stream[0] in ("case", "permit", "scheme") and fact.stream.partition("-")[2] != its_stream[2]:
        return "it is of something else"
    pairs = {}
    if fact.topic == "letter.award-heard.v1" and there["topic"] == "award.proposed.v1":
        names = ("amount_ore", "fund_id", "scheme_id", "form", "terms")
        pairs = {name: (told[name], said.get(name)) for name in names if name in said}
        number = said["recipient"].get("organisation_number")
        pairs |= {"recipient_name": (told["recipient_name"], said["recipient"]["name"])}
        pairs |= {
            "recipient_number": (told["recipient_number"], number),
            "version": (told["version"], there["version"]),
        }
    elif fact.topic in ("letter.award-heard.v1", "letter.file-heard.v1") and there["topic"] == "award.letter-frozen.v1":
        pairs = {name: (told[name], said[name]) for name in ("sha256", "size_bytes") if name in told}
        if fact.topic == "letter.award-heard.v1":
            pairs = {"amount_ore": (told["amount_ore"], said.get("amount_ore"))}
    elif fact.topic == "letter.held.v2" and there["topic"] == "award.letter-frozen.v1":
        pairs = {"files": (json.loads(told["manifest_json"])["files"][0], said["sha256"])}
    elif fact.topic == "letter.held.v2" and there["topic"] == "award.approved.v1":
        pairs = {name: (json.loads(told["manifest_json"])[name], said[name]) for name in ("amount_ore", "fund_id")}
    elif fact.topic == "letter.decision-heard.v1":
        recorded_at = EPOCH + dt.timedelta(microseconds=there["recorded_at_us"])
        pairs = {"version": (told["version"], there["version"])}
        if told["decided_at"] is not None:
            pairs |= {"decided_at": (instant(told["decided_at"]), recorded_at)}
    elif fact.topic == "scheme.notice-policy-heard.v2" and there["topic"] == "scheme.notice-policy-confirmed.v1":
        recorded_at = EPOCH + dt.timedelta(microseconds=there["recorded_at_us"])
        pairs = {"confirmed_at": (instant(told["confirmed_at"]), recorded_at)}
        pairs |= {name: (told[name], said[name]) for name in ("confirmed_by", "written_by")}
        pairs |= {"rule": (told["rule"], said["policy"]["rule"])}
    elif fact.topic in ONLY_HEARD and fact.topic != "letter.award-ended.v1":
        return f"it does not follow from {there['topic']}"
    return next((name for name, (ours, theirs) in pairs.items() if ours != theirs), None)


def events_in(lines):
    """The facts of an export, whose data is text however it is written there: a fact in base64 is one too. What is no
    text is no fact about a letter."""
    for each in lines:
        if each.get("kind") != "event":
            continue
        if "data" not in each:
            try:
                text = base64.b64decode(each["data_base64"], validate=True).decode()
            except ValueError:
                continue
            each = {name: value for name, value in each.items() if name != "data_base64"} | {"data": text}
        yield each


def written(fact):
    """A fact as an export writes it."""
    return json.dumps(fact, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


# --- files -----------------------------------------------------------------------------------------------------------


def parsed(text, what):
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise Unreadable(f"{what} is not JSON: {wrong}") from None


def read(path):
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise Unreadable(f"{path} cannot be read: {wrong.strerror}") from None


def text_of(path):
    try:
        return read(path).decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is not UTF-8 text") from None


def lines_of(path):
    """The lines of an export."""
    told = [parsed(line, f"line {n} of {path}") for n, line in enumerate(text_of(path).split("\n"), 1) if line]
    if not all(isinstance(each, dict) for each in told) or not any(each.get("kind") == "export" for each in told):
        raise Unreadable(f"{path} is no export of a log")
    return told


def is_dated(told):
    """Whether it is one entry of the list: a day of the calendar, and from 1 to 365 days."""
    if not isinstance(told, dict) or type(told.get("days")) is not int or not 1 <= told["days"] <= 365:
        return False
    try:
        return dt.date.fromisoformat(told.get("valid_from")).isoformat() == told["valid_from"]
    except (TypeError, ValueError):
        return False


def days_of(path):
    """The ministry's dated list."""
    told = parsed(text_of(path), str(path)) if path else [INSTRUCTION]
    good = isinstance(told, list) and bool(told) and all(is_dated(each) for each in told)
    if not good:
        raise Unreadable(f'{path} is no dated list: [{{"valid_from": "2020-01-01", "days": 14}}, ...]')
    return told


def verify(asked):
    """The faults, what is told beside, and the item."""
    told = parsed(text_of(asked.certificate), str(asked.certificate))
    named = isinstance(told, dict) and isinstance(told.get("item"), str)
    if not named or told.get("format") != "tilsagn-certificate-1":
        raise Unreadable(f"{asked.certificate} is no certificate (tilsagn-certificate-1)")
    days = days_of(asked.days)
    try:
        certificate = Certificate(told, days)
        faults = certificate.faults()
        if asked.letter and hashlib.sha256(read(asked.letter)).hexdigest() != told["letter_sha256"]:
            faults.append("the file is not the letter that was released")
        if asked.export:
            faults += certificate.against_export(lines_of(asked.export))
        if asked.grants_export:
            faults += certificate.against_grants(lines_of(asked.grants_export))
        certificate.verdict = f"{len(certificate.facts)} facts, {told['ground']}"
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as wrong:
        raise Unreadable(
            f"{asked.certificate} does not hold what a certificate holds ({type(wrong).__name__})"
        ) from None
    if not asked.export:
        certificate.notes.append("no export was given: what was left out at the end of a stream would not be missed")
    return faults, certificate


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("certificate", type=Path)
    parser.add_argument("--letter", type=Path, help="the letter's file (PDF)")
    parser.add_argument("--export", type=Path, help="an export of the notifications log")
    parser.add_argument("--grants-export", type=Path, help="an export of grants' log")
    parser.add_argument("--days", type=Path, help="the ministry's dated list of days (JSON); else the instruction")
    try:
        faults, certificate = verify(parser.parse_args())
    except Unreadable as problem:
        print(f"It cannot be verified: {problem}.")
        sys.exit(2)
    for fault in faults:
        print(fault)
    for note in certificate.notes:
        print(f"told: {note}")
    verdict = "does not hold" if faults else "holds"
    print(f"{certificate.item}: {verdict}, {certificate.verdict}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
