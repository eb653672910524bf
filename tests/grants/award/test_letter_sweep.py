"""Every letter that can be written can be set, as a draft and as it is sent: letters at the bounds prove it."""

import os
import time
from dataclasses import replace
from itertools import product
from typing import get_args

from services.grants.grant_letter.typesetter import Typesetter
from services.grants.grant_letter.typesetting import TEMPLATES
from services.grants.scheme.events import Form
from services.grants.scheme.letter_bounds import MOST_LINES, MOST_SIGNS, SIGNS, is_settable
from tests.grants.award.grant_letters import PROPOSED, content_of
from tests.grants.award.letter_layouts import what_is_wrong
from tests.grants.award.letters_at_their_bounds import SENTENCE, letter_at_bounds

FORMS: tuple[Form, ...] = get_args(Form)
SECONDS = 5.0
"""Of processor time, at the most: half of what a letter may take (`TILSAGN_TYPESETTING_SECONDS`)."""


def test_every_letter_within_the_bounds_is_set_well_within_its_time(long: bool) -> None:
    typesetter = Typesetter(TEMPLATES)
    first = int(os.environ.get("TILSAGN_SEED", "20_200_518")) if long else 20_200_518
    wrong = {}
    largest = 0
    for seed, form, draft in product(range(first, first + (150 if long else 5)), FORMS, (False, True)):
        content = letter_at_bounds(seed, form)
        largest = max(largest, sum(map(len, content.terms)))
        began = time.process_time()
        why = what_is_wrong(typesetter, content, draft=draft)
        if why is not None or time.process_time() - began > SECONDS:
            wrong[seed, form, draft] = why or f"{time.process_time() - began:.1f} s"
    assert wrong == {}
    assert largest > MOST_SIGNS // 2, "none was large"


def test_a_term_of_nearly_ten_thousand_signs_is_set_whether_sentences_or_one_word() -> None:
    typesetter = Typesetter(TEMPLATES)
    for term in ((SENTENCE * 200)[:9_900].strip(), "å" * 9_900, "\n\n".join(["Ja."] * (MOST_LINES // 2))):
        began = time.process_time()
        assert what_is_wrong(typesetter, content_of(replace(PROPOSED, terms=(term,))), draft=False) is None
        assert time.process_time() - began < SECONDS


def test_every_sign_that_can_be_written_is_set() -> None:
    signs = [chr(point) for first, last in SIGNS for point in range(first, last + 1)]
    written = " ".join(f"a{sign}" for sign in signs if is_settable(sign))
    assert len(written) > 5_000
    content = content_of(replace(PROPOSED, purpose=written))
    assert what_is_wrong(Typesetter(TEMPLATES), content, draft=False) is None
