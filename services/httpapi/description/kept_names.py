"""Names of bodies in a service's description, which stay as they were first told wherever a class stands.

Front-ends make types of them. Two bodies of one name are told apart by their modules, unless they say what they are
described as."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from services.httpapi.strict.fields import Body


def keep_names(description: Mapping[str, Any]) -> dict[str, Any]:
    """The description with each body under the name it keeps."""
    kept = {named_by_module(kind): kind.described_as for kind in _below(Body) if kind.described_as is not None}
    references = {f"#/components/schemas/{name}": f"#/components/schemas/{stays}" for name, stays in kept.items()}
    told: dict[str, Any] = _renamed(description, references)
    schemas = {kept.get(name, name): schema for name, schema in told["components"]["schemas"].items()}
    return {**told, "components": {**told["components"], "schemas": schemas}}


def named_by_module(kind: type[Body]) -> str:
    """What pydantic names one of several bodies of a name."""
    return re.sub(r"[^a-zA-Z0-9.\-_]", "_", f"{kind.__module__}.{kind.__qualname__}").replace(".", "__")


def _below(kind: type[Body]) -> Iterator[type[Body]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _renamed(part: Any, references: Mapping[str, str]) -> Any:
    match part:
        case Mapping():
            return {name: _renamed(inner, references) for name, inner in part.items()}
        case list():
            return [_renamed(inner, references) for inner in part]
        case str():
            return references.get(part, part)
    return part
