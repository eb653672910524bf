#!/usr/bin/env python3
"""Verify the certificate of a letter or publication with nothing but Python: no library, no network, no database, no
trust in the sender.

    python3 verify_certificate.py CERTIFICATE [--letter PDF] [--export FILE]

It reckons again, from the facts themselves: the hash that binds the letter, the ministry's fourteen days from receipt,
and that what left is what was notified. With --letter it compares the file's bytes; with --export it finds every fact
in an export of the log (verify that first, with verify_export.py: it tells whether the log itself is whole).

Ends with 0 if everything holds, 1 if not, and prints each fault.
"""

import argparse
import datetime as dt
import hashlib
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("certificate", type=Path)
    parser.add_argument("--letter", type=Path)
    parser.add_argument("--export", type=Path)
    asked = parser.parse_args()
    told = json.loads(asked.certificate.read_text(encoding="utf-8"))
    faults = Certificate(told).faults()
    if asked.letter and hashlib.sha256(asked.letter.read_bytes()).hexdigest() != told["letter_sha256"]:
        faults.append("the file is not the letter that was released")
    if asked.export:
        lines = set(asked.export.read_text(encoding="utf-8").splitlines())
        missing = [fact["position"] for fact in told["facts"] if written(fact) not in lines]
        faults += [f"position {position}: the export has no such fact" for position in missing]
    for fault in faults:
        print(fault)
    print(f"{told['item']}: {'does not hold' if faults else 'holds'}, {len(told['facts'])} facts, {told['ground']}")
    sys.exit(1 if faults else 0)


