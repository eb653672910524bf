"""Reads a page as a browser or a screen reader would, with the parser of the standard library."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})


@dataclass(eq=False)
class Element:
    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What is read aloud: everything inside, with runs of plain white space as one. No-break spaces stay."""
        return re.sub(r"[ \n]+", " ", self._all_text()).strip(" ")

    def all(self, *tags: str) -> list["Element"]:
        """Every element below with one of the tags (or every element), in document order."""
        return [each for each in self._below() if not tags or each.tag in tags]

    def one(self, tag: str, **attributes: str) -> "Element":
        """The only element below with the tag and these attributes (`class_` for class)."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        found = [each for each in self.all(tag) if wanted.items() <= each.attributes.items()]
        assert len(found) == 1, f"{len(found)} elements <{tag}> with {wanted}"
        return found[0]

    def with_class(self, name: str) -> list["Element"]:
        return [each for each in self._below() if name in each.attributes.get("class", "").split()]

    def _all_text(self) -> str:
        return "".join(child if isinstance(child, str) else child._all_text() for child in self.children)

    def _below(self) -> Iterator["Element"]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child._below()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Element("#page", {})
        self._open = self.page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._put(tag, attrs)
        if tag not in _VOID:
            opened = self._open.children[-1]
            assert isinstance(opened, Element)
            self._open = opened

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._put(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.tag == tag, f"</{tag}> closes <{self._open.tag}>"
        assert self._open.parent is not None
        self._open = self._open.parent

    def handle_data(self, data: str) -> None:
        self._open.children.append(data)

    def _put(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> names an attribute twice"
        attributes = {name: value or "" for name, value in attrs}
        self._open.children.append(Element(tag, attributes, self._open))


def read_page(html: str) -> Element:
    """The page as a tree. Fails on a tag that is not closed, or is closed out of turn."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader._open is reader.page, f"<{reader._open.tag}> is never closed"
    return reader.page
