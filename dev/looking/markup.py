"""HTML as a public checker reads it: the Nu Html Checker of W3C and WHATWG (`vnu`), from npm by the hash in our lock.
It needs Java."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests import node_packages


def is_here() -> bool:
    """Whether the checker can run. Where it cannot, it has been said what is lacking."""
    return shutil.which("java") is not None and node_packages.folder("vnu-jar") is not None


def errors(pages: Mapping[str, str]) -> list[str]:
    """Whatever the checker says against any of the pages, by the name each is given: errors, and warnings too."""
    folder = node_packages.folder("vnu-jar")
    assert folder is not None, "there is no checker here"
    with tempfile.TemporaryDirectory() as place:
        names = {}
        for number, (name, html) in enumerate(pages.items()):
            path = Path(place) / f"{number}.html"
            path.write_text(html, encoding="utf-8")
            names[path.as_uri()] = name
        jar = str(folder / "vnu-jar" / "build" / "dist" / "vnu.jar")
        command = ["java", "-XX:TieredStopAtLevel=1", "-Xss4m", "-jar", jar, "--format", "json", "--stdout"]
        command += ["--exit-zero-always", place]
        done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["messages"]
    return [f"{names['file:///' + each['url'].removeprefix('file:').lstrip('/')]}: {_line(each)}" for each in told]


def _line(said: Mapping[str, str]) -> str:
    return f"{said.get('subType') or said['type']}: {said['message']} ({said.get('extract', '').strip()[:120]})"
