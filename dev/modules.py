"""Modules of the services, loaded: a class is known to its kind once its module is."""

import re
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

import services

FACTS = re.compile(r"\.events(\.\w+)?$|\.facts\.\w+$")


def load_modules() -> list[ModuleType]:
    """Every module of the services, in the order of their names' folders."""
    return [import_module(module.name) for module in walk_packages(services.__path__, "services.")]


def load_facts() -> list[ModuleType]:
    """Those that say what can have happened: each `events`, and what stands in a folder `events` or `facts`."""
    found = (module.name for module in walk_packages(services.__path__, "services.") if not module.ispkg)
    return [import_module(name) for name in found if FACTS.search(name)]
