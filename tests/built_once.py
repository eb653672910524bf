"""What FastAPI works out of a route's signature, worked out once for all the services a run puts together.

A test that asks over HTTP puts a service together, and nine tenths of that was FastAPI reading the same two hundred
signatures and compiling the same validators as for the test before. What it finds depends on the path and on what
stands in the signature, and on nothing of the service. Where these are the same, what was found stands.

Most tests ask of three addresses out of two hundred. A route that a service before had too, by the same lines and at
the same address, and that was found to say whom it serves, is made when somebody looks at it.
"""

import inspect
from collections.abc import Callable
from copy import copy
from dataclasses import fields, is_dataclass, replace
from functools import cache
from types import CodeType, SimpleNamespace
from typing import Any, get_args, get_origin

from fastapi import FastAPI, routing
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant as read_dependant
from fastapi.utils import create_model_field as read_answer
from pydantic.fields import FieldInfo
from starlette.routing import compile_path

from services.httpapi import app as put_together
from services.httpapi.callers.admission import Allow
from services.httpapi.route import Route

PLAIN = (str, int, float, bool, type(None))

made_at_once, looked_at_whole = Route.__init__, put_together._refuse_unguarded_routes


def build_once() -> None:
    """From here on, in this process."""
    found = Found()

    def dependant(*, path: str, call: Callable[..., Any], **told: Any) -> Dependant:
        """Each route has its own lists, for it adds to them."""
        stated = [(each.name, each.kind, each.annotation, each.default) for each in parameters(call)]
        known: Dependant = found.of((path, stated, told), lambda: read_dependant(path=path, call=call, **told))
        return replace(known, call=call, dependencies=copy(known.dependencies))

    def answer(name: str, type_: Any, **told: Any) -> ModelField:
        known: ModelField = found.of((name, type_, told), lambda: read_answer(name=name, type_=type_, **told))
        return known

    vars(routing).update(get_dependant=dependant, create_model_field=answer)
    make_late()


def make_late() -> None:
    """Routes that were looked at in a service before are made when they are looked at."""
    seen: set[tuple[CodeType, str]] = set()

    def promise(route: Route, path: str, endpoint: Callable[..., Any], **told: Any) -> None:
        """No more than is needed to know that a request is another route's."""
        if (getattr(endpoint, "__code__", None), path) not in seen:
            made_at_once(route, path, endpoint, **told)
            return
        regex, form, convertors = compiled(path)
        vars(route).update(path=path, path_regex=regex, path_format=form, param_convertors=convertors)
        vars(route).update(endpoint=endpoint, name=told["name"] or endpoint.__name__, told=told)
        route.methods = {method.upper() for method in told["methods"] or ("GET",)}

    def made(route: Route, name: str) -> Any:
        """What is not there yet of a route that was promised."""
        if "told" not in vars(route):
            raise AttributeError(f"{type(route).__name__} has no {name}")
        made_at_once(route, route.path, route.endpoint, **vars(route).pop("told"))
        return getattr(route, name)

    def look_at_new(app: FastAPI) -> None:
        """Those that no service had before; what they say of whom they serve stands in the same lines next time."""
        new: Any = SimpleNamespace(routes=[route for route in app.routes if "told" not in vars(route)])
        looked_at_whole(new)
        seen.update((route.endpoint.__code__, route.path) for route in new.routes if of_a_service(route))

    vars(put_together).update(_refuse_unguarded_routes=look_at_new)
    for name, stands in {"__init__": promise, "__getattr__": made}.items():
        setattr(Route, name, stands)


@cache
def compiled(path: str) -> Any:
    """The pattern of a path."""
    return compile_path(path)


def of_a_service(route: Any) -> bool:
    """Whether a route is ours and one of those put together: what a test writes may say another thing next time."""
    return isinstance(route, Route) and "/services/" in route.endpoint.__code__.co_filename


def parameters(call: Callable[..., Any]) -> list[inspect.Parameter]:
    """As they are written."""
    return list(inspect.signature(call).parameters.values())


class Found:
    """What was found before of the same. What it was found of is held on to, so that no number of an object is used
    again by another."""

    def __init__(self) -> None:
        self._found: dict[Any, Any] = {}
        self._seen: dict[int, tuple[Any, Any]] = {}

    def of(self, said: Any, find: Callable[[], Any]) -> Any:
        """What is found of this, by `find` if nobody asked before."""
        place = self.same(said)
        if place not in self._found:
            self._found[place] = find()
            self._keep(said)
        return self._found[place]

    def _keep(self, thing: Any) -> None:
        self._seen[id(thing)] = thing, self.same(thing)
        for part in parts(thing) or ():
            self._keep(part)

    def same(self, thing: Any) -> Any:
        """What two things have in common only where FastAPI finds the same of both: the very same thing, but for an
        annotation written in place, which each reading makes anew of the same parts."""
        if isinstance(thing, PLAIN):
            return thing.__class__, thing
        if id(thing) in self._seen:
            return self._seen[id(thing)][1]
        made_of = parts(thing)
        return id(thing) if made_of is None else (type(thing), *(self.same(each) for each in made_of))


def parts(thing: Any) -> list[Any] | None:
    """All that a value is made of; None for what is itself and nothing else."""
    if isinstance(thing, type):
        return None
    if isinstance(thing, tuple | list):
        return list(thing)
    if isinstance(thing, set | frozenset):
        return sorted(thing, key=repr)
    if isinstance(thing, dict):
        return [part for pair in thing.items() for part in pair]
    if get_origin(thing) is not None:
        return [get_origin(thing), *get_args(thing)]
    if isinstance(thing, Allow):
        return sorted(thing.roles)
    if isinstance(thing, FieldInfo):
        return [part for name in said_of(thing) for part in (name, getattr(thing, name, None))]
    if is_dataclass(thing):
        return [getattr(thing, each.name) for each in fields(thing)]
    return None


def said_of(field: FieldInfo) -> list[str]:
    """The names of everything that is said of a field."""
    slots = {name for kind in type(field).__mro__ for name in getattr(kind, "__slots__", ())} - {"__dict__"}
    return sorted(slots | getattr(field, "__dict__", {}).keys())
