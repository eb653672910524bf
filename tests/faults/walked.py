"""Requests made from the services' own descriptions: for each address that asks for a header, the least that it takes,
about things that are not there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

NOWHERE = "00000000-0000-4000-8000-000000000404"
PATHS = {"call_id": "a.b", "number": "1", "objection": "1", "year": "2020", "chapter": "291", "post": "71"}
TEXTS = {
    "date": "2020-06-01",
    "date-time": "2020-06-01T08:00:00Z",
    "uuid": NOWHERE,
}
NAMED = {"account_number": "12345678911", "organisation_number": "974760673"}


@dataclass(frozen=True)
class Walked:
    """One operation, and what it is asked with."""

    verb: str
    path: str
    operation: dict[str, Any]
    address: str
    body: Any

    @property
    def name(self) -> str:
        return f"{self.verb} {self.path}"


def list_asking_for(header: str, described: dict[str, Any]) -> Iterator[Walked]:
    """The operations of an OpenAPI description that take this header."""
    known = described["components"]["schemas"]
    for path, verbs in described["paths"].items():
        address = re.sub(r"{(\w+)}", lambda found: PATHS.get(found[1], NOWHERE), path)
        for verb, operation in verbs.items():
            if header in {each["name"] for each in operation.get("parameters", ())}:
                told = operation.get("requestBody", {}).get("content", {}).get("application/json")
                body = sample(told["schema"], known) if told else None
                yield Walked(verb.upper(), path, operation, address, body)


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
