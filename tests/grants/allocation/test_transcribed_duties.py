"""Every value of a transcription's duties stands where it is read."""

from datetime import date
from typing import Any

import pytest

from services.grants.allocation.letter_file.marked_yaml import Marked
from services.grants.allocation.letter_file.spot import Spot
from services.grants.allocation.letter_file.transcribed_duties import (
    assignment_at,
    authority_at,
    calendar_entry_at,
    pay_out_at,
    restriction_at,
)

CITE = {"cite": "s. 12"}


DUE, FRAME = ("x", "deadlines", 0), ("x", "frames", 0)


def spot(**value: Any) -> Spot:
    """A place on line 7 of a transcription, its first deadline on the next line, its first frame on the one after."""
    return Spot(Marked(value={"year": 2020}, lines={("x",): 7, DUE: 8, FRAME: 9}), ("x",), CITE | value)


def test_money_to_be_paid_by_a_day() -> None:
    told = pay_out_at(spot(fund="291/71", amount="5 000", pay_by="2020-11-01", assignment="2020-003"))
    assert (told.fund_id, told.pay_by, told.assignment) == ("2020/291/71", date(2020, 11, 1), "2020-003")
    assert (told.amount.printed, told.cite, told.line) == ("5 000", "s. 12", 7)


def test_an_assignment_with_its_deadlines_and_frames() -> None:
    told = assignment_at(
        spot(
            number="2020-001", printed="2020-1", title="Rapporter", parts=["a", "b"], starts_on="2020-02-01",
            funding="71",
            deadlines=[
                {"what": "Utkast", "on": "2020-06-01", "printed": "1. juni", "every": "year", "cite": "s. 13"},
                {"what": "Resten", "printed": "snarest"},
            ],
            frames=[{"fund": "291/71", "amount": "100 000", "cite": "s. 14"}],
        )
    )  # fmt: skip
    assert (told.number, told.printed, told.title, told.parts) == ("2020-001", "2020-1", "Rapporter", ("a", "b"))
    assert (told.starts_on, told.funding, told.cite, told.line) == (date(2020, 2, 1), "71", "s. 12", 7)
    assert [(due.what, due.on, due.printed, due.every, due.cite, due.line) for due in told.deadlines] == [
        ("Utkast", date(2020, 6, 1), "1. juni", "year", "s. 13", 8),
        ("Resten", None, "snarest", None, "s. 12", 7),
    ]
    assert [(frame.fund_id, frame.amount.printed, frame.cite, frame.line) for frame in told.frames] == [
        ("2020/291/71", "100 000", "s. 14", 9)
    ]


def test_an_entry_of_the_calendar_and_a_restriction() -> None:
    entry = calendar_entry_at(
        spot(kind="report", what="Halvår", on="2020-09-15", printed="15. september", as_of="2020-08-31")
    )
    assert (entry.kind, entry.what, entry.on, entry.printed, entry.as_of, entry.cite) == (
        "report", "Halvår", date(2020, 9, 15), "15. september", date(2020, 8, 31), "s. 12",
    )  # fmt: skip
    held = restriction_at(spot(id="r1", fund="291/71", what="Holdes av", until="nytt brev"))
    assert (held.restriction_id, held.fund_id, held.what, held.until, held.cite) == (
        "r1", "2020/291/71", "Holdes av", "nytt brev", "s. 12",
    )  # fmt: skip


@pytest.mark.parametrize("consent", [True, False, None])
def test_an_authority_of_chapter_6(consent: bool | None) -> None:
    told = authority_at(
        spot(
            id="net-booking", name="Nettobokføring", paragraph="§ 3", posts=["290/01"], to_posts=["290/45"],
            limit_basis_points=500, base="allocation", savings_years=3, consent_each_time=consent, conditions=["a"],
            ambiguities=["b"],
        )
    )  # fmt: skip
    assert (told.authority_id, told.name, told.paragraph, told.posts, told.to_posts) == (
        "net-booking", "Nettobokføring", "§ 3", ("290/01",), ("290/45",),
    )  # fmt: skip
    assert (told.limit_basis_points, told.base, told.savings_years, told.consent_each_time) == (
        500, "allocation", 3, bool(consent),
    )  # fmt: skip
    assert (told.conditions, told.ambiguities, told.cite, told.line) == (("a",), ("b",), "s. 12", 7)
