"""Whether a table is one to those who listen, however it is drawn: as the browser tells a screen reader."""

from collections import Counter
from typing import Any

from dev.chromium import Tab

COUNT = """
[...document.querySelectorAll("main table")].filter((each) => each.checkVisibility()).map((table) => {
  const shown = (kinds) => [...table.querySelectorAll(kinds)].filter((each) => each.checkVisibility());
  const rows = shown("tr").filter((row) => [...row.cells].some((cell) => cell.checkVisibility()));
  const heads = shown("th[scope=row], th[scope=rowgroup]");
  return [rows.length, shown("th[scope=col]").length, heads.length, shown("td").length];
})
"""


def not_as_tables(tab: Tab) -> list[str]:
    """Tables whose rows, headings or cells a screen reader is not told of as such, by how many there are."""
    rows, columns, heads, cells = (sum(each) for each in zip(*(tab.evaluate(COUNT) or [[0] * 4]), strict=True))
    told = Counter(role for role in map(_role, tab.call("Accessibility.getFullAXTree")["nodes"]) if role)
    wanted = {"row": rows, "columnheader": columns, "rowheader": heads, "cell": cells}
    return [
        f"{told[role]} of {number} are told of as {role}" for role, number in wanted.items() if told[role] != number
    ]


def _role(node: dict[str, Any]) -> str:
    return "" if node.get("ignored") else str(node.get("role", {}).get("value", ""))
