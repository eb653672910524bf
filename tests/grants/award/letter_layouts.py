"""What the tests of letter layouts build, for other tests to use as well."""

import json
from dataclasses import replace
from datetime import date

import typst

from services.grants.case.events.award import Instalment, ReportOwed
from services.grants.grant_letter.content import LetterContent
from services.grants.grant_letter.typesetter import Typesetter
from services.grants.grant_letter.typesetting import request_of
from services.grants.scheme.events import Form
from tests.grants.award.grant_letters import PROPOSED, content_of

SENTENCE = "Formålet er å fremme deltakelse i arbeid og utdanning. "


def laid_out(form: Form, terms: int, instalments: int, reports: int, sentences: int) -> LetterContent:
    """A letter with so many terms, instalments and reports, in paragraphs of so many sentences."""
    proposal = replace(
        PROPOSED,
        form=form,
        purpose="\n\n".join([SENTENCE * sentences] * 2),
        terms=tuple(f"Vilkår {number}: {SENTENCE * sentences}" for number in range(1, terms + 1)),
        amount_ore=instalments * 100_000_00,
        instalments=tuple(Instalment(number=number, amount_ore=100_000_00) for number in range(1, instalments + 1)),
        reports=tuple(
            ReportOwed(number=number, kind="interim", due_on=date(2020, 8, 15)) for number in range(1, reports + 1)
        ),
    )
    return content_of(proposal)


def what_is_wrong(typesetter: Typesetter, content: LetterContent, *, draft: bool) -> str | None:
    """Why the compiler does not set this letter, or None when it does."""
    try:
        typesetter.pdf(**json.loads(request_of(content, draft=draft)))
    except typst.TypstError as refused:
        return refused.message
    return None
