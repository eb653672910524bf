"""YAML as a transcription needs it: plain values, each with the line it stands on, and nothing clever.

Anchors, aliases, tags and several documents are refused, so a small file cannot unfold into a large one. A plain number
is whole or it is refused: amounts are quoted text, and no float is ever made. What is wrong is told by line, never by
repeating what was sent.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_LINE_PROBLEMS = 100
_KEY = re.compile(r"[a-z_]{1,30}", re.ASCII)
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,8}", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(\d[\d_]*)?[.,]\d+([eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+|[-+]?\.(inf|nan)", re.ASCII | re.I)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong, in a sentence, and where: the line of the file (from 1) and the path of keys down to it."""

    line: int
    path: str
    problem: str


@dataclass
class Marked:
    """The values of a document, the line of each path in it, and what was wrong with it."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """The line of the nearest thing on the way down to this path."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def tell(self, path: Path, problem: str, *, line: int | None = None) -> None:
        self.problems.append(Problem(line or self.line_of(path), written(path), problem))


def written(path: Path) -> str:
    """`posts[0].name`; entries count from 0. A key that no transcription has is not repeated."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step if _KEY.fullmatch(step) else '?'}" for step in path)
    return "".join(steps).lstrip(".")


def read_marked(source: bytes) -> Marked:
    """The document. Where it cannot be read at all, `value` is None and `problems` say why."""
    marked = Marked()
    text = _decoded(source, marked)
    if text is None:
        return marked
    builder = _Builder(marked)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        marked.tell((), f"This is not YAML: {broken.problem or broken.context}.", line=mark.line + 1 if mark else 1)
        marked.value = None
    except yaml.YAMLError:
        marked.tell((), "This is not YAML that can be read.", line=1)
        marked.value = None
    except _Stop:
        marked.value = None
    return marked


class _Stop(Exception):
    """Reading on would be of no use; the problem has been told."""


def _decoded(source: bytes, marked: Marked) -> str | None:
    if len(source) > MAX_BYTES:
        marked.tell((), f"The file is larger than {MAX_BYTES} bytes.", line=1)
        return None
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError as bad:
        line = source.count(b"\n", 0, bad.start) + 1
        marked.tell((), "A byte here is not UTF-8. Save the file as UTF-8.", line=line)
        return None
    for number, line_text in enumerate(text.split("\n"), start=1):
        if _unfit(line_text.removesuffix("\r")):
            marked.tell((), "A control character stands on this line. Remove it.", line=number)
            if len(marked.problems) >= MAX_LINE_PROBLEMS:
                break
    return None if marked.problems else text


def _unfit(text: str) -> bool:
    """Control characters (line ends apart), lone surrogates and marks that reorder what is read."""
    return any(unicodedata.category(c) in ("Cc", "Cs", "Cn") or c in _BIDI for c in text if c != "\n")


class _Builder:
    """Takes the parser's events one by one; keeps its own stack, so depth is a number and not a crash."""

    def __init__(self, marked: Marked) -> None:
        self.marked = marked
        self.stack: list[dict[str, Any] | list[Any]] = []
        self.paths: list[Path] = []
        self.key: list[str | None] = []
        self.documents = 0

    def take(self, event: yaml.Event) -> None:
        assert event.start_mark is not None, "the parser marks every event"
        line = event.start_mark.line + 1
        match event:
            case yaml.DocumentStartEvent():
                self._one_document(line)
            case yaml.AliasEvent():
                self._stop(line, "Aliases (*name) are not used here. Write the value out.")
            case yaml.MappingStartEvent():
                self._open({}, event, line)
            case yaml.SequenceStartEvent():
                self._open([], event, line)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.stack.pop(), self.paths.pop(), self.key.pop()
            case yaml.ScalarEvent():
                self._scalar(event, line)

    def _stop(self, line: int, problem: str) -> None:
        self.marked.tell(self.paths[-1] if self.paths else (), problem, line=line)
        raise _Stop

    def _one_document(self, line: int) -> None:
        self.documents += 1
        if self.documents > 1:
            self._stop(line, "One file holds one letter.")

    def _plain(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            self._stop(line, "Anchors (&name) are not used here. Write the value out.")
        if getattr(event, "tag", None) is not None:
            self._stop(line, "Tags (!name) are not used here.")

    def _open(self, holder: dict[str, Any] | list[Any], event: yaml.NodeEvent, line: int) -> None:
        self._plain(event, line)
        if self._at_key():
            self._stop(line, "A key is a word, not a list or a mapping.")
        if len(self.stack) >= MAX_DEPTH:
            self._stop(line, f"This is nested more than {MAX_DEPTH} deep.")
        path = self._put(holder, line)
        self.stack.append(holder)
        self.paths.append(path)
        self.key.append(None)

    def _at_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1], dict) and self.key[-1] is None

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        self._plain(event, line)
        text = unicodedata.normalize("NFC", event.value)
        if _unfit(text):
            self.marked.tell(
                self.paths[-1] if self.paths else (), "A control character stands here. Remove it.", line=line
            )
        if self._at_key():
            self._new_key(text, line)
            return
        unquoted = event.implicit[0]
        self._put(self._value(text, line) if unquoted else text, line)

    def _new_key(self, key: str, line: int) -> None:
        holder = self.stack[-1]
        assert isinstance(holder, dict)
        if key in holder:
            self.marked.tell(self.paths[-1], "This key stands twice in the same place.", line=line)
        holder[key] = None
        self.key[-1] = key
        self.marked.lines[(*self.paths[-1], key)] = line

    def _value(self, text: str, line: int) -> Any:
        if _WHOLE.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            self.marked.tell((), 'Amounts are quoted text with their unit, as in "2,4 mill.".', line=line)
        return _WORDS.get(text, text)

    def _put(self, value: Any, line: int) -> Path:
        if not self.stack:
            self.marked.value = value
            self.marked.lines[()] = line
            return ()
        holder = self.stack[-1]
        path: Path
        if isinstance(holder, list):
            path = (*self.paths[-1], len(holder))
            holder.append(value)
            self.marked.lines[path] = line
        else:
            key = self.key[-1]
            assert key is not None
            path = (*self.paths[-1], key)
            holder[key] = value
            self.key[-1] = None
        return path
