"""`python -m dev.words`: finds every sentence of the pages that is marked, and brings the catalogues of nynorsk and
English up to it. What is new stands there without words until somebody writes them (a house test fails meanwhile); what
no page says any longer goes.

A sentence is marked by `_("…")` or `{% trans %}` in a template, and in Python by what takes it to be shown: `N_`,
`gettext`, `count`, and the titles of tables, columns and tags. What the facts of a case are called is marked too.
"""

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from io import BytesIO
from pathlib import Path
from pkgutil import walk_packages

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment
from jinja2.ext import InternationalizationExtension, extract_from_ast

from services import httpapi
from services.dashboard.pages.page import TEMPLATES
from services.dashboard.sign_in.access import PAGES
from services.dashboard.sign_in.refusals import PageRefusal
from services.dashboard.words.spoken import CATALOGUES, LANGUAGES, SOURCE
from services.grants.case_view.timeline_titles import TITLES
from services.httpapi.problem import STATUS_WORDS, HttpRefusal

Sentence = str | tuple[str, str]
"""One that is always said alike, or the two of which one tells of one and the other of more."""

TAKES = {
    "_": (0,), "gettext": (0,), "N_": (0,), "ngettext": (0, 1), "count": (1, 2),
    "Column": (1,), "Tag": (0,), "Table": (1,),
}  # fmt: skip
"""Which arguments of a call are sentences; a refusal's first, too."""
IN_TEMPLATES = ("_", "gettext", "ngettext", "count")
DASHBOARD = TEMPLATES.parents[1]
WIDTH = 110
HEAD = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def sentences() -> dict[Sentence, list[str]]:
    """Every marked sentence of the dashboard, and the files it stands in."""
    found: dict[Sentence, list[str]] = {}
    titles: list[tuple[str, Sentence]] = [("sign_in/access.py", each.title) for each in PAGES]
    events = [("../grants/case_view/timeline_titles.py", title) for title in TITLES.values()]
    for file, sentence in [*_in_python(), *_in_templates(), *_of_the_platform(), *titles, *events]:
        files = found.setdefault(sentence, [])
        if file not in files:
            files.append(file)
    alone = {each[0] for each in found if not isinstance(each, str)}
    return {each: files for each, files in found.items() if each not in alone}


def _in_python() -> Iterator[tuple[str, Sentence]]:
    import_module("services.dashboard.main")  # and with it every refusal
    takes = TAKES | {refusal.__name__: (0,) for refusal in _below(PageRefusal)}
    for path in sorted(DASHBOARD.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = dict(_constants(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield from ((_named(path), each) for each in _said(node, takes, constants))
    for refusal in sorted(_below(PageRefusal), key=lambda each: each.__name__):
        yield f"{refusal.__module__.removeprefix('services.dashboard.').replace('.', '/')}.py", refusal.title


def _of_the_platform() -> Iterator[tuple[str, Sentence]]:
    """Why the platform refuses, in the words it has for it."""
    for module in walk_packages(httpapi.__path__, f"{httpapi.__name__}."):  # or it would depend on what else was read
        import_module(module.name)
    refusals = [each for each in _below(HttpRefusal) if each.__module__.startswith(f"{httpapi.__name__}.")]
    titles = {each.title for each in refusals} | {title for _, title, _ in STATUS_WORDS.values()}
    yield from (("../httpapi", title) for title in sorted(titles))


def _below(kind: type[HttpRefusal]) -> list[type[HttpRefusal]]:
    return [found for each in kind.__subclasses__() for found in (each, *_below(each))]


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.Constant]]:
    """What the module calls by a name of its own."""
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.targets[0], ast.Name)
        ):
            yield node.targets[0].id, node.value


def _said(
    call: ast.Call, takes: Mapping[str, tuple[int, ...]], constants: Mapping[str, ast.Constant]
) -> Iterator[Sentence]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    places = takes.get(name, ())
    written = [call.args[place] for place in places if len(call.args) > place]
    arguments = [constants.get(each.id, each) if isinstance(each, ast.Name) else each for each in written]
    texts = [each.value for each in arguments if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if places and len(texts) == len(places) and texts[0]:
        yield texts[0] if len(texts) == 1 else (texts[0], texts[1])


def _in_templates() -> Iterator[tuple[str, Sentence]]:
    environment = Environment(
        extensions=[InternationalizationExtension], trim_blocks=True, lstrip_blocks=True, autoescape=True
    )
    for path in sorted(TEMPLATES.rglob("*.html")):
        read = environment.parse(path.read_text(encoding="utf-8"))
        for _, _, told in extract_from_ast(read, IN_TEMPLATES):
            texts = [each for each in ((told,) if isinstance(told, str) else told or ()) if each]
            if texts:
                yield _named(path), texts[0] if len(texts) == 1 else (texts[0], texts[1])


def _named(path: Path) -> str:
    return path.relative_to(DASHBOARD).as_posix()


def path_of(language: str) -> Path:
    """Where a language's catalogue stands."""
    return CATALOGUES / f"{language}.po"


def read(language: str) -> Catalog:
    """A language's catalogue as it stands."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def lacking(message: Message) -> bool:
    """Whether a sentence has no words in this language."""
    return not message.string or not all(message.string)


def brought_up(language: str, found: Mapping[Sentence, list[str]]) -> bytes:
    """A language's catalogue with these sentences and no other, and the words that were written for them."""
    before, after = read(language), Catalog(locale=language)
    for sentence, files in sorted(found.items(), key=lambda each: str(each[0])):
        one = isinstance(sentence, str)
        known = before.get(sentence if isinstance(sentence, str) else sentence[0])
        fits = known is not None and isinstance(known.id, str) == one
        words = known.string if known is not None and fits else "" if one else ("", "")
        after.add(sentence, words, locations=[(file, 0) for file in files])
    written = BytesIO()
    write_po(written, after, width=WIDTH, sort_output=True, omit_header=True, include_lineno=False)
    return HEAD.format(language=language).encode() + written.getvalue().lstrip(b"\n")


if __name__ == "__main__":
    marked = sentences()
    for chosen in sorted(LANGUAGES.keys() - {SOURCE}):
        path_of(chosen).write_bytes(brought_up(chosen, marked))
        without = [each.id for each in read(chosen) if each.id and lacking(each)]
        print(f"{chosen}: {len(marked)} sentences, {len(without)} of them without words")
