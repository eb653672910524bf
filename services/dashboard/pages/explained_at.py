"""Where the figures that no post has are explained: those of awards and their parts, of recipients and schemes, of what
letters moved, and of what notices and deadlines say."""

from typing import Any
from uuid import UUID

from services.dashboard.pages.asked import Asked
from services.dashboard.pages.explained import PARTS, Figure
from services.dashboard.pages.tables import Link

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


def of_notice(notice_id: UUID, question: Asked) -> str:
    """Where a notice's amount is explained."""
    return question.link(Figure(f"{question.year}/varsel/{notice_id}", "amount_ore").address)


def of_deadline(deadline_id: UUID, question: Asked) -> str:
    """Where a deadline's amount is explained."""
    return question.link(Figure(f"{question.year}/frist/{deadline_id}", "amount_ore").address)


def deadline_amount(row: Any, question: Asked) -> Link | None:
    """The amount of a deadline, which leads to what says it."""
    return None if row.amount_ore is None else Link(row.amount_ore, of_deadline(row.deadline_id, question))
