"""What is asked of endpoints has one spelling each: the one that messages say it in."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.notifications.deadline.deadline import post_of as post_of_deadline
from services.notifications.webhook.messages_of_facts import post_of
from services.notifications.webhook.requests import EndpointAsked

ASKED: dict[str, Any] = {"url": "https://a.no/", "types": ["*"]}
FUND = "2020/671/60/bosetting"


def read(**asked: Any) -> EndpointAsked:
    return EndpointAsked.model_validate(ASKED | asked)


def test_a_post_is_asked_for_as_messages_say_it() -> None:
    said = post_of(FUND)
    assert said == post_of_deadline(FUND) == "671.60"
    assert read(wanted={"posts": [said, "3290.01"], "scheme_ids": ["jobbsjansen-2020"]}).wanted.posts == (
        "671.60",
        "3290.01",
    )


@pytest.mark.parametrize(
    "post",
    ["671/60", "0671.60", "0.00", "1';--1", "671.6", "671.600", "671", ".60", "671.", "671,60", "６７１.60", "671.٦٠",
     " 671.60", "671.60\n", "123456.60"],
)  # fmt: skip
def test_what_is_no_post_is_refused(post: str) -> None:
    with pytest.raises(ValidationError):
        read(wanted={"posts": [post]})


@pytest.mark.parametrize("id", ["../x", "a b", "A-2020", "a--b", "-a", "a-", "å", "x/y", "*", ""])
def test_what_cannot_be_a_scheme_is_refused(id: str) -> None:
    with pytest.raises(ValidationError):
        read(wanted={"scheme_ids": [id]})


@pytest.mark.parametrize("contract", [True, 1.0, "1", 0, 2, None])
def test_the_version_of_the_format_is_a_number_there_is(contract: object) -> None:
    assert read(contract=1).contract == 1
    with pytest.raises(ValidationError):
        read(contract=contract)
