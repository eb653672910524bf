"""Messages as they are sent: CloudEvents, thin, the same bytes for every try."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.notifications.webhook.sending.composing import MOST_BYTES, CannotCompose, Content, compose

CONTENT = Content(
    id=UUID(int=7),
    type="notice.received",
    occurred_at=datetime(2020, 6, 1, 8, tzinfo=UTC),
    sequence=12,
    subject={"notice_id": "n-1", "scheme_ids": ["jobbsjansen-2020"], "posts": ["671.60"]},
    data={"opens_on": "2020-06-16"},
)


def told(content: Content) -> Any:
    return json.loads(compose(content, 1))


def test_it_is_a_cloudevent_with_its_number() -> None:
    assert told(CONTENT) == {
        "specversion": "1.0",
        "id": "00000000-0000-0000-0000-000000000007",
        "source": "/notifications",
        "type": "notice.received",
        "subject": "notice/n-1",
        "time": "2020-06-01T08:00:00Z",
        "datacontenttype": "application/json",
        "tilsagncontract": 1,
        "tilsagnsequence": 12,
        "data": {
            "as_of": "2020-06-01T08:00:00Z",
            "notice_id": "n-1",
            "scheme_ids": ["jobbsjansen-2020"],
            "posts": ["671.60"],
            "opens_on": "2020-06-16",
        },
    }
    assert "tilsagnsequence" not in told(replace(CONTENT, sequence=None))


def test_of_a_whole_round_the_number_is_told() -> None:
    cases = [str(UUID(int=nth)) for nth in range(700)]
    data = told(replace(CONTENT, subject={"notice_id": "n-1", "case_ids": cases}))["data"]
    assert data["case_id_count"] == 700
    assert "case_ids" not in data
    assert told(replace(CONTENT, subject={"case_ids": cases[:50]}))["data"]["case_ids"] == cases[:50]


def test_every_try_has_the_same_bytes() -> None:
    assert compose(CONTENT, 1) == compose(replace(CONTENT), 1)


def test_what_cannot_be_made_says_why() -> None:
    with pytest.raises(CannotCompose, match="bytes long"):
        compose(replace(CONTENT, data={"x": "å" * (MOST_BYTES // 2)}), 1)
    with pytest.raises(CannotCompose, match="no version 2"):
        compose(CONTENT, 2)
    with pytest.raises(CannotCompose, match="JSON"):
        compose(replace(CONTENT, data={"x": float("nan")}), 1)
    with pytest.raises(CannotCompose, match="JSON"):
        compose(replace(CONTENT, data={"x": object()}), 1)
    with pytest.raises(CannotCompose, match="JSON"):
        compose(replace(CONTENT, data={"x": "\ud800"}), 1)


def test_every_instant_is_spelt_alike_whoever_put_it() -> None:
    put = {"until": "2020-06-01T10:00:00+02:00", "of": [{"at": "2020-06-01T08:00:00.5+00:00"}], "on": "2020-06-01"}
    data = told(replace(CONTENT, data=put))["data"]
    assert (data["until"], data["of"], data["on"]) == (
        "2020-06-01T08:00:00Z",
        [{"at": "2020-06-01T08:00:00.500000Z"}],
        "2020-06-01",
    )
