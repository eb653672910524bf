"""The pages in the reader's own language. Bokmål is the source: every sentence is written in it, marked, and looked up
in the catalogue of the language the reader has chosen (`catalogues/`). What no catalogue has is shown in bokmål.

Amounts and days are written as each language writes them; what they are is the same.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services import bokmal
from services.calendar.clock import OSLO

LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
"""By their own names, which are shown in every language."""
SOURCE = "nb"
CATALOGUES = Path(__file__).parent / "catalogues"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_GAP = "\N{NO-BREAK SPACE}"
_spoken: ContextVar[str] = ContextVar("spoken", default=SOURCE)


def language() -> str:
    """The language this page is in: `nb`, `nn` or `en`."""
    return _spoken.get()


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Whatever is written meanwhile is in this language."""
    before = _spoken.set(chosen if chosen in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _spoken.reset(before)


def preferred(header: str) -> str:
    """The first of ours that an `Accept-Language` asks for, the heaviest first; bokmål where it asks for none of them.
    `no` is read as bokmål."""
    asked = [_weighed(part) for part in header[:500].split(",")]
    for tag, weight in sorted(asked, key=lambda each: -each[1]):
        spoken = "nb" if tag == "no" else tag
        if weight > 0 and spoken in LANGUAGES:
            return spoken
    return SOURCE


def _weighed(part: str) -> tuple[str, float]:
    tag, _, rest = part.partition(";")
    weight = re.fullmatch(r" *q=([01](?:\.[0-9]{0,3})?) *", rest)
    return tag.replace(" ", "").split("-")[0].lower(), float(weight[1]) if weight else 1.0


def N_(text: str) -> str:  # noqa: N802 - the name gettext's tools look for
    """Marks a sentence that is looked up where it is shown, and gives it back as it is."""
    return text


def gettext(text: str, **values: Any) -> str:
    """The sentence in the reader's language, with what it tells of: `_("%(count)s brev", count=3)`. Plain text: a
    template escapes it as any other."""
    said = text
    if text and language() != SOURCE:
        known = catalogue(language())
        said = known.gettext(text)
        if said == text:
            said = known.ngettext(text, text, 1)  # it may be the one of two
    return said % values if values else said


def ngettext(one: str, many: str, number: int) -> str:
    """The one sentence or the other, by the number it tells of."""
    return catalogue(language()).ngettext(one, many, number)


def count(number: int, one: str, many: str) -> str:
    """`1 åpent avvik`, `3 åpne avvik`, `ingen åpne avvik`."""
    none = gettext(N_("ingen"))
    return f"{number or none}{_GAP}{ngettext(one, many, number or 2)}"


@lru_cache
def catalogue(spoken: str) -> NullTranslations:
    """A language's sentences, compiled from its catalogue once a process. Bokmål has none: it is the source."""
    if spoken == SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    with (CATALOGUES / f"{spoken}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=spoken))
    compiled.seek(0)
    return GNUTranslations(compiled)


def kroner(amount_ore: int) -> str:
    """Whole øre as kroner: `145 443 000,50`, and `145,443,000.50` in English. No krone is ever rounded away."""
    return _as_english(bokmal.kroner(amount_ore))


def signed_kroner(amount_ore: int) -> str:
    """A difference or a movement, always with its sign."""
    return _as_english(bokmal.signed_kroner(amount_ore))


def _as_english(amount: str) -> str:
    return amount.replace(",", ".").replace(_GAP, ",") if language() == "en" else amount


def day_in_words(value: date | str) -> str:
    """`31. desember 2020`, `31 December 2020`."""
    day = bokmal.as_day(value)
    return f"{day.day}{_GAP}{_MONTHS[day.month - 1]} {day.year}" if language() == "en" else bokmal.day_in_words(day)


def instant_in_words(value: datetime | str) -> str:
    """An instant as a clock in Norway showed it: `22. juni 2020 kl. 14.05`, `22 June 2020 at 14:05`."""
    at = bokmal.as_instant(value)
    if language() != "en":
        return bokmal.instant_in_words(at)
    local = at.astimezone(OSLO)
    return f"{day_in_words(local.date())} at{_GAP}{local:%H:%M}"


share = bokmal.share
