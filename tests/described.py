"""What a service answers, held against what its OpenAPI says of it."""

import json
import re
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from tests.house.tree import ROOT

AS_JSON = "application/json"


@cache
def _operations(service: str) -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    paths = json.loads((ROOT / f"contracts/openapi-{service}.json").read_text(encoding="utf-8"))["paths"]
    return [
        (method, re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)), operation)
        for path, operations in sorted(paths.items(), key=lambda each: each[0].count("{"))
        for method, operation in operations.items()
    ]


@cache
def _validator(service: str, shape: str) -> Draft202012Validator:
    components = json.loads((ROOT / f"contracts/openapi-{service}.json").read_text(encoding="utf-8"))["components"]
    return Draft202012Validator({**json.loads(shape), "components": components})


def check_described(service: str, answer: httpx.Response) -> None:
    """Fail where the body of what went well is not as described. An address that is not in the description has none."""
    if not answer.is_success or not answer.headers.get("Content-Type", "").startswith(AS_JSON):
        return
    method, path = answer.request.method.lower(), answer.request.url.path
    operation = next((each for verb, of, each in _operations(service) if verb == method and of.fullmatch(path)), None)
    assert operation is not None, f"{method} {path} is not described"
    said = operation["responses"].get(str(answer.status_code), {})
    shape = said.get("content", {}).get(AS_JSON, {}).get("schema")
    if shape:
        wrong = [each.message[:300] for each in _validator(service, json.dumps(shape)).iter_errors(answer.json())]
        assert wrong == [], f"{method} {path} does not answer as described: {wrong[:3]}"
