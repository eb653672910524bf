"""What a letter asks for and allows, from a transcription's values to its typed parts."""

from services.grants.allocation.letter_file.spot import Spot
from services.grants.budget_year.letter_duties import (
    Assignment,
    Authority,
    CalendarEntry,
    Deadline,
    Frame,
    PayOut,
    Restriction,
)


def pay_out_at(spot: Spot) -> PayOut:
    """Money to be paid by a day."""
    return PayOut(
        fund_id=spot.fund("fund"),
        amount=spot.amount("amount"),
        pay_by=spot.day("pay_by"),
        assignment=spot.find("assignment"),
        **spot.at,
    )


def assignment_at(spot: Spot) -> Assignment:
    """An assignment; a deadline without a cite of its own has the assignment's."""
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


def calendar_entry_at(spot: Spot) -> CalendarEntry:
    """An entry of the calendar."""
    return CalendarEntry(
        kind=spot["kind"],
        what=spot["what"],
        on=spot.find_day("on"),
        printed=spot["printed"],
        as_of=spot.find_day("as_of"),
        **spot.at,
    )


def restriction_at(spot: Spot) -> Restriction:
    """Money that is restricted."""
    return Restriction(
        restriction_id=spot["id"], fund_id=spot.fund("fund"), what=spot["what"], until=spot["until"], **spot.at
    )


def authority_at(spot: Spot) -> Authority:
    """An authority of chapter 6."""
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
