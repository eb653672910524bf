"""The command line of it, for both services: look, propose, confirm as somebody else, and tell what was named."""

from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from services.eventlog.refusal import Refusal
from services.inbox.events import Beyond
from services.inbox.resuming.acting import Resumption
from services.inbox.resuming.refusals import NotResumed
from services.process.acts_by_token import Look, by_two, run


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

    def propose(by: str, reason: str) -> str:
        proposed = resumption()
        proposed.propose(reason=reason, by=by)
        return looked(proposed)

    two = by_two(
        propose=propose,
        proposes="propose to go on from there",
        reason="what happened to the other log",
        confirm=lambda by, _: confirmed(resumption(), by),
    )
    run(
        f"Go on with the feed of {other}, whose log went on otherwise.",
        [
            Look(
                name="look",
                what="where the logs part, and what of ours rests on what is gone",
                does=lambda: looked(resumption()),
            ),
            Look(
                name="told",
                what="what was named each time that the feed was gone back in",
                does=lambda: told(resumption()),
            ),
            *two,
        ],
        who=who,
        refused=(Refusal, NotResumed, wrong, ValueError, OSError, httpx.HTTPError),
        arguments=arguments,
    )


def looked(resumption: Resumption) -> str:
    """Where the logs part."""
    parting = resumption.look()
    words = f"We have read to {parting.left.position}; the last place that both logs have is {parting.common.position}."
    return "\n".join([words, *in_words(parting.beyond)])


def confirmed(resumption: Resumption, by: str) -> str:
    """What was recorded, once somebody has confirmed it."""
    fact = resumption.confirm(by=by)
    return "\n".join([f"The feed is heard again from {fact.position}.", *in_words(fact.beyond)])


def told(resumption: Resumption) -> str:
    """Each time that the feed was gone back in."""
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
