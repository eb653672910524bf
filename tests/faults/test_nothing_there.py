"""An act on a thing that does not exist is answered that it does not (404), whatever version the caller claims to have
read: on every address that names a version, with a body made from its own description."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from services.httpapi.caller import Role
from tests.conftest import Database
from tests.faults.service import notifications_settings_of, serving, settings_of, signed_in

NOWHERE = "00000000-0000-4000-8000-000000000404"
PATHS = {"call_id": "a.b", "number": "1", "objection": "1", "year": "2020", "chapter": "291", "post": "71"}
TEXTS = {
    "date": "2020-06-01",
    "date-time": "2020-06-01T08:00:00Z",
    "uuid": NOWHERE,
}
NAMED = {"account_number": "12345678911", "organisation_number": "974760673"}
BESIDE = {"POST /v1/rounds/{round_id}/batches": "a file is read whole before the round is looked for"}


def sample(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    """The least that is within the schema."""
    if "$ref" in schema:
        return sample(known[schema["$ref"].rpartition("/")[2]], known)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return sample(next(each for each in schema[several] if each.get("type") != "null"), known)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            needed = schema.get("required", ())
            its = schema.get("properties", {})
            return {name: NAMED.get(name) or sample(its[name], known) for name in needed}
        case "array":
            return [sample(schema["items"], known)] * schema.get("minItems", 1)
        case "integer":
            return max(int(schema.get("minimum", 1)), 1)
        case "boolean":
            return True
    return TEXTS.get(schema.get("format", "")) or text_like(schema)


def text_like(schema: dict[str, Any]) -> str:
    """A text of the length or the pattern it must have."""
    pattern: str = schema.get("pattern", "")
    for one in ("ab" * 32, "974760673", "2020-06-01", "0301", "a.b", "x"):
        if re.search(pattern, one) and len(one) >= schema.get("minLength", 0):
            return one
    return "x" * int(schema.get("minLength", 1))


@pytest.mark.parametrize("service", ["grants", "notifications"])
def test_what_is_not_there_is_said_not_to_be_in_any_version(service: str, database: Database, tmp_path: Path) -> None:
    settings = settings_of(database, tmp_path)
    told: Any = settings if service == "grants" else notifications_settings_of(database, tmp_path)
    otherwise: dict[str, tuple[int, str]] = {}
    walked = []

    async def go() -> None:
        async with serving(told) as (app, client):
            described = app.openapi()
            known = described["components"]["schemas"]
            for path, verbs in described["paths"].items():
                for verb, operation in verbs.items():
                    if "If-Match" not in {each["name"] for each in operation.get("parameters", ())}:
                        continue
                    name = f"{verb.upper()} {path}"
                    if name in BESIDE:
                        continue
                    content = operation.get("requestBody", {}).get("content", {})
                    body = (
                        sample(content["application/json"]["schema"], known) if "application/json" in content else None
                    )
                    address = re.sub(r"{(\w+)}", lambda found: PATHS.get(found[1], NOWHERE), path)
                    headers = signed_in(told, "siri", *Role) | {"If-Match": '"7"', "Idempotency-Key": name}
                    answer = await client.request(verb.upper(), address, headers=headers, json=body)
                    walked.append(name)
                    if answer.status_code != 404:
                        otherwise[name] = (answer.status_code, answer.text[:300])

    asyncio.run(go())
    assert otherwise == {}
    assert len(walked) > 10
