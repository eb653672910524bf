"""`python -m dev.duties`: writes docs/duties.md, the table of duties for those who read it."""

from collections.abc import Iterator
from pathlib import Path

from services.duties.act import Act
from services.duties.table import ACTS, THINGS

PAGE = Path(__file__).parents[1] / "docs" / "duties.md"
HEAD = """# Who may not do what they have a hand in

Made from the table of duties (`services/duties/`) by `python -m dev.duties`; a test holds it to that. The rules ask the
same table, so a clash that stands here is refused (`same-person-twice`), and one that does not stand here is not.

- A person is kept and shown exactly as the issuer names them. Where two people must differ they are compared without
  case, spaces, compatibility forms and whatever is invisible: `MULTI` is `multi`.
- Whoever wrote *any part* of what stands is its author, however it went back and forth: content that is unchanged keeps
  its author, a full stop put to somebody's sentence leaves the sentence theirs, and whoever put it forward last answers
  for the whole. Nobody says who wrote what: it follows from the proposals themselves.
- An act binds whoever did it on the same thing: this case, this instalment, this complaint, this notice.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_things()]) + "\n"


def _things() -> Iterator[str]:
    for thing, acts in THINGS.items():
        yield f"## {thing}\n"
        yield "| act | not by whoever | why |"
        yield "|---|---|---|"
        for act in acts:
            if act.why:
                yield f"| {act.name} | {_others(act)} | {act.why} |"
        yield ""
        yield from _matrix(acts)


def _others(act: Act) -> str:
    return "; ".join(dict.fromkeys(ACTS[name].did for name in act.not_by)) or "-"


def _matrix(acts: tuple[Act, ...]) -> Iterator[str]:
    """Every act that clashes with another of the thing or of elsewhere, against each it clashes with."""
    rows = [act for act in acts if act.not_by]
    columns = list(dict.fromkeys(name for act in rows for name in act.not_by))
    if not rows:
        return
    yield f"| x: not both | {' | '.join(columns)} |"
    yield "|---" * (len(columns) + 1) + "|"
    for act in rows:
        yield f"| **{act.name}** | {' | '.join('x' if name in act.not_by else '' for name in columns)} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
