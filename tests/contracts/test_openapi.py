"""What is promised to front-ends is what is served."""

import json

from openapi_spec_validator import validate

from dev.openapi import FILE, description


def test_the_committed_openapi_is_what_the_service_serves() -> None:
    assert FILE.read_text(encoding="utf-8") == description(), "run python -m dev.openapi and commit the change"


def test_it_is_openapi() -> None:
    validate(json.loads(description()))


def test_every_command_says_that_it_takes_a_key_and_whom_it_serves() -> None:
    paths = json.loads(description())["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            if path.startswith("/v1/"):
                assert operation["x-roles"], (method, path)
