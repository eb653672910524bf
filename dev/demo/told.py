"""What the demonstration prints: bokmål, one line for each thing that happened, amounts in kroner in one column."""

import contextlib

WIDTH = 76


def heading(text: str) -> None:
    """Where a story begins."""
    say(f"\n{text}\n{'=' * len(text)}")


def part(text: str) -> None:
    """Where a chapter of a story begins."""
    say(f"\n  {text}")


def line(text: str, amount_ore: int | None = None) -> None:
    """One thing that happened, and its sum where it has one."""
    if amount_ore is None:
        say(f"    {text}")
    else:
        say(f"    {text:<{WIDTH}} {kroner(amount_ore):>15}")


def refusal(who: str, answer: dict[str, str]) -> None:
    """What the service would not do, in its own words."""
    line(f"{who} blir avvist: «{answer['title']}» ({answer['code']})")
    line(f"  {answer['detail']}")


def kroner(amount_ore: int) -> str:
    """6 580 000, with øre only where there are any."""
    whole, ore = divmod(abs(amount_ore), 100)
    sign = "-" if amount_ore < 0 else ""
    return f"{sign}{whole:,}".replace(",", " ") + (f",{ore:02}" if ore else "")


def say(text: str) -> None:
    """Seen at once."""
    with contextlib.suppress(OSError):  # the terminal may have gone before us
        print(text, flush=True)
