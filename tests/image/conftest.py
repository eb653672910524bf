"""Run by `make image` alone, which makes the image first: it takes what builds images, and minutes."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Left out of every other run."""
    return None if config.getoption("--image") or collection_path.name == "conftest.py" else True
