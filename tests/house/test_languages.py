"""Whoever reads the pages in nynorsk or English reads all of them so: what is shown is marked, and what is marked has
its words in both catalogues."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from dev.words import DASHBOARD, IN_TEMPLATES, brought_up, lacking, path_of, read, sentences
from services.dashboard.pages.page import TEMPLATES
from services.dashboard.words.spoken import LANGUAGES, SOURCE, catalogue
from tests.made import check_made

OTHERS = sorted(LANGUAGES.keys() - {SOURCE})
READ_ALOUD = ("aria-label", "title", "alt", "placeholder")
SAME_IN_EVERY_LANGUAGE = {"Tilsagn", "–", "·", "XLSX", "CSV"}
VALUES = re.compile(r"%\((\w+)\)[sd]")
TAGS = re.compile(r"</?[a-z0-9]+[^>]*>")


class Shown(HTMLParser):
    """The words of a template that stand in it as they are: between its tags, and in what is read aloud of them."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words += [value for name, value in attrs if value and (name in READ_ALOUD or name == "content" == tag)]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def unmarked(source: str) -> list[str]:
    """What a template shows that no catalogue is asked for: words between its tags, and texts that look like words."""
    environment = Environment(extensions=["jinja2.ext.i18n"])
    bare, within = [], False
    tokens = list(environment.lex(source))
    for place, (_, kind, value) in enumerate(tokens):
        if kind == "name" and value in ("trans", "endtrans") and tokens[place - 2][1] == "block_begin":
            within = value == "trans"
        elif not within:
            bare.append(value if kind == "data" else "1" if kind in ("variable_begin", "block_begin") else "")
    reader = Shown()
    reader.feed("".join(bare))
    told = {words.strip(" \n1–·:,.") for text in reader.words for words in text.split("\n")}
    words = sorted(each for each in told if re.search(r"[^\W\d_]{2,}", each) and each not in SAME_IN_EVERY_LANGUAGE)
    tree = environment.parse(source)
    calls = [call for call in tree.find_all(nodes.Call) if getattr(call.node, "name", "") in IN_TEMPLATES]
    marked = {id(text) for call in calls for text in call.find_all(nodes.Const)}
    constants = [each.value for each in tree.find_all(nodes.Const) if id(each) not in marked]
    texts = [each for each in constants if isinstance(each, str)]
    return words + [each for each in texts if re.search(r"[æøåÆØÅ]|[a-z] [a-z]", each)]


TEMPLATE_FILES = sorted(TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=[path.name for path in TEMPLATE_FILES])
def test_every_word_of_a_template_is_marked(path: Path) -> None:
    assert unmarked(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Utbetalt</p>", ["Utbetalt"]),
        ('<p aria-label="Velg dag">{{ _("Velg dag") }}</p>', ["Velg dag"]),
        ('{{ tag("åpent") }}', ["åpent"]),
        ("{% trans %}Utbetalt{% endtrans %}<b>{{ _('åpent') }}</b> – {{ count(n, 'brev og', 'brev og') }}", []),
    ],
)
def test_a_word_that_is_not_marked_would_be_seen(source: str, found: list[str]) -> None:
    assert unmarked(source) == found


NOT_LOOKED_UP = {
    ("charts/drawing.py", "mwMWæÆ%@—"): "how wide letters are",
    ("charts/drawing.py", "ABCDGHKNOPQRUVXYZØÅ"): "how wide letters are",
    ("pages/definitions.py", "overført"): "a term of the glossary",
    ("pages/definitions.py", "øremerking"): "a term of the glossary",
    ("words/spoken.py", "Bokmål"): "a language by its own name",
    **{
        ("sign_in/access.py", title): "of what is no page: it stands in docs/pages.md alone"
        for title in (
            *("Prøv en runde", "Prøv et brev", "Nøkkelen en logg er signert med", "Et program som etterprøver"),
        )
    },
    ("sign_in/reader.py", "Gå til "): "followed by an address; said where there is no page of ours",
}
"""Norwegian in the Python of the pages that no catalogue is asked for, and why."""


def test_every_word_in_the_python_of_the_pages_is_marked() -> None:
    marked = {text for each in sentences() for text in ((each,) if isinstance(each, str) else each)}
    found = set()
    for path in sorted(DASHBOARD.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        texts = [each for each in ast.walk(tree) if isinstance(each, ast.Constant) and id(each) not in said]
        words = {each.value for each in texts if isinstance(each.value, str) and re.search("[æøåÆØÅ]", each.value)}
        found |= {(path.relative_to(DASHBOARD).as_posix(), each) for each in words - marked}
    assert found == NOT_LOOKED_UP.keys()


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_has_its_words_and_no_other_is_kept(language: str) -> None:
    assert [each.id for each in read(language) if each.id and lacking(each)] == []
    check_made(path_of(language), brought_up(language, sentences()).decode(), "dev.words")


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_tells_of_the_same_in_each_language(language: str) -> None:
    for each in read(language):
        if each.id and each.string:
            ours = each.id if isinstance(each.id, str) else " ".join(each.id)
            theirs = each.string if isinstance(each.string, str) else " ".join(each.string)
            assert set(VALUES.findall(ours)) == set(VALUES.findall(theirs)), ours
            assert sorted(set(TAGS.findall(ours))) == sorted(set(TAGS.findall(theirs))), ours


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_compiles_and_answers(language: str) -> None:
    compiled = catalogue(language)
    told = next(each for each in read(language) if isinstance(each.id, str) and each.id and each.string != each.id)
    assert compiled.gettext(str(told.id)) == told.string
