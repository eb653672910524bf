"""The sentences the register of deadlines makes itself, in the reader's language. What a letter or a person has written
is theirs, and stands as it is: of such a deadline only what the register says around it is said in the reader's words.

The register keeps sentences in bokmål. Each form of them is known here by its kind; a sentence of no known form stands
as it is kept.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from services.dashboard.words.spoken import N_, day_in_words, gettext

_GAPS = {"day": r"[0-9]{2}\.[0-9]{2}\.[0-9]{4}", "number": "[0-9]+", "title": ".*", "phrase": ".*"}
"""What stands in each gap of a sentence, as it is kept."""
_PHRASES: Mapping[str, str] = {
    each: each
    for each in (
        *(N_("tilskuddet"), N_("avslaget"), N_("avvisningen"), N_("tilbakeholdet"), N_("tilbakekravet")),
        *(N_("reduksjonen"), N_("omgjøringen"), N_("varselet om tilbakehold"), N_("varselet om tilbakekrav")),
        *(N_("varselet om endring"), N_("mottakerens kontonummer"), N_("kontroll av kontonummeret")),
        *(N_("at vilkåret er oppfylt"), N_("regnskapet")),
    )
}
_REPORT = re.compile(r"at rapport (?P<number>[0-9]+) er godkjent")
FORMS: Mapping[str, Sequence[str]] = {
    "letter-publication": (N_("Publisering av %(title)s"),),
    "supplement-reply": (N_("Svar på spørsmål om søknaden"),),
    "terms-acceptance": (N_("Mottakeren skal godta vilkårene"),),
    "recipient-report": (N_("Rapport %(number)s fra mottakeren"),),
    "complaint-completion": (N_("Retting av mangler i klage %(number)s"),),
    "complaint-period": (N_("Siste dag for å klage på %(phrase)s"),),
    "reply-period": (N_("Svar på %(phrase)s"),),
    "reclaim-payment": (N_("Tilbakebetaling av krav %(number)s"),),
    "instalment": (
        N_("Utbetaling av termin %(number)s (venter på: %(phrase)s)"),
        N_("Utbetaling av termin %(number)s"),
    ),
    "call-closes": (N_("Siste dag for å søke: %(title)s"),),
    "notice-must-go": (
        N_("Departementet må ha orienteringen for at brevene kan gå %(day)s"),
        N_("Departementet må ha orienteringen for at publisering kan skje %(day)s: %(title)s"),
    ),
    "notice-opens": (N_("Orienteringen åpner"),),
    "notice-stale": (N_("Orienteringen blir for gammel"),),
    "letters-waiting": (N_("Kan publiseres, og er ikke publisert"), N_("Brev kan sendes og er ikke sendt")),
    "letter-waiting": (N_("Brevet kan sendes og er ikke sendt"),),
    "letter-unnoticed": (N_("Departementet er ikke orientert om brevet"),),
}
"""By kind: each sentence as the register makes it, in bokmål, with its gaps."""
OF_LETTERS = frozenset({"assignment", "ministry-report", "meeting", "publication", "pay-out"})
"""What these say are the letter's own words."""


SETTLED: Mapping[str, str] = {
    "Kan publiseres, og er ikke publisert": N_("Kan publiseres"),
    "Brev kan sendes og er ikke sendt": N_("Brev kan sendes"),
    "Brevet kan sendes og er ikke sendt": N_("Brevet kan sendes"),
    "Departementet er ikke orientert om brevet": N_("Departementet skal orienteres om brevet"),
}
"""What says that something is not done, as it is said once it is: the register keeps the sentence it began with."""


def said(kind: str, what: str, *, settled: bool = False) -> str:
    """A deadline's sentence in the reader's language; `settled` when nothing is waited for any more."""
    for sentence in FORMS.get(kind, ()):
        if (found := re.fullmatch(_form(sentence), what, re.DOTALL)) is not None:
            values = {name: _value(name, value) for name, value in found.groupdict().items()}
            told = SETTLED.get(sentence, sentence) if settled else sentence
            return what if None in values.values() else gettext(told, **values)
    return what


@cache
def _form(sentence: str) -> str:
    """The sentence as a pattern, each of its gaps a group of its name."""
    parts = re.split(r"%\((\w+)\)s", sentence)
    return "".join(f"(?P<{part}>{_GAPS[part]})" if nth % 2 else re.escape(part) for nth, part in enumerate(parts))


def _value(name: str, value: str) -> str | None:
    """What stands in a gap, as it is said; None for a phrase that is none of ours."""
    if name == "day":
        day, month, year = value.split(".")
        return day_in_words(f"{year}-{month}-{day}")
    if name == "phrase":
        report = _REPORT.fullmatch(value)
        if report is not None:
            return gettext(N_("at rapport %(number)s er godkjent"), number=report["number"])
        return gettext(_PHRASES[value]) if value in _PHRASES else None
    return value
