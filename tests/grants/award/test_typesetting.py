"""The PDF: the same bytes for the same letter, archivable and accessible, and with a hostile writer's text in it as
nothing but text."""

import asyncio
import io
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, get_args

import pytest
from pypdf import PageObject, PdfReader

from services.grants.case.events.award import Applied, Instalment, Recipient
from services.grants.grant_letter.content import LetterContent
from services.grants.grant_letter.typesetting import (
    TEMPLATES,
    TYPESETTER,
    LetterNotRendered,
    LetterUnsettable,
    PrintedLetter,
    Typesetters,
)
from services.grants.scheme.events import Form
from tests.grants.award.grant_letters import DATED_ON, LETTERHEAD, PROPOSED, content_of
from tests.patience import PATIENCE_SECONDS

T = TypeVar("T")

FORMS: tuple[Form, ...] = ("nb", "nn", "en")
HOSTILE = (
    '#eval("1 + 1")',
    '#import "nb.typ": *',
    '#read("grant-letter.typ")',
    "#include sys.inputs.letter",
    "#let sender = none",
    "#set page(width: 1pt)",
    "#panic()",
    "= Overskrift",
    "*fet* _kursiv_ `kode` ~ -- ---",
    "$x^2$ @referanse <merke> \\# \\u{1F600}",
    "// ikke en kommentar /* heller ikke */",
    "[innhold] {kode} ]]]}}}",
    '"); #pagebreak() #("',
    "https://example.test/a_b*c*",
    "{{ 7 * 7 }} ${jndi} <script>alert(1)</script>",
)


def set_all(*contents: LetterContent, draft: bool = False) -> list[PrintedLetter]:
    async def go(typesetters: Typesetters) -> list[PrintedLetter]:
        return [await typesetters.print(content, draft=draft) for content in contents]

    return with_typesetters(go)


def with_typesetters(
    act: Callable[[Typesetters], Awaitable[T]],
    most: int = 1,
    *,
    seconds: float = PATIENCE_SECONDS,
    typesetter: Path = TYPESETTER,
) -> T:
    async def go() -> T:
        typesetters = Typesetters(most, seconds=seconds, typesetter=typesetter)
        try:
            return await act(typesetters)
        finally:
            await typesetters.close()

    return asyncio.run(go())


def text_of(letter: PrintedLetter) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(letter.content)).pages)


CHANGED = {"nb": "Tilskuddet er endret.", "nn": "Tilskotet er endra.", "en": "The grant has been changed."}


def test_the_letter_of_a_change_says_that_its_amount_is_the_whole_and_no_other_does() -> None:
    """Else three million more on six reads as a new grant of nine."""
    plain = [content_of(replace(PROPOSED, form=form)) for form in get_args(Form)]
    letters = set_all(*plain, *(replace(each, change="Tiltaket utvides.") for each in plain))
    says = [[form for form, told in CHANGED.items() if told in " ".join(text_of(each).split())] for each in letters]
    assert says == [[], [], [], *([form] for form in get_args(Form))]


def closed_up(text: str) -> str:
    """Without space of any kind: where lines break is the typesetter's own affair."""
    return re.sub(r"\s", "", text)


def test_the_same_letter_gives_the_same_bytes_from_any_process() -> None:
    first, again = set_all(content_of()), set_all(content_of(), content_of())
    assert [letter.content for letter in again] == [first[0].content] * 2
    assert first[0].template.startswith("grant-letter@")


def test_another_day_or_another_word_gives_other_bytes() -> None:
    letter, later, other = set_all(
        content_of(), replace(content_of(), dated_on=date(2020, 2, 11)), replace(content_of(), purpose="Noe annet.")
    )
    assert len({letter.sha256, later.sha256, other.sha256}) == 3


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_archivable_accessible_and_has_every_part(form: Form) -> None:
    (letter,) = set_all(content_of(replace(PROPOSED, form=form)))
    reader = PdfReader(io.BytesIO(letter.content))
    metadata = reader.xmp_metadata.stream.get_data().decode() if reader.xmp_metadata else ""
    assert re.search(r"<pdfaid:part>2<.*<pdfaid:conformance>A<", metadata, re.DOTALL)
    assert "<pdfuaid:part>1<" in metadata
    root = root_of(letter)
    assert root["/Lang"] == form
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    text = text_of(letter)
    for said in (PROPOSED.recipient.name, "974\xa0760\xa0673", PROPOSED.purpose, *PROPOSED.terms):
        assert closed_up(said) in closed_up(text)
    for said in (LETTERHEAD.names[form], LETTERHEAD.appeal_bodies[form], "Riksrevisjonen", "28", "29", "291", "71"):
        assert closed_up(said) in closed_up(text)
    assert closed_up({"en": "6,000,000"}.get(form, "6 000 000")) in closed_up(text)


def test_the_three_forms_have_the_same_words_to_find() -> None:
    names = {form: set(re.findall(r"^#let ([a-z-]+)", (TEMPLATES / f"{form}.typ").read_text(), re.M)) for form in FORMS}
    assert names["nb"] == names["nn"] == names["en"]
    assert len(names["nb"]) > 40


