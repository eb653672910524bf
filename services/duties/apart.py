"""Nobody holds two duties on one thing that clash. Which ones do stands in the table, and in no rule."""

from collections.abc import Collection, Mapping

from services.duties.table import ACTS
from services.eventlog.refusal import Refusal
from services.text.people import is_among


class SamePersonTwice(Refusal):
    """One person asked for a duty that clashes with one they have already done on the same thing."""

    code = "same-person-twice"
    title = "To personer må til"


def keep_apart(person: str, act: str, done: Mapping[str, Collection[str]]) -> None:
    """Refuse (`SamePersonTwice`) the act to whoever has done one that clashes with it, by any spelling of their name.

    `done` says who did each act that the table has clash with this one, on this very thing: of all of them, so that a
    rule cannot leave one out.
    """
    asked = ACTS[act]
    assert all(map(done.__contains__, asked.not_by)), (
        f"{act} clashes with {asked.not_by}, and was asked of {tuple(done)}"
    )
    for clashing in asked.not_by:
        if (others := done[clashing]) and is_among(person, others):
            did = ACTS[clashing].did
            raise SamePersonTwice(f"{person} {did} and cannot {asked.does}. Ask a colleague.", person=person)
