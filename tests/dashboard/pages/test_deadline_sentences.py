"""Every sentence that the services make for a deadline is one the pages can say in each language: read off the code
that makes them, so that a new one is found."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from services.dashboard.pages.deadline_sentences import FORMS, OF_LETTERS, said
from services.dashboard.pages.deadline_words import KINDS, deadline_in_words
from services.dashboard.words.spoken import speaking
from services.grants.deadline.rules import DISPUTED

SERVICES = Path(__file__).parents[3] / "services"
MAKERS = (
    *sorted((SERVICES / "grants/deadline").glob("*.py")),
    SERVICES / "notifications/deadline/of_notices.py",
)
VALUES = {
    "asked.number": "3", "number": "2", "part.number": "1", "part.needs_report": "4", "letter.title": "Tillegg nr. 3",
    "call.title": "Første runde", "planned_on": "14.02.2020", "told.planned_on": "14.02.2020", "title": "Rapporten",
    "DISPUTED[decision.disputed]": "avslaget", "to": "varselet om endring", "what": "Utbetaling av termin 1",
    "waits_for": "regnskapet",
}  # fmt: skip
"""What stands in each gap of a sentence."""
LETTERS_WORDS = ("due.what",)
"""Gaps for what a letter says: no sentence of ours."""


def sentences() -> Iterator[tuple[str, str]]:
    """Each sentence that code of the register's makes, with its gaps filled, and where it is made."""
    for path in MAKERS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = filled(node) if isinstance(node, ast.Constant | ast.JoinedStr) else None
            if text is not None and re.fullmatch(r"[A-ZÆØÅ][a-zæøå]+ .*[^. \n]", text):
                yield path.name, text


def filled(node: ast.Constant | ast.JoinedStr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    told = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            told += str(part.value)
        else:
            assert isinstance(part, ast.FormattedValue)
            gap = ast.unparse(part.value)
            if gap in LETTERS_WORDS:
                return None
            told += VALUES.get(gap, f"<{gap}>")
    return told


NO_SENTENCE = {"Instruks 5.4", "Instruks 5.5"}
OURS = sorted({text for _, text in sentences() if text not in NO_SENTENCE})


def test_there_are_sentences_to_say() -> None:
    assert len(OURS) >= 15
    assert set(KINDS) == set(FORMS) | OF_LETTERS


@pytest.mark.parametrize("text", OURS)
def test_each_is_said_in_every_language(text: str) -> None:
    with speaking("en"):
        english = {said(kind, text) for kind in FORMS} - {text}
    assert english, text
    assert not [each for each in english if re.search("[æøåÆØÅ]", each.replace("Første runde", ""))]


UNDONE = [(kind, sentence) for kind, sentences in FORMS.items() for sentence in sentences if " ikke " in sentence]


@pytest.mark.parametrize(("kind", "sentence"), UNDONE)
def test_what_is_done_is_not_told_of_as_undone(kind: str, sentence: str) -> None:
    row = SimpleNamespace(kind=kind, what=sentence, assignment=None, state="due")
    assert deadline_in_words(row) == sentence
    for state in ("met", "fallen", "over"):
        row.state = state
        assert " ikke " not in deadline_in_words(row)


@pytest.mark.parametrize("phrase", sorted(DISPUTED.values()))
def test_what_is_complained_of_is_said_too(phrase: str) -> None:
    with speaking("en"):
        assert phrase not in said("complaint-period", f"Siste dag for å klage på {phrase}")


def test_the_words_of_a_letter_and_a_sentence_of_no_known_form_stand_as_they_are() -> None:
    with speaking("en"):
        for kind, what in (("assignment", "Rapport om bosetting"), ("instalment", "Noe helt annet")):
            row = SimpleNamespace(kind=kind, what=what, assignment=None, due_on=date(2020, 1, 1), state="due")
            assert deadline_in_words(row) == what
