"""`python -m dev.problems`: writes docs/problems.md, what each refusal means and what to do about it, from the refusals
themselves and what is written beside them (`problems.toml`)."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from dev.modules import load_modules
from dev.state import ROOT
from services.httpapi.problems.catalogue import WORDS, Entry, entries_of

PAGE = ROOT / "docs" / "problems.md"
OF = {"services.grants": "The grants service", "services.notifications": "The notifications service"}
HEAD = """# What a refusal means, and what to do

Every refusal is one problem document (RFC 9457). Front-ends may rely on its `code` and `status`; its `type` leads to
the entry below at the service that refused, `/problems/<code>`. One code is one meaning, one title and one status.

Made from the classes of the refusals and the words beside them by `python -m dev.problems`; a test holds it to that.
"""


def words_of(service: str) -> Path:
    """Where what is written of a service's codes stands."""
    return ROOT.joinpath(*service.split("."), WORDS)


def page() -> str:
    """The whole document."""
    load_modules()  # so that every refusal is known
    of = {service: entries_of(service, words_of(service)) for service in OF}
    both = set.intersection(*(set(entries) for entries in of.values()))
    grants = of["services.grants"]
    lines = [HEAD, *_section("Either service", (grants[code] for code in sorted(both)))]
    for service, title in OF.items():
        lines += _section(title, (entry for code, entry in of[service].items() if code not in both))
    return "\n".join(lines)


def _section(title: str, entries: Iterable[Entry]) -> Iterator[str]:
    yield f"## {title}\n"
    for entry in entries:
        words = entry.words
        yield f"### `{entry.code}` ({entry.status})\n"
        yield f"**{entry.title}.** {words.when_nb} *{words.do_nb}*\n"
        yield f"**{words.title_en}.** {words.when_en} *{words.do_en}*\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
