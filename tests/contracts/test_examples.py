"""Every example that the OpenAPI documents give fits the schema it stands beside: whoever writes a client from it is
not led astray."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dev.openapi import FILES


def examples(node: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where, the schema, and what is said to fit it: of schemas, and of media types and parameters beside theirs."""
    if isinstance(node, list):
        for nth, each in enumerate(node):
            yield from examples(each, f"{path}/{nth}")
        return
    if not isinstance(node, dict):
        return
    beside = isinstance(node.get("schema"), dict)
    schema = node["schema"] if beside else node
    if beside or {"$ref", "type", "anyOf", "allOf", "properties"} & node.keys():
        given = node.get("examples", [])
        if isinstance(given, dict):
            given = [each["value"] for each in given.values() if isinstance(each, dict) and "value" in each]
        told = [*given, *([node["example"]] if "example" in node else [])]
        yield from ((path, schema, each) for each in told)
    for name, inner in node.items():
        if name not in ("example", "examples", "default", "const", "enum"):
            yield from examples(inner, f"{path}/{name}")


@pytest.mark.parametrize("name", FILES)
def test_every_example_fits_its_schema(name: str) -> None:
    document = json.loads(FILES[name].read_text())
    given = list(examples(document["paths"], "paths")) + list(examples(document["components"], "components"))
    wrong = []
    for path, schema, example in given:
        whole = {"components": document["components"], "allOf": [schema]}
        for error in Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(
            example
        ):
            wrong.append(f"{path}: {error.json_path}: {error.message[:200]}")
    assert given
    assert wrong == []


@pytest.mark.parametrize("name", FILES)
def test_every_refusal_is_described_with_an_example(name: str) -> None:
    document = json.loads(FILES[name].read_text())
    assert document["components"]["schemas"]["Problem"]["examples"]
    said = [operation["responses"]["default"] for path in document["paths"].values() for operation in path.values()]
    assert {json.dumps(each["content"]["application/problem+json"]) for each in said} == {
        '{"schema": {"$ref": "#/components/schemas/Problem"}}'
    }
