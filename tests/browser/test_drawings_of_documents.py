"""Every drawing in the documents is one that Mermaid can read: whoever opens the page sees it drawn."""

import json
import re

from dev.chromium import Chromium
from tests import node_packages
from tests.browser.driven import BROWSERS, has
from tests.house.tree import list_texts

PACKAGE = "@mermaid-js/tiny"
DRAWING = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
READ = "mermaid.parse(%s).then((read) => read.diagramType, (failure) => 'unreadable: ' + failure.message)"


def test_every_drawing_can_be_drawn(long: bool) -> None:
    drawings = {
        f"{name}, {nth}": drawing
        for name, text in list_texts()
        if name.endswith(".md")
        for nth, drawing in enumerate(DRAWING.findall(text), 1)
    }
    assert len(drawings) > 5
    folder = node_packages.folder(PACKAGE)
    if folder is None or not has(*BROWSERS, long=long, why="reading drawings with Mermaid"):
        return
    script = (folder / PACKAGE / "dist" / "mermaid.tiny.js").read_text(encoding="utf-8")
    with Chromium() as browser:
        tab = browser.tab(scripts=True)
        tab.evaluate(script)
        read = {name: tab.evaluate(READ % json.dumps(drawing)) for name, drawing in drawings.items()}
        assert tab.evaluate(READ % json.dumps("flowchart LR\n  a -->")).startswith("unreadable")
    assert {name: said for name, said in read.items() if said.startswith("unreadable")} == {}
