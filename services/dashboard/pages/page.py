"""From a template and what it tells of to HTML. Pure functions: the same facts give the same page in each language, and
every text is escaped. Here are also the pages that show no figure.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services import bokmal
from services.dashboard.charts.drawing import number
from services.dashboard.pages.definitions import definitions
from services.dashboard.pages.drawn_cells import body, cell
from services.dashboard.pages.explained import address_of
from services.dashboard.pages.tables import shortened
from services.dashboard.sign_in.access import ENTRANCES
from services.dashboard.sign_in.reader import Reader
from services.dashboard.words import spoken

TEMPLATES = Path(__file__).parent / "templates"
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    extensions=["jinja2.ext.i18n"],
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_ENVIRONMENT.filters |= {
    "kroner": spoken.kroner,
    "signed": spoken.signed_kroner,
    "day": spoken.day_in_words,
    "instant": spoken.instant_in_words,
    "unbroken": bokmal.unbroken,
    "shortened": shortened,
    "tenths": number,
}
_ENVIRONMENT.globals |= {
    "address_of": address_of,
    "body": body,
    "cell": cell,
    "definitions": definitions,
    "_": spoken.gettext,
    "gettext": spoken.gettext,
    "ngettext": spoken.ngettext,
    "count": spoken.count,
    "language": spoken.language,
    "LANGUAGES": spoken.LANGUAGES,
}


def render(template: str, *, reader: Reader | None = None, here: Any = None, **facts: Any) -> str:
    """The page, with the way to the pages that lead on from every other, for those who may see them."""
    entrances = [each for each in ENTRANCES if reader and each.sight_of(reader.roles)]
    return _ENVIRONMENT.get_template(template).render(reader=reader, entrances=entrances, here=here, **facts)


def accessibility_page() -> str:
    """The accessibility statement (tilgjengelighetserklæring) that public bodies owe their readers."""
    return render("accessibility.html")


def missing_page(what: str, *, reader: Reader | None = None) -> str:
    """There is no such post or letter. `what` is our own sentence; the address is never shown back."""
    return render("missing.html", reader=reader, what=what)


def sign_in_page(to: str, *, people: Sequence[str] = (), signed_out: bool = False) -> str:
    """Where to sign in, and come back to the page that was asked for (`to`, one of ours). `people` are those the
    development issuer lets in, each by one click."""
    ways = [(person, f"/logg-inn/begynn?{urlencode({'til': to, 'person': person})}") for person in people]
    ways = ways or [("", f"/logg-inn/begynn?{urlencode({'til': to})}")]
    return render("sign_in.html", ways=ways, signed_out=signed_out)


def refused_page(title: str, told: str, *, correlation: str) -> str:
    """Why a page is not shown, in our own words, and what to quote of it."""
    return render("refused.html", refusal=spoken.gettext(title), told=spoken.gettext(told), correlation=correlation)
