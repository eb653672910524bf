"""Two people where two are needed: duties on one case that one person may not hold both of."""

from services.eventlog.refusal import Refusal
from services.text.people import is_same_person


class SamePersonTwice(Refusal):
    """One person asked for a duty that clashes with one they have already done on the case."""

    code = "same-person-twice"
    title = "To personer må til"


def keep_apart(person: str, *, doing: str, from_whoever: str, was: str | None) -> None:
    """Refuse (`SamePersonTwice`) if `person` is the one who did the earlier duty, by whatever spelling of their name.
    The texts end in the sentence:

    keep_apart("kari", doing="approve it", from_whoever="prepared this award", was="kari")
    """
    if is_same_person(person, was):
        raise SamePersonTwice(f"{person} {from_whoever} and cannot {doing}. Ask a colleague.", person=person)
