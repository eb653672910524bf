"""The file a controller writes beside a letter: read to its content, or refused with every problem and its line."""

from services.eventlog.refusal import Refusal
from services.grants.allocation.letter_file.marked_yaml import Marked, read_marked
from services.grants.allocation.letter_file.shape import MOST_PROBLEMS, tell_of_shape
from services.grants.allocation.letter_file.transcription import transcribed
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.letter_checks import problems_of


class LetterUnreadable(Refusal):
    """The transcription cannot be read as a letter. `problems` tells each line, where in the
    file, and what is wrong."""

    code = "letter-unreadable"
    status = 422
    title = "Avskriften av brevet kan ikke leses"


def read_letter(source: bytes) -> Letter:
    """The letter this YAML transcribes (contracts/letter.schema.json). Refuses with LetterUnreadable, all problems at
    once: first those of the file, then of its shape, then of what it says. Never repeats what was sent."""
    marked = read_marked(source)
    if not marked.problems:
        tell_of_shape(marked)
    _refuse_problems(marked)
    letter = transcribed(marked)
    for line, problem in problems_of(letter):
        marked.tell((), problem, line=line)
    _refuse_problems(marked)
    return letter


def _refuse_problems(marked: Marked) -> None:
    if not marked.problems:
        return
    found = sorted(set(marked.problems))[:MOST_PROBLEMS]
    first = found[0]
    raise LetterUnreadable(
        f"Line {first.line}: {first.problem}" + (f" ({len(found)} problems in all.)" if len(found) > 1 else ""),
        problems=[{"line": each.line, "path": each.path, "problem": each.problem} for each in found],
    )
