"""How letters leave: the ministry is told, waited for, and then the notifications service lets them go.

Everything here is asked of that service over HTTP, by the people whose work it is. Grants hears of it by the feed.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from dev.demo import told
from dev.demo.alerts import Alerts
from dev.demo.desk import INGRID, KARI, MINISTRY, Desk
from dev.people import Unexpected
from dev.state import ROOT

VERIFIER = ROOT / "contracts" / "verify_certificate.py"
CHANNEL = "file-outbox"

Found = TypeVar("Found")


class LettersOut:
    """The notifications service as its people use it. Certificates are kept in `folder`."""

    def __init__(self, base_url: str, tokens: Mapping[str, str], alerts: Alerts, folder: Path) -> None:
        self.desk, self._alerts, self._folder = Desk(base_url, tokens), alerts, folder
        folder.mkdir(parents=True, exist_ok=True)

    def go_to(self, day: str) -> None:
        """It is the morning of that day, and what was told until then is told."""
        self._alerts.go_to(day)

    def notify(self, round_id: str, case_ids: Sequence[str], *, planned_on: str, objects: bool = False) -> None:
        """The ministry is told of the round's letters, if it is owed notice of them, and says that it has it."""
        awards = [self._held(case_id) for case_id in case_ids]
        if source := (awards[0]["exemption"] or {}).get("source"):
            told.line("Departementet skal ikke orienteres om ordningen:")
            told.line(f"  {source}")
            return
        about = {"about": {"kind": "round", "id": round_id}, "planned_on": planned_on}
        notice = self.desk.opens(KARI, "/v1/notices", about)
        self.desk.acts(INGRID, "PUT", notice, "order", {"channel": CHANNEL})
        self._waits(partial(self._stands, notice, "dispatched"), "the notice")
        told.line(f"Kari orienterer departementet om {len(awards)} brev som skal ut {planned_on}")
        self.desk.acts(MINISTRY, "PUT", notice, "acknowledgement")
        told.line("Departementet kvitterer for orienteringen")
        if objects:
            why = {"items": [], "text": "Departementet vil se på fordelingen først (demonstrasjon)."}
            self.desk.acts(MINISTRY, "POST", notice, "objections", why)
            told.refusal("Ingrid vil sende, og", self._refused(case_ids[0]))
            self.desk.acts(MINISTRY, "PUT", notice, "objections/1/lifting", {"reason": "Avklart (demonstrasjon)."})
            told.line("Departementet trekker innsigelsen; fristen løper på nytt")
        told.line(f"Brevene kan gå {self._held(case_ids[0])['opens_in_words']}")
        told.refusal("Ingrid prøver å sende det første nå, og", self._refused(case_ids[0]))

    def release(self, case_ids: Sequence[str]) -> None:
        """Ingrid lets them go, each on its own; what shows that it was lawful is checked without the service."""
        for case_id in case_ids:
            self._held(case_id)
            self._waits(partial(self._let_go, case_id), f"the release of {case_id}")

    def certify(self, case_ids: Sequence[str]) -> None:
        """An auditor checks each letter's certificate offline."""
        for case_id in case_ids:
            self._waits(partial(self._arrived, case_id), f"the receipt of {case_id}")
            self._verify(case_id)
        told.line(f"Riksrevisjonen kontrollerer {len(case_ids)} bevis uten nett og database: alle holder")

    def _held(self, case_id: str) -> Any:
        return self._waits(partial(self._seen, case_id), f"the letter of {case_id}")

    def _seen(self, case_id: str) -> Any:
        """The award as the service shows it; None until it has heard of it."""
        answer = self.desk.looks(f"/v1/awards/{case_id}")
        return answer if answer and answer["state"] != "heard" else None

    def _stands(self, address: str, state: str) -> bool | None:
        self.desk.forgets()
        return self.desk.reads(address)["state"] == state or None

    def _arrived(self, case_id: str) -> bool | None:
        return self._stands(f"/v1/awards/{case_id}", "delivered")

    def _refused(self, case_id: str) -> dict[str, Any]:
        self.desk.forgets()
        return self.desk.tries(INGRID, "PUT", "release", {}, on=f"/v1/awards/{case_id}")

    def _let_go(self, case_id: str) -> bool | None:
        """None while the letter's bytes are on their way from grants."""
        self.desk.forgets()
        try:
            self.desk.acts(INGRID, "PUT", f"/v1/awards/{case_id}", "release", {})
        except Unexpected as refusal:
            if "letter-not-fetched" in str(refusal):
                return None
            raise
        return True

    def _verify(self, case_id: str) -> None:
        file = self._folder / f"{case_id}.json"
        certificate = self.desk.reads(f"/v1/awards/{case_id}/certificate")
        file.write_text(json.dumps(certificate, ensure_ascii=False, indent=1), encoding="utf-8")
        command: list[str | Path] = [sys.executable, VERIFIER, file]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        if said.returncode:
            raise Unexpected(f"the certificate of {case_id} does not hold: {said.stdout}")

    def _waits(self, look: Callable[[], Found | None], what: str) -> Found:
        return self.desk.waits_for(look, what)
