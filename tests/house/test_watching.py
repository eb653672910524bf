"""What watches us watches what there is: an alert over a metric that nobody tells would never be raised."""

import ast
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SERVICES = sorted((ROOT / "services").rglob("*.py"))
ALERTS: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "watching" / "alerts.yml").read_text(encoding="utf-8"))
DASHBOARD: dict[str, Any] = json.loads((ROOT / "docs" / "watching" / "dashboard.json").read_text(encoding="utf-8"))
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
RULES: list[dict[str, Any]] = [rule for group in ALERTS["groups"] for rule in group["rules"]]

OF_OTHERS = {"up", "pg_replication_lag_seconds", "node_filesystem_avail_bytes", "node_filesystem_size_bytes"}
"""Of Prometheus itself, postgres_exporter and node_exporter."""

TOLD_AS = {"Counter": ("_total",), "Gauge": ("",), "Histogram": ("_bucket", "_count", "_sum")}
METRIC = re.compile(r"\b(?:tilsagn|http|pg|node)_[a-z_]+\b|\bup\b")
VALUE = re.compile(r'(\w+)=~?"([^"]*)"')
LATEST = {"job", "status", "mountpoint"}
"""Labels that Prometheus gives, or whose values are no words of ours."""


@cache
def said() -> tuple[frozenset[str], frozenset[str]]:
    """Every metric that some code of ours tells, as Prometheus names it; and every text there: what a label can say."""
    metrics: set[str] = set()
    words: set[str] = set()
    for path in SERVICES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            kind = getattr(getattr(node, "func", None), "id", None)
            name = node.args[0] if isinstance(node, ast.Call) and kind in TOLD_AS and node.args else None
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                metrics.update(name.value + suffix for suffix in TOLD_AS[str(kind)])
    return frozenset(metrics), frozenset(words)


def asked() -> list[tuple[str, str]]:
    """Every expression, with who asks it."""
    of_panels = [(panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"]]
    return [(rule["alert"], rule["expr"]) for rule in RULES] + of_panels


@pytest.mark.parametrize(("who", "expression"), asked())
def test_what_is_watched_is_told(who: str, expression: str) -> None:
    without_values = VALUE.sub("", expression)
    metrics = set(METRIC.findall(without_values))
    assert metrics, f"{who} watches nothing"
    assert metrics <= {*said()[0], *OF_OTHERS}, f"{who} watches what nobody tells"


def test_what_a_label_must_be_is_said_somewhere() -> None:
    _, words = said()
    for who, expression in asked():
        for label, values in VALUE.findall(expression):
            missing = [] if label in LATEST else [value for value in values.split("|") if value not in words]
            assert not missing, f"{who}: no code of ours says {label}={missing}"


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_each_alert_says_what_to_do(rule: dict[str, Any]) -> None:
    """Its section stands in docs/operations.md, and it says how urgent it is."""
    assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"
    assert f"\n### {rule['alert']}\n" in OPERATIONS
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]


def test_no_section_is_left_of_an_alert_that_is_gone() -> None:
    part = OPERATIONS.split("## When an alert is raised\n")[1].split("\n## ")[0]
    assert re.findall(r"^### (\w+)$", part, re.MULTILINE) == [rule["alert"] for rule in RULES]
