"""Whether a transcription is of the letter that stands, or of another: a number is all that two agencies' letters have
in common."""

from services.grants.budget_year.letter import Letter
from services.grants.budget_year.letter_checks import mentioned
from services.grants.budget_year.tree import post_of
from services.text.folding import folded


def find_another(registered: Letter, letter: Letter) -> str | None:
    """A sentence that says why this is another letter than the registered one; none where it may be the same.

    A letter that opens posts is known by them: where most of them are gone, nobody has read it better. One that opens
    none is known by its reference, unless both speak of some post; and a letter that speaks of posts is not read better
    by one that speaks of none at all, but withdrawn.
    """
    opened = {line.fund_id for line in registered.posts}
    kept = opened & {line.fund_id for line in letter.posts}
    if 2 * len(kept) < len(opened):
        return f"it opens {len(kept)} of the {len(opened)} posts that the registered one opens."
    references = [folded(each.reference or "") for each in (registered, letter)]
    if all(references) and references[0] != references[1] and not _posts(registered) & _posts(letter):
        return f"its reference is not {registered.reference}, and it speaks of none of the same posts."
    if _posts(registered) and not _posts(letter):
        return f"it speaks of no post, and the registered one speaks of {len(_posts(registered))}."
    return None


def _posts(letter: Letter) -> set[str]:
    opened = {line.fund_id for line in letter.posts} | {part.fund_id for part in letter.earmarks}
    return {post_of(fund_id) for fund_id in opened | {fund_id for fund_id, _ in mentioned(letter)}}
