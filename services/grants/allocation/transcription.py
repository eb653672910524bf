"""From the plain values of a transcription to the typed content of a letter. The shape has been checked before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from services.grants.allocation.letter import (
    Assignment,
    Authority,
    CalendarEntry,
    Change,
    ChapterLine,
    Contradiction,
    Dated,
    Deadline,
    Earmark,
    Figure,
    Frame,
    KeywordChange,
    Letter,
    Lifting,
    PayOut,
    PostLine,
    Remark,
    Renumbering,
    Restriction,
    Side,
    Split,
    Stated,
)
from services.grants.allocation.marked_yaml import Marked, Path
from services.grants.allocation.printed import read_printed


@dataclass(frozen=True)
class Spot:
    """A mapping in the transcription, and the way down to it."""

    marked: Marked
    path: Path
    value: dict[str, Any]

    @property
    def line(self) -> int:
        return self.marked.line_of(self.path)

    @property
    def year(self) -> int:
        return int(self.marked.value["year"])

    @property
    def at(self) -> dict[str, Any]:
        """The place every part of a letter is read from."""
        return {"cite": self.value["cite"], "line": self.line}

    def __getitem__(self, key: str) -> Any:
        return self.value[key]

    def find(self, key: str) -> Any:
        return self.value.get(key)

    def spots(self, key: str) -> list["Spot"]:
        return [
            Spot(self.marked, (*self.path, key, index), entry) for index, entry in enumerate(self.value.get(key) or ())
        ]

    def texts(self, key: str) -> tuple[Any, ...]:
        return tuple(self.value.get(key) or ())

    def fund(self, key: str) -> str:
        return f"{self.year}/{self.value[key]}"

    def find_day(self, key: str) -> date | None:
        text = self.value.get(key)
        return None if text is None else date.fromisoformat(text)

    def day(self, key: str) -> date:
        return date.fromisoformat(self.value[key])

    def amount(self, key: str) -> Figure:
        """An amount that shares the cite of the line it stands in."""
        return _figure(self.value[key], **self.at)

    def find_figure(self, key: str) -> Figure | None:
        """An amount with a cite of its own."""
        entry = self.value.get(key)
        line = self.marked.line_of((*self.path, key))
        return None if entry is None else _figure(entry["amount"], cite=entry["cite"], line=line)


def _figure(printed: str, *, cite: str, line: int) -> Figure:
    read = read_printed(printed)
    assert read is not None, "the shape has been checked"
    return Figure(printed=printed, amount_ore=read[0], unit_ore=read[1], cite=cite, line=line)


def transcribed(marked: Marked) -> Letter:
    """The letter a well-shaped transcription tells of."""
    doc = Spot(marked, (), marked.value)
    earmarks = list(_earmarks(doc))
    return Letter(
        year=doc["year"],
        number=doc["number"],
        title=doc["title"],
        reference=doc.find("reference"),
        dated=_dated(Spot(marked, ("dated",), doc["dated"])),
        chapters=tuple(_chapter(spot) for spot in doc.spots("chapters")),
        posts=tuple(_post(spot) for spot in doc.spots("posts")),
        earmarks=tuple(part for part in earmarks if isinstance(part, Earmark)),
        splits=tuple(part for part in earmarks if isinstance(part, Split)),
        changes=tuple(_changes(doc)),
        stated=tuple(_stated(spot) for spot in doc.spots("stated")),
        keywords=tuple(_keyword(spot) for spot in doc.spots("keywords")),
        contradictions=tuple(_contradiction(spot) for spot in doc.spots("contradictions")),
        pay_outs=tuple(_pay_out(spot) for spot in doc.spots("pay_outs")),
        assignments=tuple(_assignment(spot) for spot in doc.spots("assignments")),
        renumberings=tuple(
            Renumbering(letter_number=spot["letter"], old=spot["old"], new=spot["new"], **spot.at)
            for spot in doc.spots("renumberings")
        ),
        calendar=tuple(_calendar_entry(spot) for spot in doc.spots("calendar")),
        restrictions=tuple(_restriction(spot) for spot in doc.spots("restrictions")),
        liftings=tuple(Lifting(restriction_id=spot["restriction"], **spot.at) for spot in doc.spots("liftings")),
        authorities=tuple(_authority(spot) for spot in doc.spots("authorities")),
        remarks=tuple(Remark(text=spot["text"], **spot.at) for spot in doc.spots("remarks")),
    )


def _dated(spot: Spot) -> Dated:
    return Dated(on=spot.day("on"), ground=spot["ground"], reason=spot.find("reason"))


def _chapter(spot: Spot) -> ChapterLine:
    return ChapterLine(
        chapter=spot["chapter"],
        name=spot["name"],
        sum=spot.find_figure("sum"),
        sum_differs=spot.find("sum_differs"),
        **spot.at,
    )


def _post(spot: Spot) -> PostLine:
    at_disposal = spot.find_figure("at_disposal")
    assert at_disposal is not None, "the shape has been checked"
    return PostLine(
        fund_id=spot.fund("post"),
        name=spot["name"],
        at_disposal=at_disposal,
        appropriated=spot.find_figure("appropriated"),
        held_back=spot.find_figure("held_back"),
        keywords=spot.texts("keywords"),
        **spot.at,
    )


def _earmarks(doc: Spot) -> Iterator[Split | Earmark]:
    for spot in doc.spots("earmarks"):
        yield from _division(spot, spot.fund("under"))


def _division(spot: Spot, fund_id: str) -> Iterator[Split | Earmark]:
    yield Split(
        fund_id=fund_id,
        whole=spot["whole"],
        sum=spot.find_figure("sum"),
        sum_differs=spot.find("sum_differs"),
        **spot.at,
    )
    for part in spot.spots("parts"):
        part_id = f"{fund_id}/{part['id']}"
        yield Earmark(
            fund_id=part_id,
            parent_id=fund_id,
            name=part.find("name") or part["recipient"],
            amount=part.amount("amount"),
            recipient=part.find("recipient"),
            **part.at,
        )
        if part.find("split"):
            yield from _division(Spot(part.marked, (*part.path, "split"), part["split"]), part_id)


def _changes(doc: Spot) -> Iterator[Change]:
    for spot in doc.spots("changes"):
        key, sign = ("increase", 1) if "increase" in spot.value else ("decrease", -1)
        yield _change(spot, spot.fund("fund"), key, sign, "change", spot["moves"])
    for spot in doc.spots("transfers"):
        for end, other, sign in (("from", "to", -1), ("to", "from", 1)):
            yield _change(spot, spot.fund(end), "amount", sign, "transfer", spot["moves"], spot.fund(other))
    for spot in doc.spots("carry_over"):
        yield _change(spot, spot.fund("fund"), "amount", 1, "carry-over", "at_disposal")


def _change(
    spot: Spot,
    fund_id: str,
    key: str,
    sign: int,
    ground: Literal["change", "transfer", "carry-over"],
    moves: Literal["appropriation", "at_disposal"],
    counterpart_id: str | None = None,
) -> Change:
    figure = spot.amount(key)
    return Change(
        fund_id=fund_id,
        amount_ore=sign * figure.amount_ore,
        figure=figure,
        ground=ground,
        moves=moves,
        counterpart_id=counterpart_id,
        outside_table=bool(spot.find("outside_table")),
        assignment=spot.find("assignment"),
        why=spot["why"],
        **spot.at,
    )


def _stated(spot: Spot) -> Stated:
    return Stated(
        fund_id=spot.fund("post"),
        at_disposal=spot.find_figure("at_disposal"),
        appropriated=spot.find_figure("appropriated"),
        held_back=spot.find_figure("held_back"),
        **spot.at,
    )


def _keyword(spot: Spot) -> KeywordChange:
    return KeywordChange(
        fund_id=spot.fund("post"), keyword=spot["keyword"], given=spot["given"], why=spot["why"], **spot.at
    )


def _contradiction(spot: Spot) -> Contradiction:
    return Contradiction(
        contradiction_id=spot["id"],
        fund_id=spot.fund("fund") if spot.find("fund") else None,
        what=spot["what"],
        sides=tuple(Side(says=side["says"], **side.at) for side in spot.spots("sides")),
        reckoned=spot["reckoned"],
        **spot.at,
    )


def _pay_out(spot: Spot) -> PayOut:
    return PayOut(
        fund_id=spot.fund("fund"),
        amount=spot.amount("amount"),
        pay_by=spot.day("pay_by"),
        assignment=spot.find("assignment"),
        **spot.at,
    )


def _assignment(spot: Spot) -> Assignment:
    return Assignment(
        number=spot["number"],
        printed=spot.find("printed"),
        title=spot["title"],
        parts=spot.texts("parts"),
        deadlines=tuple(
            Deadline(
                what=due["what"],
                on=due.find_day("on"),
                printed=due["printed"],
                every=due.find("every"),
                cite=due.find("cite") or spot["cite"],
                line=due.line,
            )
            for due in spot.spots("deadlines")
        ),
        frames=tuple(
            Frame(fund_id=frame.fund("fund"), amount=frame.amount("amount"), **frame.at)
            for frame in spot.spots("frames")
        ),
        starts_on=spot.find_day("starts_on"),
        funding=spot.find("funding"),
        **spot.at,
    )


def _calendar_entry(spot: Spot) -> CalendarEntry:
    return CalendarEntry(
        kind=spot["kind"],
        what=spot["what"],
        on=spot.find_day("on"),
        printed=spot["printed"],
        as_of=spot.find_day("as_of"),
        **spot.at,
    )


def _restriction(spot: Spot) -> Restriction:
    return Restriction(
        restriction_id=spot["id"], fund_id=spot.fund("fund"), what=spot["what"], until=spot["until"], **spot.at
    )


def _authority(spot: Spot) -> Authority:
    return Authority(
        authority_id=spot["id"],
        name=spot["name"],
        paragraph=spot["paragraph"],
        posts=spot.texts("posts"),
        to_posts=spot.texts("to_posts"),
        limit_basis_points=spot.find("limit_basis_points"),
        base=spot.find("base"),
        savings_years=spot.find("savings_years"),
        consent_each_time=bool(spot.find("consent_each_time")),
        conditions=spot.texts("conditions"),
        ambiguities=spot.texts("ambiguities"),
        **spot.at,
    )
