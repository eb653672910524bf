"""What each word of money means, told where the word stands: with every table whose columns bear it.

The words are those of `docs/glossary.md`, which says what they mean in English; a test holds the English of a reader's
page to it, to the letter.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.dashboard.pages.tables import Table
from services.dashboard.words.spoken import N_


@dataclass(frozen=True)
class Definition:
    """A word as the pages write it, the term of the glossary it is, and what it means."""

    word: str
    term: str
    means: str


DEFINITIONS = (
    Definition(N_("Bevilget"), "bevilget", N_("det Stortinget har gitt på en post; tomt der intet brev oppgir det")),
    Definition(
        N_("Holdt tilbake i departementet"),
        "holdt tilbake (av departementet)",
        N_("det departementet beholder av en bevilgning; bare det et brev sier, aldri en subtraksjon"),
    ),
    Definition(
        N_("Overført fra i fjor"),
        "overført",
        N_("ubrukte penger fra ett år, som kan brukes i det neste når et tillegg frigir dem"),
    ),
    Definition(N_("Stilt til disposisjon"), "stilt til disposisjon", N_("det direktoratet kan bruke av den")),
    Definition(N_("Øremerket"), "øremerking", N_("penger på en post bundet til et formål eller en mottaker")),
    Definition(
        N_("Tilsagn"), "tilsagn", N_("det som er lovet og ikke frigjort: brutto, bindende, på en budsjettlinje")
    ),
    Definition(N_("Utbetalt"), "utbetaling", N_("penger betalt av en termin; en del av tilsagnet")),
    Definition(
        N_("Holdt tilbake hos mottaker"),
        "tilbakehold",
        N_("en termin, eller en del av den, betales ikke nå; den er fortsatt lovet"),
    ),
    Definition(N_("Gjenstår"), "gjenstår", N_("stilt til disposisjon minus tilsagn")),
    Definition(N_("Brevets sum"), "oppgitt sum", N_("en sum slik brevet trykker den")),
    Definition(N_("Utregnet"), "beregnet sum", N_("den sist oppgitte summen og endringene siden")),
    Definition(
        N_("Avvik"), "differanse", N_("oppgitt minus beregnet: null, en avrunding eller noe som ikke er forklart")
    ),
    Definition(N_("Ramme"), "ramme", N_("pengene et oppdrag skal gjøres for; ingen øremerking")),
    Definition(N_("Forhold å rette"), "avvik", N_("noe departementet skal få vite om med en gang")),
    Definition(N_("kan overføres"), "kan overføres", N_("det som er ubrukt, kan det søkes om å få bruke neste år")),
    Definition(N_("overslagsbevilgning"), "overslagsbevilgning", N_("kan overskrides; varsler i stedet for å stoppe")),
    Definition(
        N_("overtrukket"),
        "overtrukket",
        N_("det er gitt tilsagn om mer enn det som er stilt til disposisjon; vises som et avvik"),
    ),
)
_BY_WORD = {each.word: each for each in DEFINITIONS}


def definitions(table: Table) -> list[Definition]:
    """Of the words a table's columns bear, and of those it has beside them (`words`), in that order, each once."""
    return _of([column.title for column in table.columns] + list(table.words))


def _of(words: Iterable[str]) -> list[Definition]:
    return [_BY_WORD[word] for word in dict.fromkeys(words) if word in _BY_WORD]
