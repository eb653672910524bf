"""Examples whole: FastAPI leaves out of its description whatever is null, from examples too, and so they would not fit
the schemas they stand in."""

from collections.abc import Mapping
from typing import Any

Schemas = Mapping[str, Any]


def make_whole(schemas: Schemas) -> None:
    """Gives each example of these schemas its nulls back."""
    for schema in schemas.values():
        if "examples" in schema:
            schema["examples"] = [_whole(example, schema, schemas) for example in schema["examples"]]


def _whole(example: Any, schema: Mapping[str, Any], schemas: Schemas) -> Any:
    """The example with null for each member it must have, does not, and may be null."""
    schema = _resolved(schema, schemas)
    if isinstance(example, list):
        return [_whole(each, schema.get("items", {}), schemas) for each in example]
    if not isinstance(example, dict):
        return example
    fields, required = schema.get("properties", {}), schema.get("required", ())
    absent = {name: None for name in required if name not in example and _may_be_null(fields.get(name, {}))}
    return {name: _whole(value, fields.get(name, {}), schemas) for name, value in example.items()} | absent


def _resolved(schema: Mapping[str, Any], schemas: Schemas) -> Mapping[str, Any]:
    """What it refers to; of several, the one that is not null."""
    for each in schema.get("anyOf", ()):
        if each.get("type") != "null":
            return _resolved(each, schemas)
    reference: str | None = schema.get("$ref")
    return _resolved(schemas[reference.rpartition("/")[2]], schemas) if reference else schema


def _may_be_null(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "null" or any(map(_may_be_null, schema.get("anyOf", ())))
