"""How the hard stop says no."""

from collections.abc import Mapping
from typing import Any

from services.eventlog.command import Outcome
from services.eventlog.refusal import Refusal


class PostExhausted(Refusal):
    """A fund, or one above it, holds less than was asked for, or its money is earmarked for a fund below.

    `refused_by` names every level that lacks, lowest first, with what was asked of it and what it has left (øre)."""

    code = "post-exhausted"
    title = "Det er ikke nok igjen"


class EarmarkedBelow(Refusal):
    """What is left on the fund is earmarked for the funds below it, and can only be promised through them."""

    code = "earmarked-below"
    title = "Pengene er øremerket lenger ned"


def exhausted(outcome: Outcome) -> Refusal:
    """The hard stop's answer as a sentence that says which level lacks and what it has left."""
    lacking: list[Mapping[str, Any]] = outcome.detail or []
    if lacking and "since" in lacking[0]:
        fund = lacking[0]
        return PostExhausted(
            f"{fund['name']} ({fund['fund_id']}) lacks {kroner(fund['short_ore'])} on {fund['since']} or a day since.",
            refused_by=lacking,
        )
    if lacking and all(fund["remaining_ore"] >= fund["asked_ore"] for fund in lacking):
        fund = lacking[0]
        return EarmarkedBelow(
            f"{fund['name']} ({fund['fund_id']}) has {kroner(fund['unearmarked_ore'])} that is not earmarked "
            "for a fund below it. Use the fund the money is earmarked for.",
            refused_by=lacking,
        )
    left = "; ".join(f"{fund['name']} ({fund['fund_id']}) has {kroner(fund['remaining_ore'])} left" for fund in lacking)
    return PostExhausted(f"Not enough is left: {left}.", refused_by=lacking)


def kroner(amount_ore: int) -> str:
    """Øre as kroner for a sentence: 1234.50 kroner."""
    sign, amount = ("-" if amount_ore < 0 else ""), abs(amount_ore)
    return f"{sign}{amount // 100}.{amount % 100:02} kroner"
