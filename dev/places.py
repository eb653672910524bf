"""`python -m dev.places`: writes the README's table of places, from what each folder says of itself.

A package says it in the first sentences of its `__init__.py`; what is no package of ours is named here.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BEGINS, ENDS = "<!-- places: made by `python -m dev.places` -->", "<!-- /places -->"

DATA = {
    "data/letters/2020": "the nine letters as transcribed, to read beside the originals",
    "contracts": "what the services promise others: OpenAPI, messages with examples, verifiers that need only Python",
    "docs": (
        "[architecture](docs/architecture.md), [the rules](docs/rules.md), [glossary](docs/glossary.md), "
        "[decisions](docs/decisions), [operations](docs/operations.md), [the gate](docs/gate.md), "
        "[receiving messages](docs/webhooks.md), [who sees which page](docs/pages.md), "
        "[who may do what twice](docs/duties.md), [what a refusal means](docs/problems.md)"
    ),
}


def sentences_of(folder: Path) -> str | None:
    """What the package says of itself: the first paragraph of its `__init__.py`, on one line; None if it is silent."""
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    return " ".join(said.partition("\n\n")[0].split()) if said else None


def packages() -> Iterator[Path]:
    """The services and ground floors, what stands in each of the three services, and what stands beside them all."""
    for folder in sorted((ROOT / "services").glob("*/__init__.py")):
        yield folder.parent
        if folder.parent.name in ("grants", "notifications", "dashboard"):
            yield from (each.parent for each in sorted(folder.parent.glob("*/__init__.py")))
    yield from (ROOT / name for name in ("migrations", "dev", "tests", "bench"))


def table() -> str:
    """The whole table, in Markdown."""
    rows = [(each.relative_to(ROOT).as_posix(), sentences_of(each) or "") for each in packages()]
    lines = [f"| `{place}/` | {said} |" for place, said in (*rows, *DATA.items())]
    return "\n".join(["| | |", "|---|---|", *lines])


def brought_up(readme: str) -> str:
    """The README with the table as it is to be."""
    between = re.compile(f"(?<={re.escape(BEGINS)}\n).*?(?=\n{re.escape(ENDS)})", re.DOTALL)
    assert between.search(readme), f"README.md lacks {BEGINS} or {ENDS}"
    return between.sub(lambda _: table(), readme)


if __name__ == "__main__":
    README.write_text(brought_up(README.read_text(encoding="utf-8")), encoding="utf-8")
