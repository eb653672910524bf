"""Letters as large as they can be written: made up by chance from a seed, within the bounds and often at them."""

from dataclasses import replace
from datetime import date
from random import Random

from services.grants.award.letter_bounds import check_letter_of
from services.grants.case.events.award import Instalment, ReportOwed
from services.grants.grant_letter.content import LetterContent, Person
from services.grants.scheme.events import Form
from services.grants.scheme.letter_bounds import (
    MOST_INSTALMENTS,
    MOST_LINES,
    MOST_REPORTS,
    MOST_SCHEME_LINES,
    MOST_SIGNS,
    check_letters_of,
)
from tests.grants.award.grant_letters import PROPOSED, TERMS, content_of

LONGEST = 10_000
"""Characters of one text, by the field it is written in."""
CONDITION = 200
MOST_ADDRESS_LINES, MOST_OF_A_NAME = 5, 120
SENTENCE = "Formålet er å fremme deltakelse i arbeid og utdanning. "


def text_of(chance: Random, signs: int, lines: int) -> str:
    """A text of about so many signs in so many lines, of sentences, or of words too long for any line."""
    each = max(1, (signs - 2 * lines) // lines)
    long_word = chance.choice(("ø" * each, ("b" * 41 + " ") * (each // 42 + 1), SENTENCE * (each // 55 + 1)))
    return chance.choice(("\n", "\n\n")).join([long_word[:each].strip() or "x"] * lines)[:signs].strip()


def plan_of(chance: Random) -> tuple[Instalment, ...]:
    """A plan of few instalments or of the most, with øre, some on conditions of one long word or of many."""
    number = chance.choice((1, 2, 9, 40, MOST_INSTALMENTS))
    condition = chance.choice((None, "v" * CONDITION, (SENTENCE * 4)[:CONDITION].strip()))
    return tuple(
        Instalment(
            number=place,
            amount_ore=chance.choice((100_000_00, 100_000_05)),
            condition=condition if chance.random() < 0.5 else None,
            needs_report=chance.choice((None, 1)),
        )
        for place in range(1, number + 1)
    )


def terms_of(chance: Random, signs: int, lines: int) -> tuple[str, ...]:
    """One term or many, that together are so many signs in so many lines."""
    number = min(chance.choice((1, 2, 5, 60, lines)), lines, signs)
    number = max(number, signs // LONGEST + 1)
    return tuple(text_of(chance, signs // number, max(1, lines // number // 2)) for _ in range(number))


def letter_at_bounds(seed: int, form: Form) -> LetterContent:
    """A letter that can be written."""
    chance = Random(seed)
    plan = plan_of(chance)
    conditions = [part.condition for part in plan if part.condition]
    signs = MOST_SIGNS - LONGEST - 4_000 - sum(map(len, conditions))
    lines = MOST_LINES - 60 - len(conditions)
    purpose = text_of(chance, chance.choice((10, 900, LONGEST)), chance.choice((1, 3, 15)))
    proposal = replace(
        PROPOSED,
        form=form,
        purpose=purpose,
        terms=terms_of(chance, signs // chance.choice((1, 1, 4, 50)), lines // chance.choice((1, 1, 9, 60)) or 1),
        amount_ore=sum(part.amount_ore for part in plan),
        instalments=plan,
        reports=tuple(
            ReportOwed(number=place, kind=chance.choice(("interim", "final")), due_on=date(2020, 8, 15))
            for place in range(1, chance.choice((1, 2, 9, MOST_REPORTS)) + 1)
        ),
        acceptance_required=chance.random() < 0.5,
        reasons=chance.choice((None, text_of(chance, chance.choice((20, 4_000)), chance.choice((1, 10))))),
    )
    scheme = replace(
        TERMS,
        control=text_of(chance, chance.choice((20, LONGEST)), chance.choice((1, MOST_SCHEME_LINES // 2))),
        reactions=text_of(chance, chance.choice((20, LONGEST)), chance.choice((1, MOST_SCHEME_LINES // 2))),
    )
    check_letter_of(proposal)
    check_letters_of(scheme)
    address = tuple("Ø" * 100 for _ in range(chance.choice((0, 2, MOST_ADDRESS_LINES))))
    return replace(
        content_of(proposal, scheme),
        address=address,
        change=proposal.reasons and chance.choice((None, proposal.reasons[:100].strip())),
        accept_by=chance.choice((None, date(2021, 2, 10))),
        caseworker=chance.choice((None, Person(name="K" * MOST_OF_A_NAME, title="rådgiver " * 12))),
        approver=chance.choice((None, Person(name="Ola Persønn", title="å" * MOST_OF_A_NAME))),
    )
