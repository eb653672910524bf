"""A body keeps the name it was described by, wherever its class stands."""

from services.httpapi.description.kept_names import keep_names, named_by_module
from services.httpapi.strict.fields import Body


class Moved(Body):
    described_as = "services__first__Moved"


class Stays(Body):
    """Says nothing of its name."""


def described(*names: str) -> dict[str, object]:
    return {
        "paths": {"/": {"post": [{"$ref": f"#/components/schemas/{name}"} for name in names]}},
        "components": {"schemas": {name: {"title": name} for name in names}, "securitySchemes": {}},
    }


def test_a_body_that_moved_is_described_under_the_name_it_had_and_so_is_what_refers_to_it() -> None:
    here, there = named_by_module(Moved), named_by_module(Stays)
    assert here == "tests__httpapi__test_kept_names__Moved"
    told = keep_names(described(here, there))
    assert told["paths"] == described("services__first__Moved", there)["paths"]
    assert told["components"]["schemas"] == {"services__first__Moved": {"title": here}, there: {"title": there}}
    assert told["components"]["securitySchemes"] == {}


def test_a_description_without_such_bodies_is_as_it_was() -> None:
    assert keep_names(described("Moved", "Other")) == described("Moved", "Other")
