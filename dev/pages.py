"""`python -m dev.pages`: writes docs/pages.md, the table of who sees what in the dashboard, for those who read it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from services.dashboard.sign_in.access import FILES, FORMS, OF_THE_PLATFORM, OPEN, PAGES, SIGHT_IN_WORDS, Page, Sight
from services.httpapi.callers.caller import Role

PAGE = Path(__file__).parents[1] / "docs" / "pages.md"
HEAD = """# Who sees what in the dashboard

Made from the table of pages (`services/dashboard/sign_in/access.py`) by `python -m dev.pages`; a test holds it to that,
and another opens every page as every role. The routes ask the same table. Whoever has several roles sees what the one
that sees most does. Nothing about a grant is shown to anybody who is not signed in, and recipients' contact persons and
account numbers stand on no page: the dashboard's database role cannot read them.
"""


def page() -> str:
    """The whole page."""
    sent, files = "What may be sent, by whom:\n", "What is downloaded, by whom:\n"
    return (
        "\n".join(
            [HEAD, *_table(PAGES), *_words(), sent, *_table(FORMS.values()), files, *_table(FILES.values()), *_open()]
        )
        + "\n"
    )


def _table(pages: Iterable[Page]) -> Iterator[str]:
    pages = list(pages)
    roles = [role for role in Role if any(role in each.sees for each in PAGES)]
    yield f"| page | address | {' | '.join(roles)} |"
    yield "|---" * (len(roles) + 2) + "|"
    for each in pages:
        seen = " | ".join(each.sees[role].value if role in each.sees else "" for role in roles)
        yield f"| {each.title} | `{each.address}` | {seen} |"
    yield ""


def _words() -> Iterator[str]:
    for sight in Sight:
        yield f"- **{sight.value}**: {SIGHT_IN_WORDS[sight]}."
    yield ""
    yield "What the ministry is not told of stands in no figure it is shown: nothing of it is committed, so it is left."
    yield "The page says how many awards that is, and that what is left may be less."
    yield ""


def _open() -> Iterator[str]:
    yield "Open to everybody:\n"
    for address, why in OPEN.items():
        yield f"- `{address}`: {why}"
    yield ""
    yield "Open to the platform's own network, as at every service; the proxy passes nothing of `/internal/` on:"
    yield ""
    for address, why in OF_THE_PLATFORM.items():
        yield f"- `{address}`: {why}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
