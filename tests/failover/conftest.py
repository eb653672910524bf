"""Run by `make failover` alone, which makes Patroni's environment first: three nodes take forty minutes, or ten."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Left out of every other run."""
    return None if config.getoption("--failover") or collection_path.name == "conftest.py" else True
