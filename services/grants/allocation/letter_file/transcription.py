"""From the plain values of a transcription to the typed content of a letter. The shape has been checked before."""

from collections.abc import Iterator
from typing import Literal

from services.grants.allocation.letter_file.marked_yaml import Marked
from services.grants.allocation.letter_file.spot import Spot
from services.grants.allocation.letter_file.transcribed_duties import (
    assignment_at,
    authority_at,
    calendar_entry_at,
    pay_out_at,
    restriction_at,
)
from services.grants.budget_year.letter import (
    Change,
    ChapterLine,
    Contradiction,
    Dated,
    Earmark,
    KeywordChange,
    Letter,
    PostLine,
    Remark,
    Side,
    Split,
    Stated,
)
from services.grants.budget_year.letter_duties import Lifting, Renumbering


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
        pay_outs=tuple(pay_out_at(spot) for spot in doc.spots("pay_outs")),
        assignments=tuple(assignment_at(spot) for spot in doc.spots("assignments")),
        renumberings=tuple(
            Renumbering(letter_number=spot["letter"], old=spot["old"], new=spot["new"], **spot.at)
            for spot in doc.spots("renumberings")
        ),
        calendar=tuple(calendar_entry_at(spot) for spot in doc.spots("calendar")),
        restrictions=tuple(restriction_at(spot) for spot in doc.spots("restrictions")),
        liftings=tuple(Lifting(restriction_id=spot["restriction"], **spot.at) for spot in doc.spots("liftings")),
        authorities=tuple(authority_at(spot) for spot in doc.spots("authorities")),
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
        free=bool(spot.find("free")),
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
