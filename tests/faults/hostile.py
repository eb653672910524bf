"""Every place of the service where a caller may write, taken from its description, and what is hostile there.

The places are generated; the values are kept by hand (tests/httpapi/test_hostile_input.py tells why each is there).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from services.httpapi.app import Service
from tests.httpapi.hostile_input import BAD_DAYS, BAD_IDS, BAD_INSTANTS, BAD_LINES, BAD_TEXT, CORPUS, NOT_TEXT

CANARY = "kanarifugl"
ONE_LINE = 200
NOBODY = "00000000-0000-4000-8000-000000000001"
LETTER = f"letter-{NOBODY}"
NUMBERS = [literal for literal in CORPUS["spare_ore"] if literal not in ("-1", "1000000000000001")]
IN_BODIES: Mapping[str, list[str]] = {
    "integer": NUMBERS,
    "boolean": CORPUS["final"],
    "choice": [*CORPUS["kind"], '"TRUE"'],
    "date": BAD_DAYS,
    "date-time": BAD_INSTANTS,
    "uuid": BAD_IDS,
    "string": [*NOT_TEXT, *BAD_TEXT],
    "array": ['"x"', "{}", "null", "5", "[[]]", "[null]", '"[]"', "[NaN]"],
    "object": ["[]", "null", '"x"', "5", "[{}]", "{}", '{"__proto__":1}'],
}
IN_ADDRESSES: Mapping[str, list[str]] = {
    "integer": [
        "１", "٥", "2020.0", "1e3", " 5", "5 ", "005", "+5", "-5", "5_0", "9" * 30, "2147483648", "9223372036854775808",
        "true", "null", "NaN", "0x5", "5\0", "\ud800", "x",
    ],
    "choice": ["TRUE", "1", "true ", "true\0", "yes", "\ud800"],
    "date": ["2020-13-01", "2021-02-29", "2020-1-1", "20200101", "1577836800", "2020-01-01T00:00:00Z", "9999-12-31",
             "0001-01-01", "２０２０-01-01", "today", "2020-01-01\0", "2020-01-01 "],
    "date-time": ["2020-01-01", "2020-01-01T00:00:00", "0", "now", "2020-01-01T25:00:00Z", "2020-01-01 00:00:00Z",
                  "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2020-01-01T00:00:00Z\0"],
    "uuid": ["1", "\0", "\ud800", "x" * 500, "{}", "00000000-0000-4000-8000-00000000000G",
             "00000000000040008000000000000001", "٠0000000-0000-4000-8000-000000000001"],
    "string": ["\0", "\ud800", "a\r\nb", "\x1b[31m", "a\u202eb", "a\u2028b", " a", "a" * 2_000, "\ufeff"],
}  # fmt: skip
HEADERS = {"If-Match", "Idempotency-Key", "Last-Event-ID"}


@dataclass(frozen=True)
class Place:
    """One field, path or query parameter of one operation."""

    method: str
    path: str
    kind: str  # path, query or body
    steps: tuple[str | int, ...]
    schema: Mapping[str, Any]
    optional: bool

    @property
    def name(self) -> str:
        return str(next(step for step in reversed(self.steps or ("body",)) if isinstance(step, str)))

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.kind} {'.'.join(map(str, self.steps))}"

    def list_hostile(self) -> list[str]:
        """What must be refused here: JSON literals in a body, percent-encoded text in an address."""
        sort, largest, smallest = sort_of(self.schema), self.schema.get("maximum"), self.schema.get("minimum")
        beyond = [str(int(largest) + 1)] if largest is not None else []
        beyond += [str(int(smallest) - 1)] if smallest is not None else []
        if self.kind != "body":
            told = "\0" if sort == "string" else ""
            texts = [*IN_ADDRESSES[sort], *beyond, f"<{CANARY}>{told}"]
            if (largest or 0) > 2**31:  # a lawful position in a log
                texts.remove("2147483648")
            return [quote(text.encode("utf-8", "surrogatepass"), safe="") for text in texts]
        hostile = [*IN_BODIES[sort], *beyond]
        if sort == "string":
            longest = int(self.schema["maxLength"])
            hostile += [json.dumps(f"{CANARY}\0"), json.dumps("a" * (longest + 1))]
            hostile += BAD_LINES if longest <= ONE_LINE else []
        else:
            hostile.append(json.dumps(f"<{CANARY}>"))
        lawful = {"{}"} if sort == "object" and not self.schema.get("required") else set[str]()
        lawful |= {json.dumps(choice) for choice in self.schema.get("enum", ())}
        lawful |= {"null"} if self.optional else set()
        lawful |= {"[null]"} if {"type": "null"} in self.schema.get("items", {}).get("anyOf", ()) else set()
        if sort == "string" and not self.schema.get("minLength"):
            lawful |= {literal for literal in hostile if literal.startswith('"') and not literal.strip('" ')}
        return [literal for literal in hostile if literal not in lawful]


class Description:
    """The service's OpenAPI, read as a list of places and a well-formed request for each operation."""

    def __init__(self, app: Service, known: Mapping[str, Any]) -> None:
        """`known` gives, by name, values that stand for something real, or several to choose from by their length; any
        other field gets the least of its kind."""
        self._document = app.openapi()
        self._known = known

    def operations(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for path, operations in self._document["paths"].items():
            for method, operation in operations.items():
                yield method.upper(), path, operation

    def places(self) -> Iterator[Place]:
        for method, path, operation in self.operations():
            for told in operation.get("parameters", []):
                if told["in"] == "header":  # test_hostile_elsewhere.py, and test_streaming.py of the last event
                    assert told["name"] in HEADERS, told
                    continue
                optional = not told.get("required", False)
                yield Place(method, path, told["in"], (told["name"],), self.of(told["schema"])[0], optional)
            body = self.body_schema(operation)
            if body is not None:
                yield from (Place(method, path, "body", *place) for place in self._within((), body, optional=False))

    def body_schema(self, operation: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What a JSON body is like; None where there is none, or bytes of another kind."""
        told = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        schema: Mapping[str, Any] | None = told.get("schema")
        return None if schema is None or schema.get("format") == "binary" else schema

    def of(self, schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
        """The schema itself, behind references and "or null", and whether it may be null."""
        if "$ref" in schema:
            return self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], False
        if "oneOf" in schema:  # one of several shapes: the first stands for all where one is enough
            return self.of(schema["oneOf"][0])
        kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
        assert len(kinds) == 1, schema
        return (kinds[0] if "$ref" not in kinds[0] else self.of(kinds[0])[0]), "anyOf" in schema

    def _within(
        self, steps: tuple[str | int, ...], schema: Mapping[str, Any], *, optional: bool
    ) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any], bool]]:
        for other in schema.get("oneOf", ())[1:]:
            yield from self._within(steps, other, optional=optional)
        schema, nullable = self.of(schema)
        yield steps, schema, optional or nullable
        for name, inner in schema.get("properties", {}).items():
            yield from self._within((*steps, name), inner, optional=False)
        if "items" in schema:
            yield from self._within((*steps, 0), schema["items"], optional=False)

    def sample(self, schema: Mapping[str, Any], name: str = "") -> Any:
        """A well-formed value."""
        schema, nullable = self.of(schema)
        if name in self._known:
            return self._fitting(self._known[name], schema)
        if nullable:
            return None
        if "properties" in schema:
            return {inner: self.sample(kind, inner) for inner, kind in schema["properties"].items()}
        if "items" in schema:
            return [self.sample(schema["items"], name)]
        return least(schema)

    @staticmethod
    def _fitting(known: Any, schema: Mapping[str, Any]) -> Any:
        """What is known by a name; of several, the first that is not too long here (a post, where earmarks are not)."""
        if not isinstance(known, tuple):
            return known
        return next(each for each in known if len(each) <= schema.get("maxLength", len(each)))


def sort_of(schema: Mapping[str, Any]) -> str:
    if "enum" in schema or "const" in schema:
        return "choice"
    return str(schema.get("format", schema["type"]))


def least(schema: Mapping[str, Any]) -> Any:
    """The least value of a kind."""
    match sort_of(schema):
        case "integer":
            return max(1, int(schema.get("minimum", 1)))
        case "boolean":
            return False
        case "choice":
            return schema.get("const", schema.get("enum", [None])[0])
        case "date":
            return "2020-06-15"
        case "date-time":
            return "2020-06-15T12:00:00Z"
        case "uuid":
            return NOBODY
    least_letters = max(1, int(schema.get("minLength", 1)))
    if least_letters == len(LETTER):
        return LETTER
    if schema.get("examples"):
        return schema["examples"][0]
    return {"^[0-9]{9}$": "974760673"}.get(schema.get("pattern", ""), "a" * least_letters)