def written(fact):
    """A fact as an export writes it."""
    return json.dumps(fact, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Certificate:
    """The facts of one letter, of the notice or policy it left on, and what they add up to."""

    def __init__(self, told):
        self.told = told
        self.facts = [(fact["topic"], fact["stream"], json.loads(fact["data"]), fact) for fact in told["facts"]]

    def faults(self):
        """Everything that does not hold."""
        if self.told["item"].startswith("publication-"):
            return self.publication()
        found = []
        released = self.last("letter.released.v1", self.told["item"])
        held = self.last("letter.held.v1", self.told["item"])
        if released is None or held is None:
            return ["there is no release, or nothing was held"]
        if hashlib.sha256(canonical(held["manifest"])).hexdigest() != held["manifest_sha256"]:
            found.append("the manifest is not what its hash says")
        for name in ("manifest_sha256", "letter_sha256"):
            if not self.told[name] == released[name] == held[name]:
                found.append(f"{name}: what was released is not what was held")
        if held["letter_sha256"] not in held["manifest"]["files"]:
            found.append("the letter is not among the manifest's files")
        check = {"notice": self.notice, "scheme-policy": self.exempt, "waiver": self.waiver}[released["ground"]["kind"]]
        return found + self.row(released) + check(released, held)

    def publication(self):
        """The same for a report or evaluation: its manifest is its id, title, document and day."""
        released = self.last("publication.released.v1", self.told["item"])
        planned = self.last("publication.planned.v1", self.told["item"])
        if released is None or planned is None:
            return ["there is no release, or nothing was planned"]
        manifest = {name: planned[name] for name in ("title", "document_sha256", "planned_on")}
        manifest["publication_id"] = self.told["item"].removeprefix("publication-")
        same = hashlib.sha256(canonical(manifest)).hexdigest() == planned["manifest_sha256"]
        found = [] if same else ["the manifest is not what its hash says"]
        if not self.told["manifest_sha256"] == released["manifest_sha256"] == planned["manifest_sha256"]:
            found.append("manifest_sha256: what was released is not what was planned")
        if released["ground"]["kind"] != "notice":
            return [*found, "a publication is released after notice alone"]
        return found + self.row(released) + self.notice(released, planned)

    def notice(self, released, held):
        """The ministry's days were over: by the notice's own lines, its last sending, its receipt and its rule."""
        stream = f"notice-{released['ground']['notice_id']}"
        told = {topic: data for topic, its, data, _ in self.facts if its == stream}
        prepared, ordered = told.get("notice.prepared.v1"), told.get("notice.ordered.v1")
        received, sent = self.last_fact("notice.received.v1", stream), self.last_fact("notice.dispatched.v1", stream)
        if not (prepared and ordered and received and sent):
            return ["the notice was not prepared, ordered, sent and received"]
        found = []
        lines = {line["item"]: line["manifest_sha256"] for line in prepared["lines"]}
        if lines.get(self.told["item"]) != held["manifest_sha256"]:
            found.append("the notice told of another letter")
        dispatched_at = max(recorded_at(sent), instant(json.loads(sent["data"])["said_at"]))
        receipt = json.loads(received["data"])
        if (
            receipt["dispatch"] != json.loads(sent["data"])["dispatch"]
            or instant(receipt["received_at"]) < dispatched_at
        ):
            found.append("the receipt is not of the last sending, or lies before it")
        opens = opens_at(max([instant(receipt["received_at"]), *self.lifted(stream)]), ordered["policy"])
        released_at = min(
            recorded_at(self.last_fact(self.released_topic(), self.told["item"])), instant(released["said_at"])
        )
        if released_at < opens:
            found.append(f"released at {released_at}, before {opens}")
        if instant(self.told["released"]["opens_at"]) != opens:
            found.append(f"the release says that it opened at {self.told['released']['opens_at']}, not {opens}")
        if any(topic == "notice.withdrawn.v1" for topic, its, _, _ in self.facts if its == stream):
            found.append("the notice was withdrawn")
        return found

    def row(self, released):
        """The release as PostgreSQL stamped it tells of the fact that let it out."""
        ground, row = released["ground"], self.told["released"]
        basis = {"notice": f"notice-{ground.get('notice_id')}", "scheme-policy": ground.get("source")}
        basis["waiver"] = ground.get("document_sha256")
        position = self.last_fact(self.released_topic(), self.told["item"])["position"]
        says = (row["position"], row["ground"], row["basis"], self.told["ground"])
        same = says == (position, ground["kind"], basis[ground["kind"]], ground["kind"])
        return [] if same else ["the release is not as the fact says"]

    def released_topic(self):
        return f"{self.told['item'].partition('-')[0]}.released.v1"

    def exempt(self, released, held):
        """The scheme's policy, confirmed by a second person before the award was approved, says that no notice is owed:
        by grants' own log time, at the approval and at every change the letter tells of."""
        exempt = held["exemption"] or {}
        if released["ground"]["source"] != exempt.get("source"):
            return ["another source is claimed"]
        if exempt.get("confirmed_at") is None:
            return self.exempt_by_one(held, exempt)
        scheme = held["manifest"]["scheme_id"]
        heard = [data for topic, its, data, _ in self.facts if topic == "scheme.notice-policy-heard.v2"]
        if any(policy["confirmed_by"].casefold() in map(str.casefold, policy["written_by"]) for policy in heard):
            return ["somebody confirmed a notice policy they had written"]
        decided = [
            data["decided_at"]
            for topic, its, data, _ in self.facts
            if topic == "letter.decision-heard.v1" and its == self.told["item"]
        ]
        governing = [self.governs([each for each in heard if each["scheme_id"] == scheme], at) for at in decided]
        if not governing or any(policy is None or policy["rule"] != "exempt" for policy in governing):
            return ["no policy confirmed before the award was approved exempted the scheme"]
        says = (governing[-1]["scheme_id"], governing[-1]["version"], governing[-1]["source"])
        same = says == (exempt["scheme_id"], exempt["scheme_version"], exempt["source"])
        return [] if same else ["another policy governed the award"]

    def governs(self, heard, decided_at):
        """Of the policies that counted for a decision recorded then, the one confirmed last. An exemption must have
        begun besides; a policy of notice counts from its confirmation."""
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

    def exempt_by_one(self, held, exempt):
        """What left before the log was upgraded left on the policy one person had written; nothing has since."""
        changed = [fact["position"] for topic, _, data, fact in self.facts if topic == "log.rules-changed.v1"]
        left = self.last_fact("letter.released.v1", self.told["item"])["position"]
        if not changed or left > changed[0]:
            return ["it left on a policy of one person"]
        policies = [
            data
            for topic, _, data, _ in self.facts
            if topic == "scheme.notice-policy-heard.v1" and data["valid_from"] <= held["approved_on"]
        ]
        in_force = max(policies, key=lambda policy: (policy["valid_from"], policy["version"]), default=None)
        if in_force is None or in_force["rule"] != "exempt" or in_force["source"] != exempt["source"]:
            return ["no policy in force exempted the scheme"]
        print(f"{self.told['item']}: left on a policy that one person wrote, before two were needed")
        return []

    def waiver(self, released, held):
        """The ministry waived this very letter, by two people."""
        proposed = self.last("letter.waiver-proposed.v1", self.told["item"])
        confirmed = self.last("letter.waiver-confirmed.v1", self.told["item"])
        if not proposed or not confirmed or proposed["proposed_by"] == confirmed["confirmed_by"]:
            return ["the waiver was not recorded by one person and confirmed by another"]
        same = confirmed["manifest_sha256"] == held["manifest_sha256"]
        same = same and released["ground"]["document_sha256"] == confirmed["document_sha256"]
        return [] if same else ["the waiver was of another letter"]

    def lifted(self, stream):
        """When objections of this notice to the letter were lifted."""
        told = [(topic, data, fact) for topic, its, data, fact in self.facts if its == stream]
        stops = {
            data["objection"]
            for topic, data, _ in told
            if topic == "notice.objected.v1" and (not data["items"] or self.told["item"] in data["items"])
        }
        return [
            max(recorded_at(fact), instant(data["said_at"]))
            for topic, data, fact in told
            if topic == "notice.objection-lifted.v1" and data["objection"] in stops
        ]

    def last(self, topic, stream):
        fact = self.last_fact(topic, stream)
        return json.loads(fact["data"]) if fact else None

    def last_fact(self, topic, stream):
        return next((fact for its, where, _, fact in reversed(self.facts) if (its, where) == (topic, stream)), None)


def canonical(manifest):
    """RFC 8785, for what a manifest holds: text, whole numbers, null, lists and objects with names in ASCII."""
    return json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def opens_at(starts, policy):
    """The first instant at which it might leave (Instruks 5.4)."""
    day = starts.astimezone(OSLO).date() + dt.timedelta(days=policy["days"] + (not policy["day_of_notice_counted"]))
    whole_days = dt.datetime.combine(day, dt.time(), OSLO).astimezone(dt.UTC)
    return max(whole_days, starts + dt.timedelta(hours=policy["min_hours"]))


def recorded_at(fact):
    """When the log recorded it: microseconds since 2000-01-01 UTC."""
    return dt.datetime(2000, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=fact["recorded_at_us"])


def instant(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


if __name__ == "__main__":
    main()
