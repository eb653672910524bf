"""What each fact does to money, as plain data: the ledger, a rebuild and what was known then are made of nothing
else."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.eventlog.events import Event
from services.grants.balance.movements import effects, parent_of, same_line
from services.grants.budget_year.events.allocation import (
    AuthorityUsed,
    CommitmentAuthorityRegistered,
    DifferenceSettled,
    FundOpened,
    FundsRenamed,
    LetterCorrected,
    LetterRegistered,
    LetterWithdrawn,
    Limit,
    Posting,
    PostSucceeded,
    PostSucceededAmongSeveral,
    Statement,
    SuccessionWithdrawn,
)
from services.grants.budget_year.events.held_over import ClaimsRanked
from services.grants.budget_year.letter import Dated, Letter
from services.grants.case.events.award import AwardReturned, Instalment, PerCapita, Recipient
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardDeclined,
    AwardReduced,
    Ground,
    Reduction,
    SupplementaryAwardApproved,
)
from services.grants.case.events.disbursement import InstalmentPaidLater
from services.grants.case.events.recipient_report import AwardSettled
from services.grants.case.events.round import RoundLine, RoundLinesProposed
from services.grants.case.events.withholding import ReclaimNetted
from services.grants.case.events.year_end import CommitmentCarriedOver, CommitmentLapsed
from tests.grants.disbursement.paying import attested, requested
from tests.grants.fodt_fri import (
    FUND,
    MILLION,
    approved,
    first_paid,
    imported,
    proposed,
    released,
    repaid,
    running,
    warned,
    withheld,
)

POST, LINE = "2020/291/71", "2020/291/71/nasjonale-ressursmiljo"
CASE, OTHER = "case-00000000-0000-0000-0000-000000000001", "case-00000000-0000-0000-0000-000000000002"
YEAR, DAY = "allocation-2020", date(2020, 5, 4)
letter = Letter(
    year=2020, number=3, title="Tillegg", reference=None, dated=Dated(on=DAY, ground="printed", reason=None)
)
post = FundOpened(fund_id=POST, kind="post", name="Tilskudd", year=2020, chapter=291, post="71")
line = replace(post, fund_id=LINE, kind="earmark", name="Ressursmiljø")
on_post = Posting(
    fund_id=POST, effective_on=DAY, at_disposal_ore=5, of_which_carried_over_ore=2, ground="change", letter_number=3,
    cite="5.1",
)  # fmt: skip
on_line = replace(on_post, fund_id=LINE, at_disposal_ore=-3, of_which_carried_over_ore=0, cite="5.2")
transferable = Statement(fund_id=POST, effective_on=DAY, name="transferable", amount=1)
letter_told: dict[str, Any] = {
    "letter": letter, "source_sha256": "0" * 64, "funds": (post, line), "postings": (on_post, on_line),
    "statements": (transferable, replace(transferable, fund_id=LINE, amount=-1)),
}  # fmt: skip
opened: list[dict[str, Any]] = [
    {"id": POST, "parent_id": None, "kind": "post", "name": "Tilskudd", "year": 2020, "chapter": 291, "post": 71,
     "hard_stop": True},
    {"id": LINE, "parent_id": POST, "kind": "earmark", "name": "Ressursmiljø", "year": 2020, "chapter": 291,
     "post": 71, "hard_stop": True},
]  # fmt: skip
ground = Ground(code="other", text="Annet")
free, held = Reduction(instalment=1, amount_ore=4), Reduction(instalment=2, amount_ore=6, withholding=1)
supplement = SupplementaryAwardApproved(
    amount_ore=7, added=(Instalment(number=3, amount_ore=7),), ground=ground, approved_on=DAY, approved_by="ola",
    disposal_authority="Delegert",
)  # fmt: skip
FALLING: tuple[tuple[Event, bool], ...] = tuple(
    (fallen, bool(with_held))
    for with_held in (False, True)
    for parts in ((free, held) if with_held else (free, replace(free, instalment=2, amount_ore=6)),)
    for fallen in (
        AwardReduced(reductions=parts, ground=ground, reduced_on=DAY, approved_by="ola"),
        AwardAnnulled(reductions=parts, ground=ground, annulled_on=DAY, approved_by="ola"),
        AwardDeclined(reason="Avlyst", reductions=parts, declined_on=DAY, recorded_by="kari"),
        CommitmentLapsed(year=2020, reductions=parts, ground="not-transferable", lapsed_on=DAY, recorded_by="anne"),
        ReclaimNetted(number=1, reductions=parts, netted_on=DAY, netted_by="ola"),
        AwardSettled(used_ore=1, reductions=parts, settled_on=DAY, approved_by="ola"),
    )
)


def did(*events: Event, stream: str = CASE) -> dict[str, Any]:
    return effects([(stream, event) for event in events]) or {}


def moved(*events: Event, stream: str = CASE) -> list[dict[str, Any]]:
    """The movements, without their places in the command."""
    return [
        {name: value for name, value in movement.items() if name not in ("nth", "line", "ground")}
        for movement in did(*events, stream=stream).get("movements", ())
    ]


def posted(forced: bool) -> list[dict[str, Any]]:
    """On the post; on the line; and what the line is given is set aside on the post above it."""
    said = {"day": "2020-05-04", "letter_number": 3, "forced": forced}
    return [
        {"fund": POST, "ground": "change", "cite": "5.1", "available": 5, "carried_over": 2} | said,
        {"fund": LINE, "ground": "change", "cite": "5.2", "available": -3, "carried_over": 0} | said,
        {"fund": POST, "ground": "earmarked", "cite": "5.2", "earmarked": -3} | said,
    ]


@pytest.mark.parametrize("kind", [LetterRegistered, LetterCorrected])
def test_a_letter_opens_its_funds_moves_what_it_posts_and_says_what_it_states(kind: Any) -> None:
    by = {"registered_by": "siri"} if kind is LetterRegistered else {"corrected_by": "siri", "reason": "Feil"}
    told = did(kind(**letter_told, **by), stream=YEAR)
    assert told["funds"] == opened
    assert told["movements"] == [
        movement | {"nth": 1, "line": place} for place, movement in enumerate(posted(forced=True), 1)
    ]
    assert told["marks"] == [
        {"nth": 1, "fund": fund, "day": "2020-05-04", "name": "transferable", "amount": amount}
        for fund, amount in ((POST, 1), (LINE, -1))
    ]
    assert told["alone"] is True


def test_a_letter_that_is_taken_out_counters_what_it_moved_and_said_and_its_authorities_fall() -> None:
    gone = LetterWithdrawn(
        letter_number=3, effective_on=DAY, reason="Til UDI", withdrawn_by="siri", postings=(on_post,),
        statements=(transferable,),
    )  # fmt: skip
    told = did(gone, stream=YEAR)
    assert (told["fallen"], told["alone"]) == ([{"letter": 3, "year": 2020}], True)
    assert [each["forced"] for each in told["movements"]] == [True]
    assert [each["name"] for each in told["marks"]] == ["transferable"]


def test_an_authority_that_is_used_moves_money_within_what_is_left() -> None:
    used = AuthorityUsed(
        authority_id="extra-income", reference="1", fund_id=POST, amount_ore=5, used_on=DAY, used_by="anne",
        paragraph="§ 3", limit=Limit(base="none", base_ore=0, limit_ore=5, used_before_ore=0), stated=(),
        postings=(on_post, on_line),
    )  # fmt: skip
    told = did(used, stream=YEAR)["movements"]
    assert told == [each | {"nth": 1, "line": place} for place, each in enumerate(posted(forced=False), 1)]


def test_names_follow_without_anything_moving_and_a_settled_difference_only_says_so() -> None:
    assert did(FundsRenamed(letter_number=3, funds=(post,)), stream=YEAR) == {"funds": [opened[0] | {"renames": True}]}
    settled = DifferenceSettled(
        letter_number=3, fund_id=POST, sort="total", difference_ore=1, reason="Avrunding", settled_by="anne",
        settled_on=DAY, statements=(transferable,),
    )  # fmt: skip
    mark = {"nth": 1, "fund": POST, "day": "2020-05-04", "name": "transferable", "amount": 1}
    assert did(settled, stream=YEAR) == {"marks": [mark], "alone": True}


@pytest.mark.parametrize("award", [approved, imported])
def test_an_award_opens_a_line_of_its_own_and_binds_its_sum_where_it_may_be_refused(award: Event) -> None:
    told = did(award)
    assert told == {
        "funds": [
            {"id": CASE, "parent_id": FUND, "kind": "commitment", "name": "Tilsagn 00000000", "hard_stop": False}
        ],
        "movements": [
            {"nth": 1, "line": 1, "ground": award.TOPIC, "fund": CASE, "day": "2020-02-03", "committed": 6 * MILLION}
        ],
    }


def test_what_is_paid_withheld_freed_and_repaid_stands_on_its_own_day() -> None:
    assert moved(first_paid) == [{"fund": CASE, "day": "2020-03-02", "disbursed": 3 * MILLION}]
    assert moved(withheld) == [{"fund": CASE, "day": "2020-11-02", "withheld": 3 * MILLION}]
    assert moved(released) == [{"fund": CASE, "day": "2020-12-01", "withheld": -3 * MILLION}]
    back = {"fund": CASE, "day": "2020-11-20", "committed": -MILLION, "disbursed": -MILLION}
    assert moved(repaid) == [back]
    assert moved(replace(repaid, credited=False)) == []
    assert moved(warned) == []


def test_what_is_paid_in_a_later_year_names_the_post_it_is_spent_of() -> None:
    later = InstalmentPaidLater(**vars(first_paid), charged_post_id="2021/291/71")
    paid = {"fund": CASE, "day": "2020-03-02", "disbursed": 3 * MILLION, "charged": "2021/291/71"}
    assert moved(later) == [paid]
    assert did(first_paid, later)["charges"] is True
    assert "charges" not in did(first_paid)
    assert (did(later).get("alone"), did(first_paid).get("alone")) == (True, None)


@pytest.mark.parametrize(("fallen", "with_held"), FALLING)
def test_what_falls_away_in_whatever_way_is_free_again_and_withheld_no_more(fallen: Event, with_held: bool) -> None:
    movement = {"fund": CASE, "day": "2020-05-04", "committed": -10}
    assert moved(fallen) == [movement | ({"withheld": -6} if with_held else {})]
    assert (did(fallen)["alone"], did(fallen)["restands"]) == (True, [{"stream": CASE}])


def test_nothing_falls_away_where_no_part_does() -> None:
    assert moved(AwardSettled(used_ore=1, reductions=(), settled_on=DAY, approved_by="ola")) == []


def test_each_event_of_a_command_has_its_place_and_each_movement_its_line() -> None:
    told = did(proposed, approved, first_paid, withheld)["movements"]
    assert [(each["nth"], each["line"], each["ground"]) for each in told] == [
        (2, 1, approved.TOPIC), (3, 2, first_paid.TOPIC), (4, 3, withheld.TOPIC),
    ]  # fmt: skip
    assert did(proposed, warned) == {}
    assert effects([(CASE, proposed)]) is None


@pytest.mark.parametrize(
    ("event", "stream", "alone"),
    [
        (approved, CASE, None), (first_paid, CASE, None), (withheld, CASE, None), (attested, CASE, None),
        (released, CASE, True), (repaid, CASE, True), (supplement, CASE, True),
        (AwardReturned(reason="Feil", returned_by="ola"), CASE, True),
        (replace(repaid, credited=False), CASE, True),
    ],
    ids=lambda each: type(each).__name__,
)  # fmt: skip
def test_what_may_make_room_for_another_is_applied_by_itself(event: Event, stream: str, alone: bool | None) -> None:
    assert did(event, stream=stream).get("alone") is alone


# What concerns two years


def test_what_is_held_over_goes_to_the_year_and_post_it_names() -> None:
    over = CommitmentCarriedOver(
        year=2020, held_ore=3, ground="transferable", held_on=date(2020, 12, 31), into_post_id="2021/291/71",
        recorded_by="anne",
    )  # fmt: skip
    hold = {"nth": 2, "stream": CASE, "into": 2021, "post": "2021/291/71", "ground": "transferable"}
    assert did(warned, over) == {"holds": [hold | {"topic": over.TOPIC}], "alone": True}


def test_an_order_of_claims_names_their_streams_in_order() -> None:
    ranked = ClaimsRanked(
        fund_id=POST, case_ids=(UUID(int=2), UUID(int=1)), reason="Brevet", ranked_on=DAY, ranked_by="anne"
    )
    order = {"nth": 1, "post": POST, "day": "2020-05-04", "streams": [OTHER, CASE]}
    assert did(ranked, stream=YEAR) == {"ranked": [order], "alone": True}


def test_a_line_goes_on_where_it_is_said_to_or_on_the_post_of_its_number() -> None:
    whole = PostSucceeded(fund_id="2021/292/70", predecessor_id=POST, reason="Nytt", recorded_by="anne")
    split = PostSucceededAmongSeveral(
        fund_id="2021/292/70", predecessor_id=POST, how="split", reason="Delt", recorded_by="anne"
    )
    back = SuccessionWithdrawn(fund_id="2021/292/70", predecessor_id=POST, reason="Feil", withdrawn_by="anne")
    followers = [
        (whole, "2021/292/70"),
        (split, "2021/291/71"),
        (replace(split, claims_on="2021/292/71"), "2021/292/71"),
        (replace(split, how="join"), "2021/292/70"),
        (replace(split, how="join", claims_on="2021/292/71"), "2021/292/71"),
        (back, "2021/291/71"),
        (replace(back, claims_on="2021/292/71"), "2021/292/71"),
    ]
    told = did(*(event for event, _ in followers), stream="allocation-2021")["succeeded"]
    assert told == [
        {"nth": nth, "fund": follower, "predecessor": POST} for nth, (_, follower) in enumerate(followers, 1)
    ]


def test_what_is_attested_or_asked_for_must_be_covered_from_its_day() -> None:
    told = did(attested, requested)
    first = {"nth": 1, "stream": CASE, "day": attested.pay_on.isoformat()}
    asked = {"nth": 2, "stream": CASE, "day": requested.requested_on.isoformat()}
    assert told == {"payables": [first, asked | {"payment": str(requested.payment_id)}]}


# What many cases share


def test_what_is_promised_across_years_leans_on_the_authority_and_nothing_else_does() -> None:
    across = replace(approved, across_years=True)
    assert did(across)["leans"] == [{"nth": 1, "fund": CASE, "day": "2020-02-03", "amount_ore": 6 * MILLION}]
    more = did(warned, replace(supplement, across_years=True))
    assert more["leans"] == [{"nth": 2, "fund": CASE, "day": "2020-05-04", "amount_ore": 7}]
    assert "leans" not in did(approved, replace(supplement, across_years=False))
    assert "leans" not in did(*running)


def test_an_authority_that_is_given_names_its_letter_its_day_and_how_far_it_reaches() -> None:
    given = CommitmentAuthorityRegistered(
        fund_id=POST, until_year=2023, limit_ore=9, letter_number=3, cite="5.1", effective_on=DAY, registered_by="siri"
    )
    read = {"nth": 1, "post": POST, "letter": 3, "day": "2020-05-04", "until_year": 2023, "limit_ore": 9}
    assert did(given, stream=YEAR) == {"authorities": [read], "alone": True}


def test_each_per_capita_line_takes_its_months_as_its_award_is_proposed_in_the_same_command() -> None:
    who = Recipient(name="Oslo", organisation_number="958935420", municipality_number="0301")
    award = replace(
        proposed, recipient=who, scheme_id="s", fund_id=POST, basis=PerCapita(count=1, rate_ore=1, rule="år 1")
    )
    here = RoundLine(case_id=UUID(int=1), fund_id=POST, amount_ore=1, recipient=who, period="2020-Q2")
    told = RoundLinesProposed(
        lines=(
            here, replace(here, case_id=UUID(int=2), period="2020-12"), replace(here, case_id=UUID(int=3)),
            replace(here, case_id=UUID(int=4), period=None), replace(here, case_id=UUID(int=5)),
        ),
        file=None, proposed_by="kari",
    )  # fmt: skip
    cases = [f"case-{UUID(int=number)}" for number in (1, 2, 4, 5)]
    by_name = replace(award, basis=proposed.basis)
    proposals = [(cases[0], award), (cases[1], award), (cases[2], award), (cases[3], by_name)]
    found = effects([("round-1", told), *proposals])
    paid_for = '["s", "0301", "2020/291/71", "år 1"]'
    assert found == {
        "months": [
            {"nth": 1, "stream": CASE, "paid_for": paid_for, "first": 24_243, "count": 3},
            {"nth": 1, "stream": OTHER, "paid_for": paid_for, "first": 24_251, "count": 1},
        ]
    }


def test_months_are_freed_by_a_return_and_asked_of_anew_by_what_adds_or_takes_back() -> None:
    assert did(warned, AwardReturned(reason="Feil", returned_by="ola"))["freed"] == [{"nth": 2, "stream": CASE}]
    assert did(supplement)["restands"] == [{"stream": CASE}]
    assert did(repaid)["restands"] == [{"stream": CASE}]
    assert did(replace(repaid, credited=False))["restands"] == [{"stream": CASE, "returned_ore": MILLION}]
    two = effects([(OTHER, repaid), (CASE, repaid), (OTHER, replace(repaid, voucher="B-2"))]) or {}
    assert two["restands"] == [{"stream": CASE}, {"stream": OTHER}]
    assert not any("restands" in did(event) for event in (approved, first_paid, withheld, released))


# The tree


def test_a_fund_stands_below_the_one_its_id_begins_with_and_a_post_below_none() -> None:
    assert parent_of(FUND) == LINE
    assert parent_of(LINE) == POST
    assert parent_of(POST) is None
    assert same_line("2022/295/70", POST) == "2022/291/71"