def test_the_text_of_an_applicant_cannot_alter_the_document() -> None:
    honest = content_of()
    hostile = replace(
        honest,
        purpose="\n\n".join(HOSTILE),
        terms=HOSTILE,
        control=HOSTILE[0],
        reactions=HOSTILE[1],
        scheme=HOSTILE[2],
        recipient=Recipient(name=HOSTILE[4]),
        instalments=tuple(
            Instalment(number=number, amount_ore=100, condition=text) for number, text in enumerate(HOSTILE, start=1)
        ),
        basis=Applied(call_id=HOSTILE[5], version=1),
    )
    letter, plain = set_all(hostile, honest)
    text = closed_up(text_of(letter))
    for line in HOSTILE:
        assert text.count(closed_up(line)) >= 3, line
    reader = PdfReader(io.BytesIO(letter.content))
    assert reader.pages[0].mediabox == PdfReader(io.BytesIO(plain.content)).pages[0].mediabox
    assert headings(letter) == headings(plain)
    assert all("/Annots" not in page for page in reader.pages)
    assert not {"/OpenAction", "/AA", "/Names"} & set(root_of(letter))


def root_of(letter: PrintedLetter) -> Any:
    """The document's catalogue."""
    return PdfReader(io.BytesIO(letter.content)).trailer["/Root"].get_object()


def headings(letter: PrintedLetter) -> list[str]:
    """The outline, which the headings make."""
    return [str(entry.title) for entry in PdfReader(io.BytesIO(letter.content)).outline if not isinstance(entry, list)]


def test_long_names_many_instalments_many_terms_and_long_texts_stay_on_the_page() -> None:
    words = "Formålet er å fremme deltakelse. " * 320
    long = replace(
        content_of(),
        purpose=words[:9_800].strip() + " " + "W" * 200,
        recipient=Recipient(name="Ø" * 200, organisation_number="974760673"),
        scheme="Tilskudd til " + "integrering " * 15,
        terms=tuple(f"Vilkår {number}: {'Mottakeren skal rapportere. ' * 8}" for number in range(1, 61)),
        instalments=tuple(Instalment(number=number, amount_ore=12_345_67) for number in range(1, 101)),
        amount_ore=123_456_700,
    )
    (letter,) = set_all(long)
    text = closed_up(text_of(letter))
    assert "W" * 200 in text
    assert "Ø" * 200 in text
    assert "Vilkår60" in text
    assert text.count("12345,67") == 100
    for page in PdfReader(io.BytesIO(letter.content)).pages:
        assert farthest_right(page) < float(page.mediabox.width) - 40


def farthest_right(page: PageObject) -> float:
    """Where the text of a page ends, in points from its left edge, taking each letter for at least a quarter of its
    height wide: a word that cannot break would be far outside."""
    found: list[float] = []

    def see(text: str, cm: list[float], tm: list[float], _: object, size: float) -> None:
        found.append(cm[4] + cm[0] * (tm[4] + tm[0] * size * len(text.strip()) / 4))

    page.extract_text(visitor_text=see)
    return max(found)


def test_a_draft_is_the_letter_with_a_mark_across_it() -> None:
    (letter,), (draft,) = set_all(content_of()), set_all(content_of(), draft=True)
    pages, marked = (PdfReader(io.BytesIO(each.content)).pages for each in (letter, draft))
    assert len(pages) == len(marked)
    for page, with_mark in zip(pages, marked, strict=True):
        assert "UTKAST" not in page.extract_text()
        assert closed_up(with_mark.extract_text()).replace("UTKAST", "") == closed_up(page.extract_text())


def test_a_sign_that_the_fonts_lack_is_refused_by_its_number() -> None:
    with pytest.raises(LetterUnsettable) as refused:
        set_all(replace(content_of(), purpose="Glede \U0001f600"))
    assert refused.value.details["signs"] == ["U+1F600"]
    assert "\U0001f600" not in refused.value.detail


def test_sami_and_other_letters_of_the_register_are_set() -> None:
    name = "Sámi Čálliid Searvi – Đŋŧžš, Łódź, Ærø, Işık, Đorđević"
    (letter,) = set_all(replace(content_of(), recipient=Recipient(name=name)))
    assert closed_up(name) in closed_up(text_of(letter))


SLOW = "import sys, time\nsys.stdin.buffer.read(4)\ntime.sleep(60)\n"
DYING = "import sys\nsys.stdin.buffer.read(4)\nsys.exit(3)\n"


def test_a_letter_that_takes_too_long_is_refused_and_its_process_ended(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)

    async def go(typesetters: Typesetters) -> None:
        for _ in range(2):  # the place is free again for the next one
            with pytest.raises(LetterNotRendered):
                await typesetters.print(content_of())

    with_typesetters(go, seconds=0.3, typesetter=tmp_path / "slow.py")


def test_a_process_that_dies_refuses_its_letter_only(tmp_path: Path) -> None:
    (tmp_path / "dying.py").write_text(DYING)

    async def go(typesetters: Typesetters) -> None:
        with pytest.raises(LetterNotRendered):
            await typesetters.print(content_of())

    with_typesetters(go, typesetter=tmp_path / "dying.py")


def test_after_a_letter_that_cannot_be_set_the_same_process_sets_the_next() -> None:
    async def go(typesetters: Typesetters) -> PrintedLetter:
        with pytest.raises(LetterUnsettable):
            await typesetters.print(replace(content_of(), purpose="\U0001f600"))
        return await typesetters.print(content_of())

    assert with_typesetters(go).sha256 == set_all(content_of())[0].sha256


def test_more_letters_than_places_are_all_set() -> None:
    days = [DATED_ON.replace(day=day) for day in range(1, 21)]

    async def go(typesetters: Typesetters) -> list[PrintedLetter]:
        return await asyncio.gather(*(typesetters.print(replace(content_of(), dated_on=day)) for day in days))

    assert len({letter.sha256 for letter in with_typesetters(go, most=2)}) == len(days)
