"""The process that sets letters: reads one at a time from standard input, writes the PDF to standard output.

Run as a file of its own (`python -I typesetter.py <templates>`), so that it holds the typesetter and nothing else: no
service, no database, no secret. It ends when its input does. One compiler and its fonts are made once and used for
every letter; only the fonts that come with the compiler are used, so that a machine's own cannot change a letter.

Both ways a message is its length (4 bytes, big-endian) and so many bytes. In: JSON with `template`, `letter` (JSON as
text) and `timestamp` (seconds). Out: `+` and the PDF, or `-` and a sentence about why there is none.
"""

import json
import os
import sys
from pathlib import Path
from typing import BinaryIO

import typst

LETTERS = frozenset({"grant-letter"})
"""The only templates that are set by name. No other name becomes a path: the rest of the folder is theirs to read."""
NO_PACKAGES = Path(os.devnull)  # a template that asks for a package from outside finds none


def main() -> None:
    """Serve until the input ends. What the compiler may print goes to standard error, never between the messages."""
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    setter = Typesetter(Path(sys.argv[1]))
    while (asked := receive(incoming)) is not None:
        try:
            answer = b"+" + setter.pdf(**json.loads(asked))
        except typst.TypstError as refused:
            answer = b"-" + refused.message.encode()
        except UnknownTemplate:
            answer = b"-no such template"
        outgoing.write(len(answer).to_bytes(4, "big") + answer)
        outgoing.flush()


def receive(incoming: BinaryIO) -> bytes | None:
    """The next message, or None when there are no more."""
    size = incoming.read(4)
    return incoming.read(int.from_bytes(size, "big")) if len(size) == 4 else None


class UnknownTemplate(Exception):
    """The name is not one of `LETTERS`."""


class Typesetter:
    """One compiler over a folder of templates."""

    def __init__(self, templates: Path) -> None:
        self._templates = templates
        self._compiler = typst.Compiler(
            root=templates,
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=True),
            ignore_system_fonts=True,
            package_path=NO_PACKAGES,
            package_cache_path=NO_PACKAGES,
        )

    def pdf(self, *, template: str, letter: str, timestamp: int) -> bytes:
        """The letter as PDF/A-2a and PDF/UA-1 in one file. The same letter and timestamp give the same bytes.

        The letter is data: no text of it is ever read as markup. Raises TypstError for what cannot be set, such as a
        sign the fonts do not have, and UnknownTemplate.
        """
        if template not in LETTERS:
            raise UnknownTemplate
        made = self._compiler.compile(
            self._templates / f"{template}.typ",
            format="pdf",
            sys_inputs={"letter": letter},
            pdf_standards=["ua-1", "a-2a"],
            timestamp=timestamp,
        )
        assert isinstance(made, bytes)
        return made


if __name__ == "__main__":
    main()
