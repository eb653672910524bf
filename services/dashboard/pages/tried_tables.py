"""What grants answers of a letter or a round that is tried out, as tables: before, change and after, post by post."""

from collections.abc import Iterable, Mapping
from typing import Any

from services import bokmal
from services.dashboard.pages.deviation_advice import ADVICE, OTHERWISE
from services.dashboard.pages.deviations import KINDS
from services.dashboard.pages.tables import Column, Link, Row, Table, Tag
from services.dashboard.words.spoken import N_, gettext

FITS, SHORT = Tag(N_("det er plass"), "success"), Tag(N_("ikke plass"), "danger")
_POSTS = (
    Column("post", N_("Post")),
    Column("name", N_("Navn")),
    Column("on", N_("Fra"), "day"),
    Column("before", N_("Stilt til disposisjon før"), "money", missing=N_("posten åpnes av brevet")),
    Column("change", N_("Endring"), "money"),
    Column("after", N_("Stilt til disposisjon etter"), "money"),
    Column("promised", N_("Lovet da"), "money"),
)
_DIFFERENCES = (
    Column("post", N_("Post"), "code"),
    Column("stated", N_("Brevets sum"), "money"),
    Column("computed", N_("Utregnet"), "money"),
    Column("difference", N_("Avvik"), "money"),
    Column("kind", N_("Slag")),
)
_DEVIATIONS = (
    Column("post", N_("Hvor"), "code"),
    Column("what", N_("Hva")),
    Column("amount", N_("Beløp"), "money"),
    Column("advice", N_("Hva som kan gjøres")),
)
_FUNDS = (
    Column("name", N_("Midler")),
    Column("post", N_("Post"), "code", missing=N_("ingen post")),
    Column("before", N_("Gjenstår før"), "money"),
    Column("planned", N_("Runden binder"), "money"),
    Column("after", N_("Gjenstår etter"), "money"),
    Column("unearmarked", N_("Ikke øremerket etter"), "money", missing=N_("ikke regnet ut")),
    Column("short", N_("Mangler"), "money"),
    Column("fits", N_("Svar")),
)


def letter_tables(preview: Mapping[str, Any]) -> list[Table]:
    """The posts it moves, where its totals are not what it comes to, and what it would do that cannot be as meant."""
    reconciled = preview.get("reconciliation") or {}
    return [
        Table("poster", N_("Postene før og etter brevet"), _POSTS, [_post(row) for row in preview["posts"]],
              empty=N_("Brevet flytter ingen penger.")),
        Table("summer", N_("Summer i brevet som ikke stemmer"), _DIFFERENCES, list(_differences(reconciled)),
              empty=N_("Alle summene i brevet stemmer.")),
        Table("avvik", N_("Det brevet ville gjøre som ikke kan være ment slik"), _DEVIATIONS,
              [_deviation(row) for row in preview["deviations"]], empty=N_("Ingen avvik.")),
    ]  # fmt: skip


def _post(row: Mapping[str, Any]) -> Row:
    before = row["before_ore"]
    return {
        "post": Link(code_of(row["fund_id"]), f"/poster/{row['fund_id']}"),
        "name": row["name"],
        "on": bokmal.as_day(row["on"]),
        "before": before,
        "change": row["after_ore"] - (before or 0),
        "after": row["after_ore"],
        "promised": row["promised_ore"],
    }


def _differences(reconciled: Mapping[str, Any]) -> Iterable[Row]:
    kinds = {"rounding": Tag(N_("avrunding")), "unexplained": Tag(N_("uforklart"), "danger")}
    for item in reconciled.get("items", ()):
        if item["difference_ore"]:
            yield {
                "post": code_of(item["fund_id"]),
                "stated": item["stated_ore"],
                "computed": item["computed_ore"],
                "difference": item["difference_ore"],
                "kind": kinds.get(item["kind"], Tag(str(item["kind"]))),
            }


def _deviation(row: Mapping[str, Any]) -> Row:
    return {
        "post": code_of(row["fund_id"]),
        "what": gettext(KINDS.get(row["kind"]) or str(row["kind"])),
        "amount": row["amount_ore"],
        "advice": gettext(ADVICE.get(row["kind"], OTHERWISE)),
    }


def funds_table(foreseen: Mapping[str, Any]) -> Table:
    """Every fund that the round would bind, highest first, as it would be left."""
    return Table(
        "midler",
        N_("Midlene før og etter runden"),
        _FUNDS,
        [_fund(row) for row in foreseen["funds"]],
        empty=N_("Ingen linjer venter i runden."),
    )


def _fund(row: Mapping[str, Any]) -> Row:
    return {
        "name": row["name"],
        "post": code_of(row["fund_id"]),
        "before": row["remaining_ore"],
        "planned": row["planned_ore"],
        "after": row["remaining_after_ore"],
        "unearmarked": row["unearmarked_after_ore"],
        "short": row["short_by_ore"],
        "fits": SHORT if row["short_by_ore"] else FITS,
    }


def code_of(fund_id: str) -> str | None:
    """The post a fund is of, as the letters write it: `291/62` of `2020/291/62/jobbsjansen`."""
    parts = str(fund_id).split("/")
    return f"{parts[1]}/{parts[2]}" if len(parts) >= 3 else None
