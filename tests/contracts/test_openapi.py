"""What is promised to front-ends is what is served."""

import json

import pytest
from openapi_spec_validator import validate

from dev.openapi import FILES, description
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
