"""What the ministry is not told of, said in a sentence on each page and in each file that leaves it out (Instruks 5.4).

Where a budget year is shown it is how many awards, as of the day and the knowledge that are asked for. Where one
recipient, one case, a search or a notice is shown it is the same sentence for everybody, whether anything is left out
or not: a number there would tell of whom.
"""

from services.dashboard.pages.asked import Asked
from services.dashboard.pages.source import Source
from services.dashboard.sign_in.access import Sight
from services.dashboard.sign_in.reader import Reader
from services.dashboard.words.spoken import N_, count, gettext, ngettext

_ONE = (
    "%(untold)s tilsagn er holdt utenfor her, fordi departementet ikke har fått varsel om det ennå (Instruks 5.4). "
    "Beløpene under er uten det, så det som gjenstår, kan være mindre."
)
_MANY = (
    "%(untold)s tilsagn er holdt utenfor her, fordi departementet ikke har fått varsel om dem ennå (Instruks 5.4). "
    "Beløpene under er uten dem, så det som gjenstår, kan være mindre."
)
_SAME_FOR_ALL = N_(
    "Tilsagn som departementet ikke har fått varsel om ennå, vises ikke og er ikke regnet med her (Instruks 5.4)."
)
_DEADLINES = N_("er holdt utenfor her, fordi departementet ikke er orientert om tilsagnene de gjelder (Instruks 5.4).")


async def of_year(seen: Source, asked: Asked) -> str:
    """How many awards of the year are left out of this look at it; nothing where none is."""
    untold = await seen.untold(asked.year, valid_at=asked.valid_at, known_at=asked.known_at)
    return ngettext(_ONE, _MANY, untold) % {"untold": untold} if untold else ""


def in_general(reader: Reader) -> str:
    """That such awards are left out, to every reader of the ministry alike."""
    return gettext(_SAME_FOR_ALL) if reader.sight is Sight.told else ""


def of_deadlines(untold: int) -> str:
    """How many deadlines are left out; nothing where none is."""
    return f"{count(untold, 'frist', 'frister').capitalize()} {gettext(_DEADLINES)}" if untold else ""
