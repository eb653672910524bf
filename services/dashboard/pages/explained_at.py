"""Where the figures that no post has are explained: those of awards and their parts, of recipients and schemes, of what
letters moved, and of what notices and deadlines say."""

from typing import Any

from services.dashboard.pages.asked import Asked
from services.dashboard.pages.explained import PARTS, Figure
from services.dashboard.pages.tables import Link
from services.notifications.overview.duties.view import named

_SLUG_OF_PART = {kind: slug for slug, (kind, _) in PARTS.items()}


def of_case(column: str, number: str, question: Asked) -> str:
    """Where a case's figure over all its years is explained."""
    return question.link(Figure(f"sak/{number}/alle", column).address)


def of_two(column: str, number: str, other: str, question: Asked) -> str:
    """Where the sum of two cases' figures is explained."""
    return question.link(Figure(f"sak/{number}/og/{other}", column).address)


def of_part(kind: str, nth: int, column: str, number: str, question: Asked) -> str:
    """Where a figure of one of its parts is explained: an instalment, a withholding, a reclaim, a complaint."""
    return question.link(Figure(f"sak/{number}/{_SLUG_OF_PART[kind]}/{nth}", column).address)


def of_recipient(column: str, number: str, question: Asked) -> str:
    """Where a recipient's figure is explained."""
    return question.link(Figure(f"mottaker/{number}", column).address)


def of_scheme(column: str, scheme_id: str, question: Asked, *, call: int = 0, round_: int = 0) -> str:
    """Where a scheme's figure is explained; of its `call`-th call or of the round with that number, where it is theirs
    alone."""
    part = f"/utlysning/{call}" if call else f"/runde/{round_}" if round_ else ""
    return question.link(Figure(f"ordning/{scheme_id}{part}", column).address)


def of_change(year: int, number: int, nth: int, question: Asked) -> str:
    """Where the `nth` line of what a letter changed is explained."""
    return question.link(Figure(f"brev/{year}/{number}/endring/{nth}", "at_disposal_ore").address)


def of_step(post_id: str, nth: int, question: Asked) -> str:
    """Where the `nth` move of what is at a post's disposal is explained."""
    return question.link(Figure(f"steg/{post_id}/{nth}", "at_disposal_ore").address)


def of_notice(number: int, question: Asked) -> str:
    """Where the amount of the notice with that number is explained."""
    return question.link(Figure(f"{question.year}/varsel/{number}", "amount_ore").address)


def of_deadline(row: Any, question: Asked) -> str | None:
    """Where a deadline's amount is explained: by the case, the scheme or the year it comes from, and what it is called
    there. None where it comes from none of them."""
    comes = named(row.stream)
    place = None
    if comes is not None and comes.kind in ("case", "letter") and row.case_numbers:
        place = f"{'sak' if comes.kind == 'case' else 'brev'}/{row.case_numbers[0]}"
    elif comes is not None and comes.of:
        place = f"{'ordning' if comes.kind == 'scheme' else 'bevilgning'}/{comes.of}"
    if place is None:
        return None
    return question.link(Figure(f"{question.year}/frist/{place}/{row.key}", "amount_ore").address)


def deadline_amount(row: Any, question: Asked) -> Link | int | None:
    """The amount of a deadline, which leads to what says it."""
    at = None if row.amount_ore is None else of_deadline(row, question)
    return row.amount_ore if at is None else Link(row.amount_ore, at)
