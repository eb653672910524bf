"""What a scheme calls its letter template is a name on a list, and never the name of a file."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.grants.grant_letter.typesetter import LETTERS, Typesetter, UnknownTemplate
from services.grants.grant_letter.typesetting import TEMPLATES, Typesetters
from services.grants.scheme.letter_bounds import LETTER_TEMPLATES, LetterTemplateUnknown, check_letters_of
from services.grants.scheme.rules import Scheme, evolve, publish_call, register, revise
from tests.given import given as given_facts
from tests.grants.award.grant_letters import content_of
from tests.grants.plan_conditions import REGISTRATION, REVISION
from tests.grants.scheme.schemes import CALL, REGISTERED, TERMS

HOSTILE = (
    "tilskuddsbrev", "../letters/grant-letter", "./grant-letter", "grant-letter.typ", "writing", "nb", "letterhead",
    "/etc/passwd", "..", "", " ", "grant-letter ", "Grant-Letter", "grant-letter\x00", "grant\u2010letter",
    "@preview/x", "grant-letter/", "..\\letters\\grant-letter", "%2e%2e/grant-letter",
    "file:///etc/passwd", "gra\u00adnt-letter",
)  # fmt: skip
"""Names of no template: files that lie there and others that do not, and ways of writing the one there is."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_scheme_names_a_template_there_is_wherever_its_terms_are_written(name: str) -> None:
    terms = replace(TERMS, letter_template=name)
    begun = given_facts(evolve=evolve, initial=Scheme())
    refused = begun.when(register, terms=terms, **REGISTRATION).refused(LetterTemplateUnknown, saying="grant-letter")
    assert refused.details["templates"] == list(LETTER_TEMPLATES)
    stands = given_facts(REGISTERED, evolve=evolve, initial=Scheme())
    stands.when(revise, terms=terms, **REVISION).refused(LetterTemplateUnknown)
    before = given_facts(replace(REGISTERED, terms=terms), evolve=evolve, initial=Scheme())
    before.when(publish_call, **CALL).refused(LetterTemplateUnknown)


def test_no_letter_of_a_scheme_from_before_is_set_with_another_name_and_the_reason_lasts() -> None:
    async def refused() -> None:
        typesetters = Typesetters()
        try:
            for name in HOSTILE:
                with pytest.raises(LetterTemplateUnknown) as found:
                    await typesetters.print(replace(content_of(), template=name))
                assert found.value.status == 422
        finally:
            await typesetters.close()

    asyncio.run(refused())


SETTER = Typesetter(TEMPLATES)


@settings(max_examples=100)
@given(name=some.one_of(some.sampled_from(HOSTILE), some.text(), some.text(alphabet="./\\grant-letter")))
def test_what_sets_letters_takes_no_name_that_is_not_on_its_own_list(name: str) -> None:
    if name in LETTERS:
        return
    with pytest.raises(UnknownTemplate):
        SETTER.pdf(template=name, letter="{}", timestamp=0)
    with pytest.raises(LetterTemplateUnknown):
        check_letters_of(replace(TERMS, letter_template=name))


def test_the_two_lists_are_one_and_every_template_on_it_is_there() -> None:
    assert frozenset(LETTER_TEMPLATES) == LETTERS
    assert all((TEMPLATES / f"{name}.typ").is_file() for name in LETTERS)
