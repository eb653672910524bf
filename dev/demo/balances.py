"""The end of the year: what the API says of each fund that was touched, beside the demonstration's own books."""

from dataclasses import asdict
from typing import Any

from dev.demo import told
from dev.demo.books import Books
from dev.demo.office import Office

FIGURES = ("committed_ore", "disbursed_ore", "withheld_ore")
DEEPER = 2
NAMES = {
    "claims_ore": "krav på overført",
    "committed_ore": "tilsagn",
    "disbursed_ore": "utbetalt",
    "withheld_ore": "holdt tilbake",
    "remaining_ore": "igjen",
    "held_over_ore": "overført til neste år",
}


def compare(office: Office, books: Books) -> int:
    """Prints every fund as the API gives it, and as it should be where that is otherwise. How many funds differ."""
    told.heading(
        "Saldoene 31. desember 2020 og etter årsskiftet, slik API-et gir dem"
        " (✓: slik de skal være etter listen over det som skjedde)"
    )
    posts = sorted({"/".join(fund_id.split("/")[:3]) for fund_id in books.funds})
    differing = sum(compare_post(office, books, post) for post in posts) + compare_days(office, books)
    told.say(f"\n{differing} saldoer avviker." if differing else "\nAlle saldoer er som de skal være.")
    return differing


def compare_days(office: Office, books: Books) -> int:
    """The new year's posts on its days, and the old year's as they were closed. How many differ."""
    told.part("Over årsskiftet: 291/71 i begge år, dag for dag")
    differing = 0
    for post, day, should in books.days:
        stands = office.reads(f"/v1/posts/{post}?valid_at={day}")
        shown = {name: stands[name] for name in should}
        differing += shown != should
        figures = ", ".join(f"{NAMES[name]} {told.kroner(ore)}" for name, ore in shown.items())
        told.line(f"{post} {day}: {figures}  {'✓' if shown == should else f'AVVIK, skal være {should}'}")
    return differing


def compare_post(office: Office, books: Books, post: str) -> int:
    """One post and what is below it. How many differ, the rest of the post being one more."""
    stands = office.reads(f"/v1/posts/{post}?valid_at=2020-12-31")
    below = office.reads(f"/v1/posts/{post}/funds?valid_at=2020-12-31&limit=500")["items"]
    shown = {fund["fund_id"]: fund for fund in below} | {post: stands}
    told.part(f"{post.removeprefix('2020/')} {stands['name']}")
    row("", ("tilsagn", "utbetalt", "holdt tilbake"), "")
    touched = sorted(each for each in books.funds if f"{each}/".startswith(f"{post}/"))
    differing = sum(hold(fund_id, shown[fund_id], asdict(books.funds[fund_id])) for fund_id in touched)
    left_ore: int = stands["at_disposal_ore"] - books.funds[post].committed_ore
    told.line(f"Igjen av {told.kroner(stands['at_disposal_ore'])} til disposisjon", stands["remaining_ore"])
    if left_ore != stands["remaining_ore"]:
        told.line("  AVVIK: skal være", left_ore)
    return differing + int(left_ore != stands["remaining_ore"])


def hold(fund_id: str, shown: dict[str, Any], should: dict[str, int]) -> bool:
    """One fund's figures beside those of the books. Whether any differs."""
    steps = fund_id.split("/")[3:]
    name = " " * DEEPER * len(steps) + (steps[-1] if steps else "hele posten")
    differs = any(shown[figure] != should[figure] for figure in FIGURES)
    row(name, tuple(told.kroner(shown[figure]) for figure in FIGURES), "AVVIK" if differs else "✓")
    if differs:
        row(f"{name}, skal være", tuple(told.kroner(should[figure]) for figure in FIGURES), "")
    return differs


def row(name: str, figures: tuple[str, ...], mark: str) -> None:
    """A line of the table."""
    told.line(f"{name:<48}" + "".join(f"{figure:>15}" for figure in figures) + f"  {mark}")
