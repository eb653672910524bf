"""The letters of 2020 and what in them does not add up, as the rows the pages are given."""

from typing import Any


def _total(code: str, stated: int, computed: int, kind: str = "rounding", reason: str | None = None) -> dict[str, Any]:
    """One stated total in kroner. Equal ones are exact; a reason settles it."""
    chapter, post = map(int, code.split("/"))
    return {
        "chapter": chapter,
        "post": post,
        "stated_ore": stated * 100,
        "computed_ore": computed * 100,
        "difference_ore": (stated - computed) * 100,
        "kind": "exact" if stated == computed else kind,
        "status": "settled" if reason else "open",
        "reason": reason,
        "superseded_by": None,
    }


def _contradiction(
    code: str, what: str, text: tuple[str, str], table: tuple[str, str], reckoned: str
) -> dict[str, Any]:
    """A place where the letter disagrees with itself; each side is where it stands and what it says."""
    return {
        "fund_id": f"2020/{code}",
        "what": what,
        "sides": [{"cite": cite, "says": says} for cite, says in (text, table)],
        "reckoned": reckoned,
        "status": "open",
        "reason": None,
    }


def _letter(
    number: int, effective_on: str, inferred: bool, title: str, **found: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "year": 2020,
        "number": number,
        "title": title,
        "effective_on": effective_on,
        "inferred": inferred,
        "items": found.get("items", []),
        "earmark_differences": found.get("earmarks", []),
        "contradictions": found.get("contradictions", []),
    }


_AGREED = "Departementet bekrefter at summen er rundet av til nærmeste tusen."
_SUPPLEMENT = "til tildelingsbrev for Integrerings- og mangfoldsdirektoratet 2020"

LETTERS = (
    _letter(
        0,
        "2020-01-01",
        True,
        "Tildelingsbrev for Integrerings- og mangfoldsdirektoratet 2020",
        items=[
            _total(code, kroner, kroner)
            for code, kroner in (
                ("290/01", 278_400_000),
                ("291/21", 35_000_000),
                ("291/45", 53_500_000),
                ("291/60", 7_545_630_000),
                ("291/61", 1_714_150_000),
                ("291/62", 205_400_000),
                ("291/70", 2_280_000),
                ("291/71", 125_440_000),
                ("291/72", 6_400_000),
                ("291/73", 14_710_000),
                ("292/60", 1_234_850_000),
            )
        ],
        earmarks=[_total("291/73", 14_710_000, 14_714_000, "rounding")],
        contradictions=[
            _contradiction(
                "290/01",
                "Beløpet departementet holder tilbake",
                ("4.2.3", "Departementet holder tilbake 14,5 mill. kroner"),
                ("5.1", "293 mill. kroner bevilget og 278,4 til disposisjon, altså 14,6"),
                "14,5 mill. kroner, slik teksten sier",
            )
        ],
    ),
    _letter(1, "2020-02-25", False, f"Tillegg nr. 1 {_SUPPLEMENT}"),
    _letter(2, "2020-04-07", True, f"Tillegg nr. 2 {_SUPPLEMENT}"),
    _letter(
        3,
        "2020-05-20",
        False,
        f"Tillegg nr. 3 {_SUPPLEMENT}",
        items=[
            _total("290/01", 288_727_347, 288_727_347),
            _total("291/21", 47_817_553, 47_817_553),
            _total("291/45", 60_544_705, 60_514_705),
        ],
        contradictions=[
            _contradiction(
                "290/01",
                "Overskriften over summene",
                ("5.1, teksten", "«Etter de varslede endringen i dette tillegget disponerer IMDi følgende»"),
                ("5.1, tabellen", "Kolonnen heter «Overføring fra 2019»"),
                "Summer, slik teksten sier",
            )
        ],
    ),
    _letter(
        4,
        "2020-06-22",
        False,
        f"Tillegg nr. 4 {_SUPPLEMENT}",
        items=[
            _total("290/01", 291_156_000, 291_127_347, reason=_AGREED),
            _total("291/45", 69_544_000, 69_544_705),
            _total("291/60", 7_724_723_000, 7_724_730_000),
            _total("291/61", 1_691_303_000, 1_691_350_000),
            _total("291/62", 227_971_000, 228_000_000),
            _total("291/71", 145_443_000, 145_440_000),
            _total("292/60", 1_334_273_000, 1_395_850_000, "unexplained"),
        ],
        earmarks=[
            _total("291/62", 227_971_000, 230_400_000, "unexplained"),
            _total("291/71", 145_443_000, 145_440_000, "rounding"),
        ],
        contradictions=[
            _contradiction(
                "291/45",
                "Hvilket kapittel de 9 millionene gjelder",
                ("5.1, teksten", "«Kap. 290 Post 45»: ytterligere 9 mill. kroner"),
                ("5.1, tabellen", "291/45, 69 544 000 kroner"),
                "291/45, som i brevets egen tabell",
            ),
            _contradiction(
                "291/21",
                "Et beløp utenfor tabellen",
                ("Oppdrag 2020-017", "1 mill. kroner stilles til disposisjon på 291/21"),
                ("5.1, tabellen", "Nevner ikke posten"),
                "1 mill. kroner på 291/21",
            ),
        ],
    ),
    _letter(5, "2020-08-11", False, f"Tillegg nr. 5 {_SUPPLEMENT}"),
    _letter(6, "2020-08-11", True, f"Tillegg nr. 6 {_SUPPLEMENT}"),
    _letter(7, "2020-12-11", False, f"Tillegg nr. 7 {_SUPPLEMENT}"),
    _letter(
        8,
        "2020-12-31",
        True,
        f"Tillegg nr. 8 {_SUPPLEMENT}",
        items=[
            _total("290/01", 291_964_000, 291_964_000),
            _total("291/60", 7_068_926_000, 7_068_926_000),
            _total("291/61", 1_612_175_000, 1_612_175_000),
            _total("292/60", 1_286_502_000, 1_286_502_000),
        ],
    ),
)
