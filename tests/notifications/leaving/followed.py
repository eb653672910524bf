"""What the tests of followed build, for other tests to use as well."""

import hashlib
from typing import Any

from services.notifications.facts.channel import LetterFollowed
from services.notifications.facts.release import SchemeExempt
from tests.notifications.leaving.permitted_sending import A
from tests.notifications.world import LETTER_SHA256, SOURCE, Refused

FOLLOWED = LetterFollowed(letter_sha256=LETTER_SHA256)
OTHER = b"%PDF-1.7 brev om endring"
OTHER_SHA256 = hashlib.sha256(OTHER).hexdigest()


def refused_release(world: Any) -> str:
    """What the database says of letting it out."""
    try:
        world.release(A, SchemeExempt(source=SOURCE))
    except Refused as problem:
        return problem.code
    return "recorded"
