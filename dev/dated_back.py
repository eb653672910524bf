"""A past year is played today: its decisions are dated back, which two people allow first, and each says why."""

from typing import Any

from dev.people import People

RULE = "/v1/rules/back-dating"
DAYS = 20 * 365


def allow_back_dating(people: People, *, proposes: str, confirms: str) -> int:
    """Sets the bound a year that is played needs, by two people, where it does not stand already. How many days."""
    stands = people.reads(RULE)
    if stands["days_today"] >= DAYS:
        return int(stands["days_today"])
    asked: dict[str, Any] = {"days": DAYS, "valid_from": stands["today"], "reason": "Året 2020 spilles på nytt."}
    act, seen = f"back-dating:{stands['today']}:{stands['version']}", f'"{stands["version"]}"'
    proposed = people.does(proposes, "PUT", RULE, act, seen=seen, json=asked)
    people.does(confirms, "PUT", f"{RULE}/confirmation", f"{act}:confirm", seen=proposed.headers["ETag"])
    return DAYS
