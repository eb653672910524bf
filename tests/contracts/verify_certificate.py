"""What the tests of verify certificate build, for other tests to use as well."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.eventlog.checkpoints.chain import microseconds
from tests.house.tree import ROOT

SCRIPT = ROOT / "contracts" / "verify_certificate.py"
CASE = "3f2b9c1e-5d47-4a8e-9b60-7c1d2e3f4a5b"
ITEM, FIRST, SECOND = f"letter-{CASE}", "notice-1", "notice-2"
LETTER = "ab" * 32
SENT = datetime(2027, 6, 1, 9, tzinfo=UTC)
OPENS = datetime(2027, 6, 15, 22, tzinfo=UTC)  # 16 June, 00:00 in Norway
RULE = {
    "version": "instruks-5.4", "days": 14, "day_of_notice_counted": False, "starts": "received", "min_hours": 336,
    "roll_forward": False, "tz": "Europe/Oslo", "basis": "Instruks 5.4", "stale_after_days": 90,
}  # fmt: skip
MANIFEST = {
    "case_id": CASE, "decision_version": 3, "recipient_name": "Foreningen", "recipient_number": "974760673",
    "amount_ore": 100, "plan": [], "terms": [], "scheme_id": "ordning", "fund_id": "2020/291/71", "form": "nb",
    "template": "grant-letter/2", "dated_on": "2027-05-01", "files": [LETTER], "channel": "smtp", "policy_version": "1",
}  # fmt: skip
TEXT = json.dumps(MANIFEST, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
BOUND = hashlib.sha256(TEXT.encode()).hexdigest()
LINES = [{"item": ITEM, "manifest_sha256": BOUND, "title": "Foreningen"}]


class Story:
    """Facts as the log has them, each an hour after the one before unless it is said when."""

    def __init__(self) -> None:
        self.facts: list[dict[str, Any]] = []
        self.at = SENT - timedelta(days=3)

    def add(self, stream: str, topic: str, at: datetime | None = None, **data: Any) -> "Story":
        self.at = at or self.at + timedelta(hours=1)
        version = 1 + sum(fact["stream"] == stream for fact in self.facts)
        told = {"kind": "event", "position": len(self.facts) + 1, "stream": stream, "version": version, "topic": topic}
        told |= {"recorded_at_us": microseconds(self.at), "hash": "00", "metadata": "{}"}
        self.facts.append(told | {"data": json.dumps(data, default=str)})
        return self

    def hold(self, *, text: str = TEXT, exemption: Mapping[str, Any] | None = None) -> "Story":
        return self.add(
            ITEM, "letter.held.v2", manifest_json=text, size_bytes=1, approved_on="2027-05-02", round_id=None,
            exemption=exemption,
        )  # fmt: skip

    def prepare(self, notice: str = FIRST, lines: Any = LINES) -> "Story":
        self.add(notice, "notice.prepared.v1", lines=lines, prepared_by="kari", about={}, planned_on=None, renews=None)
        return self

    def order(self, notice: str = FIRST, **rule: Any) -> "Story":
        return self.add(notice, "notice.ordered.v1", policy=RULE | rule, ordered_by="ingrid", channel="smtp")

    def send(self, notice: str = FIRST, at: datetime = SENT, dispatch: int = 1) -> "Story":
        return self.add(notice, "notice.dispatched.v1", at, dispatch=dispatch, said_at=at, channel="smtp", reference="")

    def receive(self, notice: str = FIRST, at: datetime = SENT, dispatch: int = 1, **more: Any) -> "Story":
        told = {"told_by": "departementet", "proposed_by": None, "evidence": "", "evidence_sha256": None} | more
        return self.add(notice, "notice.received.v1", at, dispatch=dispatch, received_at=at, **told)

    def claim(self, notice: str = FIRST, at: datetime = SENT, by: str = "kari") -> "Story":
        told = {"dispatch": 1, "received_at": at, "evidence": "", "evidence_sha256": None, "proposed_by": by}
        return self.add(notice, "notice.receipt-proposed.v1", at, **told)

    def told(self, notice: str = FIRST, at: datetime = SENT) -> "Story":
        return self.prepare(notice).order(notice).send(notice, at).receive(notice, at)

    def object(self, notice: str = FIRST, items: Any = ()) -> "Story":
        return self.add(notice, "notice.objected.v1", objection=1, items=items, text="", objected_by="departementet")

    def lift(self, at: datetime, notice: str = FIRST) -> "Story":
        return self.add(notice, "notice.objection-lifted.v1", at, objection=1, reason="", lifted_by="d", said_at=at)

    def claim_waiver(self, by: str, bound: str = BOUND, **told: Any) -> "Story":
        told = {"document": "Brev", "document_sha256": LETTER} | told
        return self.add(ITEM, "letter.waiver-proposed.v1", proposed_by=by, manifest_sha256=bound, **told)

    def waive(
        self, by: str = "kari", confirmed_by: str = "ingrid", bound: str = BOUND, document: str = "Brev"
    ) -> "Story":
        self.claim_waiver(by, bound, document=document)
        told: dict[str, Any] = {"document_sha256": LETTER, "manifest_sha256": bound}
        return self.add(ITEM, "letter.waiver-confirmed.v1", confirmed_by=confirmed_by, **told)

    def release(self, at: datetime | None = OPENS, **more: Any) -> "Story":
        ground = {"kind": "notice", "notice_id": FIRST.removeprefix("notice-"), "opened_at": str(OPENS)}
        self.at = at or self.at
        told = {"manifest_sha256": BOUND, "letter_sha256": LETTER, "ground": ground, "said_at": self.at}
        told |= {"released_by": "ingrid", "recipient_number": "974760673", "channel": "smtp"}
        return self.add(ITEM, "letter.released.v1", self.at, **told | more)

    def certificate(self) -> dict[str, Any]:
        """What the service would hand out."""
        released = [fact for fact in self.facts if fact["topic"] == "letter.released.v1"]
        fact = json.loads(released[-1]["data"]) if released else {"ground": {"kind": "notice"}}
        ground = fact["ground"]
        basis = {"notice": f"notice-{ground.get('notice_id')}", "scheme-policy": ground.get("source")}
        basis["waiver"] = ground.get("document_sha256")
        row = {"position": released[-1]["position"] if released else 0, "ground": ground["kind"]}
        row |= {"basis": basis[ground["kind"]], "opens_at": ground.get("opened_at"), "released_at": None}
        told = {"format": "tilsagn-certificate-1", "item": ITEM, "ground": ground["kind"], "released": row}
        return told | {"manifest_sha256": BOUND, "letter_sha256": LETTER, "facts": deepcopy(self.facts)}


def verify(folder: Path, certificate: Any, *more: str | Path) -> tuple[int, str]:
    """What the script says of it, run as an auditor runs it."""
    file = folder / "certificate.json"
    file.write_text(certificate if isinstance(certificate, str) else json.dumps(certificate), encoding="utf-8")
    ran = subprocess.run([sys.executable, SCRIPT, file, *more], capture_output=True, text=True, check=False)
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran.returncode, ran.stdout


def let_out() -> Story:
    return Story().hold().told().release()


def begun(story: Story, *, attempt: int = 1, at: datetime | None = None) -> Story:
    """Begun by a permit."""
    permit = {"position": 9, "hash": "aa", "attempt": attempt, "letter_sha256": LETTER}
    told: dict[str, Any] = {"attempt": attempt, "channel": "smtp", "key": "k", "permit": permit}
    return story.add(ITEM, "letter.sending-begun.v2", at or story.at, **told)
