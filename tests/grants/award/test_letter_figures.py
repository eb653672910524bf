"""How the letter's amounts and tables stand on the page: at the comma, and on the page of what introduces them."""

import io
import json
import re
from dataclasses import replace
from datetime import date
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as some
from pypdf import PdfReader

from services.grants.case.events.award import Applied, Instalment
from services.grants.grant_letter.content import LetterContent
from services.grants.grant_letter.freezing import fold
from services.grants.grant_letter.typesetter import Typesetter
from services.grants.grant_letter.typesetting import TEMPLATES, request_of
from services.grants.scheme.events import Form
from tests.grants.award.application_granted import received
from tests.grants.award.grant_letters import PROPOSED, content_of
from tests.grants.award.letter_layouts import laid_out

FORMS: tuple[Form, ...] = get_args(Form)
INTRODUCED: dict[Form, tuple[str, str]] = {
    "nb": ("Rapporten må være hos oss", "Delrapport"),
    "nn": ("Rapporten må vere hos oss", "Delrapport"),
    "en": ("The report must reach us", "Interim report"),
}


def pages_of(content: LetterContent) -> list[str]:
    pdf = Typesetter(TEMPLATES).pdf(**json.loads(request_of(content)))
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def paid(*amounts_ore: int, form: Form = "nb") -> str:
    plan = tuple(Instalment(number=number, amount_ore=each) for number, each in enumerate(amounts_ore, 1))
    return " ".join(pages_of(content_of(replace(PROPOSED, form=form, amount_ore=sum(amounts_ore), instalments=plan))))


def test_amounts_of_a_table_all_have_ore_when_one_has() -> None:
    assert all(figure in paid(3_000_00, 3_000_50) for figure in ("3 000,00", "3 000,50", "6 000,50"))
    assert "," not in "".join(re.findall(r"(?<=[0-9]),(?=[0-9])", paid(3_000_00, 3_000_00)))


def test_one_krone_is_one() -> None:
    assert "1 krone." in paid(1_00)
    assert "1 krone." in paid(1_00, form="nn")
    assert "2 kroner" in paid(1_00, 1_00)


def test_the_letter_names_the_day_its_application_arrived() -> None:
    letter = fold([replace(received, arrived_on=date(2020, 3, 3)), replace(received, version=2)])
    assert letter.applied_on == date(2020, 3, 3)
    applied = replace(PROPOSED, basis=Applied(version=1, call_id="jobbsjansen-2020.runde"))
    days: dict[Form, str] = {"nb": "3. mars 2020", "nn": "3. mars 2020", "en": "3 March 2020"}
    for form, told in days.items():
        content = replace(content_of(replace(applied, form=form)), applied_on=letter.applied_on)
        assert told in " ".join(pages_of(content))
        assert told not in " ".join(pages_of(replace(content, applied_on=None)))


@settings(max_examples=15, deadline=None)
@given(form=some.sampled_from(FORMS), sentences=some.integers(1, 40), reports=some.integers(1, 12))
def test_a_table_of_reports_begins_on_the_page_of_its_introduction(form: Form, sentences: int, reports: int) -> None:
    introduction, first = INTRODUCED[form]
    pages = pages_of(laid_out(form, 1, 1, reports, sentences))
    introduced = next(number for number, page in enumerate(pages) if introduction in page)
    begins = next(number for number, page in enumerate(pages) if f"1 {first}" in page)
    assert introduced == begins
