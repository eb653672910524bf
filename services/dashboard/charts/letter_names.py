"""What letters and their differences are called on drawings and in the tables beside them."""

from collections.abc import Sequence

from services.dashboard.charts.flags import Step
from services.dashboard.words.spoken import N_, gettext


def letter_name(number: int) -> str:
    """The letter of allocation, or its supplement."""
    return gettext(N_("Tillegg %(number)s"), number=number) if number else gettext(N_("Tildelingsbrevet"))


def letter_in_full(number: int) -> str:
    """The same as a heading or a sentence has it."""
    return gettext(N_("Tillegg nr. %(number)s"), number=number) if number else gettext(N_("Tildelingsbrevet"))


def names_of(steps: Sequence[Step]) -> list[str]:
    """What a flag may say of its steps: the letters by name while that is short, how many there are, and no more."""
    letters = sorted({each.letter_number for each in steps if each.letter_number is not None})
    others = any(each.letter_number is None for each in steps)
    said = []
    if not others and len(letters) == 1:
        said.append(letter_name(letters[0]))
    elif not letters:
        said.append(gettext(N_("Fullmakt")))
    elif not others and 0 not in letters and len(letters) == 2:
        said.append(gettext(N_("Tillegg %(first)s og %(last)s"), first=letters[0], last=letters[-1]))
    elif not others and 0 not in letters and letters[-1] - letters[0] == len(letters) - 1:
        said.append(gettext(N_("Tillegg %(first)s–%(last)s"), first=letters[0], last=letters[-1]))
    if len(steps) > 1:
        said.append(gettext(N_("%(count)s endringer"), count=len(steps)))
    elif letters:
        said.append(gettext(N_("Nr. %(number)s"), number=letters[0]))
    return said or [gettext(N_("Endring"))]
