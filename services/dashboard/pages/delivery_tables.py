"""Deliveries to receivers outside, and the tries of each, as tables."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from services.dashboard.pages.tables import Column, Link, Row, Tag
from services.dashboard.words.spoken import N_, gettext

STATES: Mapping[str, Tag] = {
    "waiting": Tag(N_("venter"), "info"),
    "begun": Tag(N_("under levering"), "info"),
    "delivered": Tag(N_("levert"), "success"),
    "failed": Tag(N_("mislyktes"), "danger"),
    "expired": Tag(N_("for gammel til å sendes")),
    "cancelled": Tag(N_("avlyst")),
}
OUTCOMES: Mapping[str, Tag] = {
    "begun": Tag(N_("under arbeid"), "info"),
    "delivered": Tag(N_("tatt imot"), "success"),
    "failed": Tag(N_("mislyktes"), "danger"),
    "lost": Tag(N_("ukjent utfall"), "warning"),
    "stopped": Tag(N_("stanset før sending")),
}
DELIVERIES = (
    Column("sequence", N_("Nr."), "code", missing=N_("prøve, uten nummer")),
    Column("type", N_("Melding"), "code"),
    Column("state", N_("Tilstand")),
    Column("made_at", N_("Lagt ut"), "instant"),
    Column("tries", N_("Forsøk"), "count"),
    Column("answered", N_("Siste svar"), missing=N_("ikke prøvd")),
    Column("next_at", N_("Neste forsøk"), "instant", missing=N_("ingen er satt opp")),
    Column("settled_at", N_("Avsluttet"), "instant", missing=N_("ikke avsluttet")),
)
ATTEMPTS = (
    Column("number", N_("Forsøk nr."), "code"),
    Column("begun_at", N_("Begynt"), "instant"),
    Column("outcome", N_("Utfall")),
    Column("status", N_("Svarkode"), "code", missing=N_("intet svar")),
    Column("problem", N_("Hva som gikk galt"), missing=N_("ingenting")),
    Column("took_ms", N_("Millisekunder"), "count", missing=N_("ikke målt")),
    Column("by_hand", N_("Bedt om av")),
)


def delivery_row(
    row: Mapping[str, Any], endpoint: UUID, state: str, tries: Sequence[Mapping[str, Any]] | None = None
) -> Row:
    """One delivery. What the receiver said last is shown where its `tries` are at hand."""
    query = urlencode({name: value for name, value in (("tilstand", state), ("forsok", row["id"])) if value})
    there = f"/mottakere/{endpoint}?{query}"
    number = row["sequence"]
    return {
        **{name: row[name] for name in ("type", "made_at", "tries", "next_at", "settled_at")},
        "sequence": Link(str(number) if number else gettext(N_("prøve")), there),
        "state": STATES.get(row["state"], Tag(str(row["state"]))),
        "answered": answer_in_words(tries[-1]) if tries else None,
    }


def answer_in_words(attempt: Mapping[str, Any]) -> str:
    """The code of what was answered, or why nothing was."""
    if attempt["status"] is not None:
        return gettext(N_("svarkode %(status)s"), status=attempt["status"])
    outcome = OUTCOMES.get(attempt["outcome"])
    return str(attempt["problem"] or gettext(outcome.value if outcome else str(attempt["outcome"])))


def attempt_row(row: Mapping[str, Any]) -> Row:
    """One try: what was answered, or why nothing was."""
    return {
        **{name: row[name] for name in ("begun_at", "problem", "took_ms")},
        "number": str(row["number"]),
        "status": None if row["status"] is None else str(row["status"]),
        "outcome": OUTCOMES.get(row["outcome"], Tag(str(row["outcome"]))),
        "by_hand": gettext(N_("en administrator") if row["by_hand"] else N_("planen")),
    }
