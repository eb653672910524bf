"""What is promised to front-ends is what is served."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from openapi_spec_validator import validate

from dev.openapi import FILES, description
from tests.contracts.undescribed import UNTOLD
from tests.made import check_made

BY_A_TOKEN_IN_IT = {("get", "/v1/calendars/{calendar_id}/{token}.ics")}
"""Addresses that serve whoever has them: a calendar program can send nothing else."""

pytestmark = pytest.mark.parametrize("service", FILES)


def test_the_committed_openapi_is_what_the_service_serves(service: str) -> None:
    check_made(FILES[service], description(service), "dev.openapi")


def test_it_is_openapi(service: str) -> None:
    validate(json.loads(description(service)))


def test_every_command_says_that_it_takes_a_key_and_whom_it_serves(service: str) -> None:
    paths = json.loads(description(service))["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            if path.startswith("/v1/"):
                assert ("x-roles" in operation) != ((method, path) in BY_A_TOKEN_IN_IT), (method, path)


def test_every_operation_says_what_it_answers(service: str) -> None:
    """Seen: of 183 operations of grants 143 said only that they answer JSON. Those that still do are listed by name,
    and leave the list when they are described; none comes to it."""
    paths = json.loads(description(service))["paths"]
    untold = {
        (method, path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if not any(map(is_told, answers_of(operation)))
    }
    assert untold == UNTOLD[service]


def answers_of(operation: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Those of what went well."""
    return [(status, answer) for status, answer in operation["responses"].items() if status[0] in "23"]


def is_told(answer: tuple[str, Mapping[str, Any]]) -> bool:
    """It is nothing at all, or a body of a shape, or a file of a kind."""
    status, said = answer
    bodies = said.get("content", {})
    if status in ("204", "304"):
        return not bodies
    return any(body.get("schema") for body in bodies.values())


def test_what_says_nothing_of_its_answer_is_seen(service: str) -> None:
    assert UNTOLD.keys() == FILES.keys(), service
    assert not is_told(("200", {"content": {"application/json": {"schema": {}}}}))
    assert not is_told(("200", {}))
    assert is_told(("204", {}))
    assert is_told(("200", {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}))
