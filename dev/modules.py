"""Modules of the services, loaded: a class is known to its kind once its module is."""

from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

import services


def load_modules(ending: str = "") -> list[ModuleType]:
    """Every module of the services whose name ends so, in the order of their names' folders."""
    found = walk_packages(services.__path__, "services.")
    return [import_module(module.name) for module in found if module.name.endswith(ending)]
