"""Letters set in processes of their own, off the event loop: a few at once, each within its time, or refused.

The processes are started afresh (never forked from a service with threads) when there is work for them. One that is
too slow or dies is ended, its letter refused, and another takes its place.
"""

import asyncio
import hashlib
import json
import logging
import re
import sys
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from services.calendar.patience import at_most
from services.eventlog.refusal import Refusal
from services.grants.grant_letter.content import LetterContent, told
from services.grants.scheme.letter_bounds import LetterUnsettable as LetterUnsettable
from services.grants.scheme.letter_bounds import check_template
from services.sandbox.processes import Processes, exchange

TEMPLATES = Path(__file__).parent / "letters"
TYPESETTER = Path(__file__).parent / "typesetter.py"
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')

_log = logging.getLogger(__name__)


class LetterNotRendered(Refusal):
    """The letter was not set in its time, or what set it ended. Nothing is kept; trying again is right."""

    code = "letter-not-rendered"
    status = 503
    title = "Brevet ble ikke satt i tide"


class LetterNotLaidOut(Refusal):
    """The template could not make an accessible, archivable file of this letter. The fault is the system's, never the
    writer's: nothing they could write otherwise is known to cure it."""

    code = "letter-not-laid-out"
    status = 500
    title = "Brevet kunne ikke settes opp"


@dataclass(frozen=True, kw_only=True)
class PrintedLetter:
    """A letter as it is sent: the bytes of the PDF, their SHA-256 (hex), and the template they were set with."""

    content: bytes
    sha256: str
    template: str


class Typesetters:
    """At most `most` letters are set at once, each within `seconds`."""

    def __init__(self, most: int = 2, *, seconds: float = at_most(10), typesetter: Path = TYPESETTER) -> None:
        self._seconds = seconds
        # Isolated (`-I`), with nothing of the service's to be reached.
        self._processes = Processes(most, (sys.executable, "-I", str(typesetter), str(TEMPLATES)))

    async def print(self, content: LetterContent, *, draft: bool = False) -> PrintedLetter:
        """The letter as its content says it; the same content gives the same bytes. Refuses `LetterNotRendered`,
        `LetterUnsettable`, `LetterNotLaidOut`, and `LetterTemplateUnknown` of a scheme from before names were held
        to the list."""
        check_template(content.template)
        answer = await self._ask(request_of(content, draft=draft))
        if answer[:1] != b"+":
            raise not_set(answer[1:].decode())
        pdf = answer[1:]
        return PrintedLetter(
            content=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
            template=f"{content.template}@{edition()}",
        )

    async def close(self) -> None:
        """End the processes."""
        await self._processes.close()

    async def _ask(self, asked: bytes) -> bytes:
        try:
            async with self._processes.lend() as process, asyncio.timeout(self._seconds):
                return await exchange(process, asked)
        except TimeoutError:
            raise LetterNotRendered(f"The letter was not set within {self._seconds:g} seconds. Try again.") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise LetterNotRendered("What set the letter ended before it was done. Try again.") from None


def request_of(content: LetterContent, *, draft: bool = False) -> bytes:
    """What a typesetter is asked with. The PDF's own time is noon of the letter's day, so that it follows from what
    the letter says."""
    noon = datetime.combine(content.dated_on, time(12), UTC)
    asked = {
        "template": content.template,
        "letter": json.dumps(told(content, draft=draft), ensure_ascii=False, default=_plain),
        "timestamp": int(noon.timestamp()),
    }
    return json.dumps(asked, ensure_ascii=False).encode()


@cache
def edition() -> str:
    """Which edition of the templates this is: the start of a SHA-256 over all of them, file by file."""
    digest = hashlib.sha256()
    for file in sorted(TEMPLATES.glob("*.typ")):
        text = file.read_bytes()
        digest.update(f"{file.name} {len(text)}\n".encode() + text)
    return digest.hexdigest()[:12]


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def not_set(message: str) -> LetterUnsettable | LetterNotLaidOut:
    """Why the compiler set no letter, as far as it is known: only what is about signs is told as signs. Its message
    quotes the text; the refusal names the signs by number instead."""
    found = _NO_GLYPH.search(message)
    if found is None:
        _log.error("a letter could not be laid out: %s", message)
        return LetterNotLaidOut(
            "What sets letters failed on this one, and no word of it is known to be the cause. The failure is logged:"
            " tell whoever runs the service. Nothing was kept."
        )
    signs = sorted({f"U+{ord(sign):04X}" for sign in found[1] if ord(sign) > 0x7F})
    return LetterUnsettable(f"The letter's fonts lack {', '.join(signs)}. Write it otherwise.", signs=signs)
