"""What a transcription must agree with itself about: nothing opened twice, nothing named that no line opens, and the
sums it prints equal to what stands above them.

A letter may round or misprint a sum. The transcriber then says so in `sum_differs`, and the sum is shown as a
contradiction of the letter instead of being refused as a slip of the pen.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from services.grants.budget_year.letter import Change, Letter
from services.grants.budget_year.printed_figure import Figure, Place
from services.grants.budget_year.tree import parent_of, post_of
from services.text.folding import folded

_KRONE_ORE = 100


def problems_of(letter: Letter) -> Iterator[tuple[int, str]]:
    """(line, what is wrong) for each thing the transcription contradicts itself in."""
    yield from _repeated(letter)
    yield from _wrong_sums(letter)
    yield from _wrong_days(letter)
    yield from _nowhere_opened(letter)
    yield from _lossy_transfers(letter)


def conserves(change: Change) -> bool:
    """Whether what a transfer takes at one end arrives at the other on every level above them. Money on a fund is a
    part of what stands on the fund above it, so only two posts, or two earmarks of the same fund, can trade it:
    otherwise a fund above one end goes up or down and no fund above the other does."""
    return change.counterpart_id is None or parent_of(change.fund_id) == parent_of(change.counterpart_id)


def _lossy_transfers(letter: Letter) -> Iterator[tuple[int, str]]:
    for change in letter.changes:
        if change.counterpart_id is None or change.amount_ore > 0:
            continue
        if change.fund_id == change.counterpart_id:
            yield change.line, "A transfer goes from one fund to another, not to itself."
        elif not conserves(change):
            posts = [post_of(fund_id).partition("/")[2] for fund_id in (change.fund_id, change.counterpart_id)]
            across = f"from {posts[0]} to {posts[1]}" if posts[0] != posts[1] else "between earmarks of one fund"
            yield (
                change.line,
                "A transfer goes from one post to another, or between earmarks of the same fund; this one would create "
                f"or lose money on the funds above. Write it {across}, and what it does to earmarks as `changes`.",
            )


def half_units_ore(figures: Iterable[Figure]) -> int:
    """Half of the last printed digit of every figure, together: how much rounding alone can explain, in øre."""
    return sum(figure.unit_ore for figure in figures) // 2


def _repeated(letter: Letter) -> Iterator[tuple[int, str]]:
    groups: tuple[tuple[str, Iterable[tuple[object, Place]]], ...] = (
        ("chapter", ((line.chapter, line) for line in letter.chapters)),
        ("post", ((line.fund_id, line) for line in letter.posts)),
        ("earmark id", ((part.fund_id, part) for part in letter.earmarks)),
        ("divided fund", ((split.fund_id, split) for split in letter.splits)),
        ("assignment number", ((task.number, task) for task in letter.assignments)),
        ("stated post", ((said.fund_id, said) for said in letter.stated)),
        ("keyword", (((word.fund_id, folded(word.keyword)), word) for word in letter.keywords)),
        ("contradiction id", ((found.contradiction_id, found) for found in letter.contradictions)),
        ("restriction id", ((bound.restriction_id, bound) for bound in letter.restrictions)),
        ("authority", ((given.authority_id, given) for given in letter.authorities)),
        ("renumbered assignment", (((new.letter_number, new.old), new) for new in letter.renumberings)),
    )
    for what, entries in groups:
        seen: Counter[object] = Counter()
        for key, place in entries:
            seen[key] += 1
            if seen[key] == 2:
                yield place.line, f"The same {what} stands twice in this letter."
    opened = {line.fund_id for line in letter.posts}
    for said in letter.stated:
        if said.fund_id in opened:
            yield said.line, "This letter opens the post itself; its figures stand there."


def _wrong_sums(letter: Letter) -> Iterator[tuple[int, str]]:
    for line in letter.chapters:
        prefix = f"{letter.year}/{line.chapter}/"
        parts = [post.at_disposal for post in letter.posts if post.fund_id.startswith(prefix)]
        yield from _wrong_sum(line.sum, parts, told=line.sum_differs is not None)
    for split in letter.splits:
        parts = [part.amount for part in letter.earmarks if part.parent_id == split.fund_id]
        yield from _wrong_sum(split.sum, parts, told=split.sum_differs is not None)


def _wrong_sum(printed: Figure | None, parts: list[Figure], *, told: bool) -> Iterator[tuple[int, str]]:
    if printed is None:
        return
    parts_ore = sum(part.amount_ore for part in parts)
    if parts_ore != printed.amount_ore and not told:
        yield (
            printed.line,
            f"The parts add up to {parts_ore // _KRONE_ORE} kroner, which is not the sum printed here. "
            "If that is what the letter prints, say why in `sum_differs`.",
        )
    if parts_ore == printed.amount_ore and told:
        yield printed.line, "The sum is what stands above it, so `sum_differs` has nothing to tell."


def _wrong_days(letter: Letter) -> Iterator[tuple[int, str]]:
    if letter.dated.on.year != letter.year:
        yield 1, "A letter counts from a day in its budget year (`dated.on`)."


def _nowhere_opened(letter: Letter) -> Iterator[tuple[int, str]]:
    """The letter of allocation opens everything it speaks of; a supplement is held against the letters before it."""
    if letter.number != 0:
        return
    opened = {line.fund_id for line in letter.posts} | {part.fund_id for part in letter.earmarks}
    for fund_id, place in mentioned(letter):
        if fund_id not in opened:
            yield place.line, "No line of this letter opens this post or earmark."


def mentioned(letter: Letter) -> Iterator[tuple[str, Place]]:
    """Every fund the letter refers to without opening it there, and where."""
    opened = {part.fund_id for part in letter.earmarks}
    yield from ((split.fund_id, split) for split in letter.splits if split.fund_id not in opened)
    yield from ((change.fund_id, change) for change in letter.changes)
    yield from ((said.fund_id, said) for said in letter.stated)
    yield from ((word.fund_id, word) for word in letter.keywords)
    yield from ((paid.fund_id, paid) for paid in letter.pay_outs)
    yield from ((bound.fund_id, bound) for bound in letter.restrictions)
    yield from ((frame.fund_id, frame) for task in letter.assignments for frame in task.frames)
    yield from ((found.fund_id, found) for found in letter.contradictions if found.fund_id is not None)
