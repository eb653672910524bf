"""What `make run` shows of what is due: invented, in a new database alone, and told as it arrives."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from dev.demo import alerts
from dev.people import PEOPLE
from dev.receiver import line_of
from dev.shown_deadlines import INVENTED, REPORTS, plan_examples
from dev.shown_webhook import Receiving
from dev.state import State
from services.bokmal import day_in_words
from services.calendar.clock import now
from services.calendar.days import add_days, day_of
from tests.conftest import Database
from tests.faults.service import issuer_of, notifications_settings_of, running
from tests.notifications.deadline.registered import follow
from tests.patience import PATIENCE_SECONDS


def test_a_new_database_gets_a_few_invented_deadlines_and_one_notice_and_an_old_one_none(
    database: Database, tmp_path: Path
) -> None:
    settings = notifications_settings_of(database, tmp_path)
    issuer = issuer_of(settings)
    tokens = {person: issuer.mint(person, roles) for person, roles in PEOPLE.items()}
    today, said = day_of(now()), list[str]()
    with running(settings, tmp_path) as service:
        assert plan_examples(service.address, tokens, today=today, say=said.append) == len(REPORTS)
        assert plan_examples(service.address, tokens, today=add_days(today, 1), say=said.append) == 0
        follow(database)
        reader = {"Authorization": f"Bearer {tokens['riksrevisjonen']}"}
        due = httpx.get(f"{service.address}/v1/deadlines?state=due", headers=reader, timeout=PATIENCE_SECONDS).json()[
            "items"
        ]
        publications = httpx.get(f"{service.address}/v1/publications", headers=reader, timeout=PATIENCE_SECONDS).json()[
            "items"
        ]
    assert [each["due_on"] for each in due] == [str(add_days(today, days)) for _, days in REPORTS]
    assert [each["notice_id"] is not None for each in due] == [True, False, False]
    assert {each["overdue"] for each in due} == {False}
    assert all(f": {INVENTED}: {report}" in each["what"] for each, (report, _) in zip(due, REPORTS, strict=True))
    assert len(publications) == len(REPORTS)
    assert said[0].startswith("  3 invented reports")


def test_what_arrives_is_told_once_with_what_is_due_and_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    message: dict[str, Any] = {
        "type": "notice.due_soon",
        "subject": "notice/1",
        "tilsagnsequence": 3,
        "data": {"what": "Departementet må ha orienteringen", "due_on": "2026-11-29"},
    }
    due = "notice.due_soon, number 3: Departementet må ha orienteringen, due 2026-11-29"
    assert line_of(message) == due
    assert line_of(json.loads('{"type": "webhook.test", "subject": "endpoint/1", "data": {}}')) == (
        "webhook.test, about endpoint/1"
    )
    receiving, said = Receiving(State(tmp_path), 8003), list[str]()
    receiving.log.write_text(f"webhook.test, about endpoint/1\n{due}\n")
    looks = list[float]()
    monkeypatch.setattr("dev.shown_webhook.time.sleep", looks.append)
    receiving.tell_of(("webhook.test",), said.append)
    receiving.log.open("a").write("deadline.approaching, number 4: Noe, due 2026-12-02\n")
    receiving.tell_of(("deadline.", "notice.due_soon"), said.append)
    assert said == [
        "  our own receiver was told webhook.test, about endpoint/1",
        f"  our own receiver was told {due}",
        "  our own receiver was told deadline.approaching, number 4: Noe, due 2026-12-02",
    ]
    assert len(looks) == 2, "it waits no longer than until they are there"


def test_an_alert_is_read_from_the_stream_and_told_in_a_line() -> None:
    said = {"what": "Orienteringen åpner", "due_on": "2020-04-04", "as_of": "2020-04-02T08:00:00Z"}
    message = {"type": "notice.opens_soon", "data": said | {"cases": 4, "waiting": 4}}
    lines = [
        "retry: 2000",
        "",
        "id: 7-5f2c5f2c5f2c5f2c",
        "event: notice.opens_soon",
        f"data: {json.dumps(message)}",
        "",
        ": still here",
    ]
    assert list(alerts.events_in(iter(lines))) == [("7-5f2c5f2c5f2c5f2c", message)]
    day = day_in_words(date(2020, 4, 4))
    told = f"Varsel 2020-04-02 notice.opens_soon: Orienteringen åpner ({day}; 4 brev venter)"
    assert alerts.line_of(message) == told
    of_a_report = {"type": "notice.opened", "data": said | {"cases": 0, "waiting": 1}}
    assert alerts.line_of(of_a_report) == f"Varsel 2020-04-02 notice.opened: Orienteringen åpner ({day})"
