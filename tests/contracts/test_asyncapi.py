"""What is promised to readers of the feeds is what is told, in AsyncAPI's own form."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from dev.asyncapi import FILES, HEARS, description, document
from services.inbox.contract import CONTRACTS, PREFIX
from tests.made import check_made

STANDARD = json.loads((Path(__file__).parent / "vendor" / "asyncapi-3.0.0.json").read_text(encoding="utf-8"))

pytestmark = pytest.mark.parametrize("service", FILES)


def references(told: Any) -> Iterator[str]:
    """Every place the document names, examples apart."""
    if isinstance(told, dict):
        if isinstance(told.get("$ref"), str):
            yield told["$ref"]
        for name, each in told.items():
            if name != "examples":
                yield from references(each)
    elif isinstance(told, list):
        for each in told:
            yield from references(each)


def found(service: str, reference: str) -> Any:
    """What stands at the place, whichever file it is in."""
    file, _, steps = reference.partition("#")
    path = CONTRACTS / (file or FILES[service].name)
    there = json.loads(path.read_text(encoding="utf-8"))
    for step in filter(None, steps.split("/")):
        there = there[step]
    return there


def test_the_committed_asyncapi_is_what_the_code_says(service: str) -> None:
    check_made(FILES[service], description(service), "dev.asyncapi")


def test_it_is_asyncapi(service: str) -> None:
    assert [error.message for error in Draft7Validator(STANDARD).iter_errors(document(service))] == []
    broken = document(service) | {"channels": {"feed": {"address": 7}}}
    assert not Draft7Validator(STANDARD).is_valid(broken)


def test_every_place_it_names_is_there(service: str) -> None:
    named = set(references(document(service)))
    assert {f"./asyncapi-{HEARS[service][0]}.json", ""} <= {each.partition("#")[0] for each in named}
    for reference in named:
        assert found(service, reference)


def test_every_message_has_an_example_that_is_within_its_schema(service: str) -> None:
    for kind, message in document(service)["components"]["messages"].items():
        assert message["name"] == f"{PREFIX}{kind}"
        assert message["examples"], kind
        schema = Draft202012Validator(found(service, message["payload"]["schema"]["$ref"]))
        for example in message["examples"]:
            schema.validate(example["payload"])


def test_what_a_service_hears_is_told_by_the_other(service: str) -> None:
    other, types = HEARS[service]
    theirs = {message["name"] for message in document(other)["components"]["messages"].values()}
    assert set(types) <= theirs
