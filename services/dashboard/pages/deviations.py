"""What is not as it should be on a post, in words: of its letters, and between two budget years."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services import bokmal
from services.dashboard.pages.source import Row
from services.dashboard.words.spoken import N_, gettext, kroner

KINDS = {
    "below-zero": N_("Brevet tar mer enn det som er der"),
    "below-promised": N_("Brevet kutter under det som er lovet"),
    "earmarked-beyond-promised": N_("Øremerkingen tar penger som er lovet"),
    "transfer-not-conserving": N_("Flyttingen går ikke opp"),
    "carry-over-without-ground": N_("Overføring uten grunnlag i året før"),
    "carry-over-beyond-unused": N_("Overføring ut over det som sto ubrukt"),
    "carry-over-of-unknown-year": N_("Overføring fra et år som ikke er registrert"),
    "carry-over-not-above": N_("Overføring som bare står på øremerkingen"),
    "paid-beyond-carry-over": N_("Utbetalt mer enn det som er overført"),
    "paid-not-held-over": N_("Utbetalt uten at tilsagnet er overført"),
    "paid-before-any-letter": N_("Utbetalt før noe brev har åpnet posten"),
    "claims-on-no-post": N_("Overført til en post som ikke er åpnet"),
    "cover-fallen": N_("Saken har mistet dekning den hadde"),
    "overdrawn": N_("Lovet mer enn det som er stilt til disposisjon"),
    "held-over-outside-the-books": N_("Overført før det nye årets regnskap fantes"),
    "paid-on-a-closed-year": N_("Utbetalt på et avsluttet år"),
    "authority-used-without-letter": N_("Fullmakt i kapittel 6 brukt uten at noe brev gir den"),
    "authority-of-no-letter": N_("Fullmakt brukt uten at noe brev gir den"),
    "promised-beyond-authority": N_("Lovet ut over året mer enn fullmakten gir"),
    "held-over-past-authority": N_("Overført lenger enn tilsagnsfullmakten rekker"),
}


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """One line: what is amiss, how much, of which letter or case, and why it stands if it is settled."""

    what: str
    amount: str
    letter_number: int | None
    case: str | None
    on: date | None
    reason: str | None

    @property
    def is_open(self) -> bool:
        return self.reason is None


def deviations(rows: Iterable[Row]) -> list[Deviation]:
    """As a reader would say them; a kind that is not listed here is shown as it is, never left out. Open ones first."""
    lines = [
        Deviation(
            what=gettext(KINDS.get(row["kind"]) or str(row["kind"])),
            amount=kroner(row["amount_ore"]),
            letter_number=row["letter_number"],
            case=row.get("case_number"),
            on=bokmal.as_day(row["on"]) if row["on"] else None,
            reason=row["reason"] if row["status"] == "settled" else None,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: not line.is_open)
