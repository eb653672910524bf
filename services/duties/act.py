"""One act that a person does, as a row of the table of duties."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Act:
    """`name` says it in words, and is unique. It leaves a fact of that `topic`, whose field `by` holds the person;
    `before` is the topic of its version before, which stands in older logs.

    `not_by` names the acts whose doer may not do this one on the same thing; `why` tells the reason, with the source
    of the rule, or why one person may do it whoever did the rest. The refusal's sentence is made of what the one `did`
    and the other `does`: "kari prepared this award and cannot approve it". `beside` are fields of the fact that nobody
    wrote: its day, its number, what follows from the case.
    """

    name: str
    topic: str
    by: str
    before: str = ""
    why: str = ""
    did: str = ""
    does: str = ""
    not_by: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
