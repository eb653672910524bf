"""How much a grant letter can say, and in which signs: one rule, wherever a text that it will hold is written.

A letter is set by a program that takes its time with each paragraph, table row and sign, and only with the signs its
fonts have. Nothing is set to check what is written: these bounds are fixed, and a sweep over letters at their edge
(`tests/grants/award/test_letter_sweep.py`) shows that every letter within them is set, well inside its time.
"""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from services.eventlog.refusal import Refusal
from services.grants.scheme.events import SchemeTerms
from services.grants.scheme.languages import terms_in

LETTER_TEMPLATES = ("grant-letter",)
"""The templates a letter is set with, by name: all there are. The typesetter keeps the same list, and sets no other."""
MOST_SIGNS = 40_000
"""Characters of everything a proposal writes into its letter, together. Some thirteen pages."""
MOST_LINES = 400
"""Lines and paragraphs of it, however short: each term, each condition, and each line break begins another."""
MOST_INSTALMENTS = 100
MOST_REPORTS = 100
MOST_SCHEME_LINES = 100
"""Lines of one of the scheme's two texts in the letter. Their length is bounded by the field they are written in."""

SIGNS: tuple[tuple[int, int], ...] = (
    (0x20, 0x34E),
    (0x350, 0x484),
    (0x48A, 0x4FF),
    (0x1E00, 0x2027),
    (0x202F, 0x2040),
    (0x2044, 0x2052),
    (0x2054, 0x205F),
    (0x2070, 0x20BF),
    (0x2127, 0x2151),
    (0x2190, 0x23FF),
    (0x2460, 0x2606),
    (0xFB00, 0xFB06),
)
"""The signs the letter's fonts have, first and last of each row: Latin, Greek, Cyrillic, punctuation, symbols."""


class LetterTooLong(Refusal):
    """The letter would hold more than can be set. `what` is what there is too much of, `most` how much there may be."""

    code = "letter-too-long"
    status = 422
    title = "Det blir for mye for ett tilskuddsbrev"


class LetterUnsettable(Refusal):
    """The letter's own text cannot be set: it has signs that the fonts do not have (emoji, some scripts)."""

    code = "letter-unsettable"
    status = 422
    title = "Brevet har tegn som ikke kan settes"


class LetterTemplateUnknown(Refusal):
    """The scheme's terms name a letter template that is none of this system's. `templates` names those there are."""

    code = "letter-template-unknown"
    status = 422
    title = "Brevmalen finnes ikke"


def check_letters_of(terms: SchemeTerms) -> None:
    """Refuse (`LetterTemplateUnknown`, `LetterTooLong`, `LetterUnsettable`) terms of a scheme whose letters could not
    be set. Where no letter is made there is nothing to refuse."""
    if terms.letter_template is None:
        return
    check_template(terms.letter_template)
    for told in terms.translations:
        check_letters_of(replace(terms_in(terms, told.form), translations=()))
    at_most("instalments", len(terms.instalments), MOST_INSTALMENTS)
    at_most("reports", len(terms.report_duties), MOST_REPORTS)
    conditions = (each.condition for each in terms.instalments if each.condition is not None)
    standard = terms.standard_terms or (terms.follow_up, terms.control, terms.reactions)
    check_texts([terms.aim, *standard, *conditions])
    for name, text in {"control": terms.control, "reactions": terms.reactions}.items():
        at_most(f"lines in {name}", _lines_of(text), MOST_SCHEME_LINES)
    check_signs([terms.name, terms.control, terms.reactions])


def check_template(template: str) -> None:
    """Refuse (`LetterTemplateUnknown`) a name that is not on the list. What somebody writes is never a file's name."""
    if template not in LETTER_TEMPLATES:
        raise LetterTemplateUnknown(
            f"Letters are set with {', '.join(LETTER_TEMPLATES)}, or not at all (null), and the terms name another"
            " template. Revise the scheme; a call that is published keeps the terms it was published on.",
            templates=list(LETTER_TEMPLATES),
        )


def check_signs(texts: Iterable[str]) -> None:
    """Refuse (`LetterUnsettable`) signs that the letter's fonts lack, naming them by number."""
    lacking = sorted(sign for sign in set(chain.from_iterable(texts)) if not is_settable(sign))
    if lacking:
        signs = [f"U+{ord(sign):04X}" for sign in lacking]
        raise LetterUnsettable(f"The letter's fonts lack {', '.join(signs)}. Write it otherwise.", signs=signs)


@lru_cache(maxsize=4_096)
def is_settable(sign: str) -> bool:
    """Whether the letter's fonts have it. A line break is set as one."""
    if sign == "\n":
        return True
    return any(first <= ord(sign) <= last for first, last in SIGNS) and unicodedata.category(sign) not in ("Cc", "Cn")


def check_texts(texts: Collection[str]) -> None:
    """Refuse (`LetterTooLong`, `LetterUnsettable`) more than a letter holds of texts written for it, together."""
    at_most("characters in purpose, terms, conditions and reasons", sum(map(len, texts)), MOST_SIGNS)
    at_most("lines in purpose, terms, conditions and reasons", sum(map(_lines_of, texts)), MOST_LINES)
    check_signs(texts)


def _lines_of(text: str) -> int:
    return text.count("\n") + 1


def at_most(what: str, there: int, most: int) -> None:
    """Refuse (`LetterTooLong`) more of something than a letter holds."""
    if there > most:
        raise LetterTooLong(
            f"A grant letter holds at most {most:,} {what}, and this one would hold {there:,}. Write it shorter, or put"
            " what is long in a document that the letter refers to.",
            what=what,
            there=there,
            most=most,
        )
