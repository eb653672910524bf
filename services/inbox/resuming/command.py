"""The command line of it, for both services: look, propose, confirm as somebody else, and tell what was named."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from services.eventlog.refusal import Refusal
from services.inbox.events import Beyond
from services.inbox.resuming.acting import Resumption
from services.inbox.resuming.refusals import NotResumed


def main(
    resumption: Callable[[], Resumption],
    who: Callable[[Path], str],
    *,
    other: str,
    wrong: type[Exception],
    arguments: Sequence[str],
) -> None:
    """Do what is asked, and say what came of it. `who` tells whose token it is. Ends with 1 and a sentence where it is
    refused, or where the settings are `wrong`."""
    parser = argparse.ArgumentParser(description=f"Go on with the feed of {other}, whose log went on otherwise.")
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("look", help="where the logs part, and what of ours rests on what is gone")
    acts.add_parser("told", help="what was named each time that the feed was gone back in")
    for act, what in (("propose", "propose to go on from there"), ("confirm", "confirm that, as somebody else")):
        its = acts.add_parser(act, help=what)
        its.add_argument("--token-file", type=Path, required=True, help="your own access token")
    acts.choices["propose"].add_argument("--reason", required=True, help="what happened to the other log")
    asked = parser.parse_args(arguments)
    try:
        print(_done(resumption(), asked, who))
    except (Refusal, NotResumed, wrong, ValueError, OSError, httpx.HTTPError) as refused:
        sys.exit(f"{refused}")


def _done(resumption: Resumption, asked: argparse.Namespace, who: Callable[[Path], str]) -> str:
    if asked.act == "told":
        lines = [
            line
            for fact in resumption.told()
            for line in (
                f"Back from {fact.left_position} to {fact.position}, as {fact.agreed_with} and {fact.confirmed_by}"
                f" agreed: {fact.reason}",
                *in_words(fact.beyond),
            )
        ]
        return "\n".join(lines or ["The feed was never gone back in."])
    if asked.act == "confirm":
        fact = resumption.confirm(by=who(asked.token_file))
        return "\n".join([f"The feed is heard again from {fact.position}.", *in_words(fact.beyond)])
    said = ""
    if asked.act == "propose":
        by = who(asked.token_file)
        resumption.propose(reason=asked.reason, by=by)
        said = f"\nProposed by {by}. Somebody else confirms it."
    parting = resumption.look()
    words = f"We have read to {parting.left.position}; the last place that both logs have is {parting.common.position}."
    return "\n".join([words, *in_words(parting.beyond)]) + said


def in_words(beyond: Sequence[Beyond]) -> list[str]:
    """Each fact that somebody has to look into."""
    if not beyond:
        return ["Nothing of ours rests on what the other log no longer says."]
    return [
        f"{len(beyond)} facts of ours rest on what the other log no longer says. Look into each:",
        *(
            f"  position {each.position}: {each.topic} on {each.stream}, of the other log's {each.at}"
            for each in beyond
        ),
    ]
