"""Any ordinary letter is set, as a draft and as it is sent, wherever its tables and lists meet the end of a page."""

import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from services.grants.grant_letter.content import LetterContent
from services.grants.grant_letter.typesetter import Typesetter
from services.grants.grant_letter.typesetting import TEMPLATES, LetterNotLaidOut, LetterUnsettable, not_set
from services.grants.scheme.events import Form
from tests.grants.award.letter_layouts import laid_out, what_is_wrong

FORMS: tuple[Form, ...] = get_args(Form)


def ordinary() -> Iterator[LetterContent]:
    """Layouts that put the tables and the list on every place of a page."""
    for form, terms, instalments, reports, sentences in product(FORMS, (1, 6, 14), (1, 4, 9, 20), (1, 8), (1, 3, 7)):
        yield laid_out(form, terms, instalments, reports, sentences)


def test_every_ordinary_layout_is_set_as_a_draft(long: bool) -> None:
    """A quick run sets every third: each form, and each number of terms, instalments, reports and sentences."""
    typesetter = Typesetter(TEMPLATES)
    contents = [content for nth, content in enumerate(ordinary()) if long or nth * 7 % 10 < 3]
    assert [wrong for content in contents if (wrong := what_is_wrong(typesetter, content, draft=True))] == []


def test_the_layouts_tell_a_mark_that_breaks_the_tag_tree(tmp_path: Path) -> None:
    """The mutant: the mark as part of the text, as it once was. Both tables and lists must tell."""
    shutil.copytree(TEMPLATES, tmp_path / "letters")
    template = tmp_path / "letters" / "grant-letter.typ"
    told = template.read_text()
    assert told.count("pdf.artifact(place(") == 1
    template.write_text(told.replace("pdf.artifact(", "(it => it)("))
    typesetter = Typesetter(tmp_path / "letters")
    told_of = Counter({"invalid table": 0, "invalid list": 0})
    for content in ordinary():
        wrong = what_is_wrong(typesetter, content, draft=True) or ""
        told_of.update(structure for structure in tuple(told_of) if structure in wrong)
        if min(told_of.values()) > 10:
            return
    raise AssertionError(told_of)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(FORMS), st.integers(1, 30), st.integers(1, 60), st.integers(1, 12), st.integers(1, 12),
    st.booleans(),
)  # fmt: skip
def test_any_number_of_terms_instalments_and_reports_is_set(
    form: Form, terms: int, instalments: int, reports: int, sentences: int, draft: bool
) -> None:
    content = laid_out(form, terms, instalments, reports, sentences)
    assert what_is_wrong(Typesetter(TEMPLATES), content, draft=draft) is None


def test_only_a_refusal_about_signs_speaks_of_signs() -> None:
    signs = not_set('the text `"Glede \U0001f600"` could not be displayed with the fonts')
    assert isinstance(signs, LetterUnsettable)
    assert signs.details == {"signs": ["U+1F600"]}
    other = not_set("PDF/A-2a, PDF/UA-1 error: invalid table (Table) structure")
    assert isinstance(other, LetterNotLaidOut)
    assert (other.code, other.status) == ("letter-not-laid-out", 500)
    assert not {"sign", "tegn"} & set(f"{other.title} {other.detail}".lower().replace(".", " ").split())
