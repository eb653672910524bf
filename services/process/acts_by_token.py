"""The command line of acts that people answer for: looked at by whoever may run it, done by somebody with their own
token, and where two are needed proposed by one and confirmed by another. One for all such commands of all services.

It runs where a service does, with its environment, for nowhere else are its keys.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Look:
    """An act that changes nothing, and that nobody has to answer for."""

    name: str
    what: str
    does: Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class Does:
    """An act that somebody does with their own token: `does` is told who it is and the reason, which is empty where
    `reason` asks for none. What it answers is printed."""

    name: str
    what: str
    does: Callable[[str, str], str]
    reason: str = ""


Act = Look | Does


def by_two(
    *, propose: Callable[[str, str], str], proposes: str, reason: str, confirm: Callable[[str, str], str]
) -> tuple[Does, Does]:
    """An act of two people: one proposes it for a reason, and somebody else confirms it. That the second is another
    person is for the rule to say."""

    def proposed(by: str, why: str) -> str:
        return f"{propose(by, why)}\nProposed by {by}. Somebody else confirms it."

    return (
        Does(name="propose", what=proposes, reason=reason, does=proposed),
        Does(name="confirm", what="confirm that, as somebody else", does=confirm),
    )


def run(
    description: str,
    acts: Sequence[Act],
    *,
    who: Callable[[Path], str],
    refused: tuple[type[Exception], ...],
    arguments: Sequence[str],
) -> None:
    """Do what is asked, and say what came of it. `who` tells whose token it is. Ends with 1 and a sentence where it is
    `refused`, and with 2 where what is asked cannot be understood."""
    asked = _parser(description, acts).parse_args(arguments)
    act = next(each for each in acts if each.name == asked.act)
    try:
        print(act.does() if isinstance(act, Look) else act.does(who(asked.token_file), getattr(asked, "reason", "")))
    except refused as no:
        sys.exit(f"{no}")


def _parser(description: str, acts: Sequence[Act]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    named = parser.add_subparsers(dest="act", required=True)
    for act in acts:
        its = named.add_parser(act.name, help=act.what)
        if isinstance(act, Does):
            its.add_argument("--token-file", type=Path, required=True, help="your own access token")
            if act.reason:
                its.add_argument("--reason", required=True, help=act.reason)
    return parser
