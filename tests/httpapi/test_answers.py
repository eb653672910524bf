"""What is answered at once and what is answered again are the same bytes."""

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.httpapi.commands.answer import Answer, respond

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.uuids(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(
    body=st.dictionaries(st.text(), VALUES),
    version=st.integers(1, 10**9),
    status=st.sampled_from([200, 201]),
    location=st.none() | st.just("/v1/cases/1"),
)
def test_an_answer_is_sent_as_it_is_kept(body: dict[str, Any], version: int, status: int, location: str | None) -> None:
    answer = Answer(body=body, status=status, location=location)
    first, again = answer.response(version), respond(answer.kept(version))
    assert (first.body, first.status_code, first.raw_headers) == (again.body, again.status_code, again.raw_headers)


def test_what_json_has_no_word_for_is_told_as_text() -> None:
    answer = Answer(body={"on": date(2020, 1, 17), "id": UUID(int=1)})
    assert answer.response(3).body == b'{"on":"2020-01-17","id":"00000000-0000-0000-0000-000000000001"}'
