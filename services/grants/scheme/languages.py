"""A scheme's own texts in the form of language that a letter is written in.

A letter in nynorsk or English says the scheme's texts in that form, or is not made: half a letter in each language is
understood by nobody. The caseworker's own words are in whatever language they chose for the award.
"""

from collections.abc import Iterator
from dataclasses import replace

from services.eventlog.refusal import Refusal
from services.grants.scheme.events import Form, InForm, SchemeTerms
from services.text.folding import is_blank

TEXTS = ("name", "aim", "follow_up", "control", "reactions")


class SchemeTextsMissing(Refusal):
    """The scheme's texts are not written in the form that the letter is to be in. `form` is that, `forms` are those the
    scheme has."""

    code = "scheme-texts-missing"
    status = 422
    title = "Ordningen mangler tekster på denne målformen"


def terms_in(terms: SchemeTerms, form: Form) -> SchemeTerms:
    """The terms with their texts in that form. Refuses `SchemeTextsMissing`. Where no letters are made, as they are."""
    if terms.letter_template is None or form == terms.written_in:
        return terms
    told = next((each for each in terms.translations if each.form == form), None)
    if told is None:
        forms = [terms.written_in, *(each.form for each in terms.translations)]
        raise SchemeTextsMissing(
            f"The scheme's texts are written in {', '.join(forms)} and not in {form}. Choose one of those for the"
            " letter, or revise the scheme; a call that is published keeps the texts it was published with.",
            form=form,
            forms=forms,
        )
    return replace(
        terms,
        **{name: getattr(told, name) for name in TEXTS},
        standard_terms=told.standard_terms,
        instalments=tuple(
            replace(part, condition=condition)
            for part, condition in zip(terms.instalments, told.conditions, strict=True)
        ),
    )


def list_unequal(terms: SchemeTerms) -> Iterator[str]:
    """What is amiss with the texts in other forms, a sentence each: every text is there in each form, or in none."""
    forms = [terms.written_in, *(each.form for each in terms.translations)]
    if len(set(forms)) != len(forms):
        yield "The texts are written twice in one form."
    for told in terms.translations:
        for name in TEXTS:
            if is_blank(getattr(terms, name)) != is_blank(getattr(told, name)):
                yield f"The text {name} is in one of {terms.written_in} and {told.form} only."
        if len(told.standard_terms) != len(terms.standard_terms):
            yield f"There are not {len(terms.standard_terms)} standard terms in {told.form}, as there should be."
        if _waits(told) != [part.condition is not None for part in terms.instalments]:
            yield f"The conditions in {told.form} are not those of the instalments, one for each, null where none is."


def _waits(told: InForm) -> list[bool]:
    return [condition is not None for condition in told.conditions]
