"""Money between two budget years: what is held over binds what is released, in order, and nothing is counted twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import psycopg
import pytest

from services.grants.case.events.award_change import Reduction
from services.grants.case.events.year_end import CommitmentCarriedOver, CommitmentLapsed
from tests.conftest import Database
from tests.grants.balance.between_years import Years, post_of, stream
from tests.grants.balance.over_the_years import deviations

NEW_YEAR, YEARS_END = date(2021, 1, 1), date(2020, 12, 31)
END = date(2021, 12, 31)
MARCH = date(2021, 3, 15)
EVE = date(2021, 3, 14)


@pytest.fixture
def years(database: Database) -> Years:
    """50 at disposal in 2020. Case 1 is promised 6 and paid 3; case 2 is promised 20; both are held over to 2021, where
    the post has 100 of its own."""
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    assert years.promises(1, 6, date(2020, 2, 3)) == "recorded"
    assert years.promises(2, 20, date(2020, 3, 3)) == "recorded"
    assert years.pays(1, 3, date(2020, 3, 2)) == "recorded"
    years.letter(2021, date(2021, 1, 4), 100)
    years.holds(1, 2020, 3)
    years.holds(2, 2020, 20)
    return years


def test_what_is_held_over_stays_in_the_closed_year_and_claims_nothing_of_the_new_years_own_money(years: Years) -> None:
    assert years.stands(post_of(2020), YEARS_END) == years.stands(post_of(2020), MARCH) == (50, 26, 3, 0)
    assert years.stands(post_of(2021), EVE) == (100, 0, 0, 0)
    assert years.claims(post_of(2021), NEW_YEAR) == {1: (3, 0, 0), 2: (20, 0, 0)}
    assert years.promises(3, 100, date(2021, 2, 1)) == "recorded"
    assert years.faults() == []


def test_money_released_is_bound_by_the_oldest_claims_before_anything_new_can_be_promised_of_it(years: Years) -> None:
    assert years.promises(3, 100, date(2021, 2, 1)) == "recorded"
    years.letter(2021, MARCH, 5, carried=True)
    assert years.stands(post_of(2021), EVE) == (100, 100, 0, 0)
    assert years.stands(post_of(2021), MARCH) == (105, 105, 0, 0)
    assert years.line(1, 2021, MARCH) == (3, 0, 0)
    assert years.line(2, 2021, MARCH) == (2, 0, 0)
    assert years.promises(4, 1, MARCH) == "exhausted"
    assert years.faults() == []


def test_what_a_letter_leaves_free_can_be_promised_anew(years: Years) -> None:
    assert years.promises(3, 100, date(2021, 2, 1)) == "recorded"
    years.letter(2021, MARCH, 5, carried=True, free_ore=4)
    assert (years.line(1, 2021, MARCH), years.line(2, 2021, MARCH)) == ((1, 0, 0), (0, 0, 0))
    assert years.promises(4, 5, MARCH) == "exhausted"
    assert years.promises(4, 4, MARCH) == "recorded"
    assert years.faults() == []


def test_the_order_a_controller_sets_holds_from_its_day_and_what_is_paid_stays_paid(years: Years) -> None:
    years.letter(2021, MARCH, 5, carried=True)
    assert years.pays(1, 1, date(2021, 4, 1)) == "recorded"
    years.ranks(2021, date(2021, 5, 3), 2)
    assert (years.line(1, 2021, date(2021, 5, 2)), years.line(2, 2021, date(2021, 5, 2))) == ((3, 1, 0), (2, 0, 0))
    assert (years.line(1, 2021, date(2021, 5, 3)), years.line(2, 2021, date(2021, 5, 3))) == ((1, 1, 0), (4, 0, 0))
    assert years.faults() == []


def test_what_is_paid_in_the_new_year_is_spent_on_the_new_years_post(years: Years) -> None:
    years.letter(2021, MARCH, 5, carried=True)
    assert years.pays(1, 3, date(2021, 4, 1)) == "recorded"
    assert years.stands(post_of(2020), date(2021, 4, 1)) == (50, 26, 3, 0)
    assert years.stands(post_of(2021), date(2021, 3, 31)) == (105, 5, 0, 0)
    assert years.stands(post_of(2021), date(2021, 4, 1)) == (105, 5, 3, 0)
    assert years.faults() == []


def test_what_falls_away_of_a_covered_claim_covers_the_next_and_then_is_free(years: Years) -> None:
    years.letter(2021, MARCH, 5, carried=True)
    years.reduces(1, 3, date(2021, 4, 1))
    assert (years.line(1, 2021, date(2021, 4, 1)), years.line(2, 2021, date(2021, 4, 1))) == ((0, 0, 0), (5, 0, 0))
    years.reduces(2, 19, date(2021, 4, 2))
    assert years.stands(post_of(2021), date(2021, 4, 2)) == (105, 1, 0, 0)
    assert years.stands(post_of(2020), date(2021, 4, 2)) == (50, 26, 3, 0)
    assert years.faults() == []


def test_withheld_money_is_withheld_in_the_new_year_and_covered_last(years: Years) -> None:
    years.withholds(2, 15, date(2021, 2, 1))
    years.letter(2021, MARCH, 10, carried=True)
    assert years.line(2, 2021, MARCH) == (7, 0, 2)
    years.frees(2, 15, date(2021, 4, 1))
    assert years.line(2, 2021, date(2021, 4, 1)) == (7, 0, 0)
    assert years.faults() == []


def test_a_promise_on_a_commitment_authority_binds_the_new_years_own_money(database: Database) -> None:
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    assert years.promises(1, 6, date(2020, 2, 3), across_years=True) == "recorded"
    years.holds(1, 2020, 6, ground="commitment-authority")
    assert years.claims(post_of(2021), NEW_YEAR) == {1: (6, 0, 0)}
    years.letter(2021, date(2021, 1, 4), 100)
    assert years.stands(post_of(2021), date(2021, 1, 3)) == (0, 0, 0, 0)
    assert years.stands(post_of(2021), date(2021, 1, 4)) == (100, 6, 0, 0)
    assert years.promises(2, 95, date(2021, 2, 1)) == "exhausted"
    assert years.supplements(1, 95, date(2021, 2, 1)) == "exhausted"
    assert years.supplements(1, 94, date(2021, 2, 1)) == "recorded"
    assert years.stands(post_of(2021), date(2021, 2, 1)) == (100, 100, 0, 0)
    assert years.faults() == []


def test_what_lapses_beside_a_promise_on_an_authority_binds_nothing_of_the_new_year(database: Database) -> None:
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    assert years.promises(1, 30, date(2020, 2, 3)) == "recorded"
    assert years.supplements(1, 10, date(2020, 11, 2)) == "recorded"
    years.withholds(1, 20, date(2020, 11, 3))
    lapsed = CommitmentLapsed(
        year=2020, ground="not-transferable",
        reductions=(Reduction(instalment=1, amount_ore=10), Reduction(instalment=1, amount_ore=20, withholding=1)),
        lapsed_on=date(2020, 12, 31), recorded_by="anne",
    )  # fmt: skip
    kept = CommitmentCarriedOver(
        year=2020, held_ore=10, ground="commitment-authority", held_on=date(2020, 12, 31), into_post_id=post_of(2021),
        recorded_by="anne",
    )  # fmt: skip
    assert years.tells((stream(1), [lapsed, kept])) == "recorded"
    assert years.claims(post_of(2021), NEW_YEAR) == {1: (10, 0, 0)}
    years.letter(2021, date(2021, 1, 4), 100)
    assert years.stands(post_of(2020), date(2020, 12, 31)) == (50, 10, 0, 0)
    assert years.stands(post_of(2021), date(2021, 1, 4)) == (100, 10, 0, 0)
    assert years.faults() == []


@pytest.mark.parametrize("day", [date(2020, 12, 15), date(2021, 4, 1)])
def test_a_supplement_to_the_first_in_the_order_takes_nothing_that_covers_the_next(years: Years, day: date) -> None:
    years.letter(2021, MARCH, 16, carried=True)
    assert years.line(2, 2021, END) == (13, 0, 0)
    assert years.supplements(1, 1, day) == "exhausted", "all that is released covers the two"
    assert years.line(2, 2021, END) == (13, 0, 0)
    years.letter(2021, date(2021, 3, 2), 9, carried=True)
    assert years.supplements(1, 3, date(2021, 4, 1)) == "exhausted"
    assert years.supplements(1, 2, date(2021, 4, 1)) == "recorded"
    assert (years.line(1, 2021, END), years.line(2, 2021, END)) == ((5, 0, 0), (20, 0, 0))
    assert years.faults() == []


def test_a_payment_told_late_of_the_closed_year_lowers_what_it_left(years: Years) -> None:
    years.letter(2021, MARCH, 5, carried=True)
    assert years.pays(1, 2, date(2020, 12, 30)) == "recorded"
    assert years.stands(post_of(2020), YEARS_END) == (50, 26, 5, 0)
    assert years.claims(post_of(2021), NEW_YEAR) == {1: (1, 0, 0), 2: (20, 0, 0)}
    assert (years.line(1, 2021, MARCH), years.line(2, 2021, MARCH)) == ((1, 0, 0), (4, 0, 0))
    assert years.faults() == []


def test_a_payment_in_a_year_nobody_held_it_over_to_is_spent_there_all_the_same(database: Database) -> None:
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    years.letter(2021, date(2021, 1, 4), 100)
    assert years.promises(1, 6, date(2020, 2, 3)) == "recorded"
    assert years.promises(3, 100, date(2021, 1, 5)) == "recorded"
    assert years.pays(1, 2, date(2021, 1, 12), charged=post_of(2021)) == "recorded"
    assert years.stands(post_of(2020), date(2021, 1, 12)) == (50, 6, 0, 0)
    assert years.stands(post_of(2021), date(2021, 1, 12)) == (100, 102, 2, 0)
    years.repays(1, 1, date(2021, 1, 20))
    assert years.stands(post_of(2021), date(2021, 1, 20)) == (100, 101, 1, 0)
    years.holds(1, 2020, 6)
    assert years.claims(post_of(2021), date(2021, 1, 20)) == {1: (5, 1, 0)}
    assert years.stands(post_of(2021), date(2021, 1, 20)) == (100, 101, 1, 0)
    assert years.faults() == []


def test_no_commitment_rides_on_room_that_what_was_held_over_made(years: Years) -> None:
    """A batch of receipts and an approval in one go: each command is applied by itself."""
    assert years.promises(3, 100, date(2021, 2, 1)) == "recorded"
    assert years.pays(1, 3, date(2021, 2, 2)) == "recorded"  # beyond what is released: told, and a deviation
    assert years.stands(post_of(2021), date(2021, 2, 2)) == (100, 103, 3, 0)
    assert years.promises(4, 1, date(2021, 2, 3)) == "exhausted"
    years.letter(2021, MARCH, 3, carried=True)
    assert years.stands(post_of(2021), MARCH) == (103, 103, 3, 0)
    assert years.promises(4, 1, MARCH) == "exhausted"
    assert years.faults() == []


def test_a_line_that_goes_on_under_another_number_takes_its_claims_along(years: Years) -> None:
    years.letter(2021, date(2021, 1, 4), 7, post="2021/671/71")
    years.succeeds("2021/671/71", post_of(2020))
    years.letter(2021, MARCH, 3, carried=True, post="2021/671/71")
    assert years.claims("2021/671/71", NEW_YEAR) == {1: (3, 0, 0), 2: (20, 0, 0)}
    assert years.stands("2021/671/71", MARCH) == (10, 3, 0, 0)
    assert years.claims(post_of(2021), MARCH) == {1: (0, 0, 0), 2: (0, 0, 0)}
    assert years.faults() == []


def test_a_second_turn_takes_what_is_left_on_to_the_year_after(years: Years) -> None:
    years.letter(2021, MARCH, 5, carried=True)
    assert years.pays(1, 2, date(2021, 4, 1)) == "recorded"
    assert years.pays(2, 1, date(2022, 1, 20), charged=post_of(2022)) == "recorded"
    years.letter(2022, date(2022, 1, 5), 40)
    years.holds(1, 2021, 1)
    years.holds(2, 2021, 20)
    assert years.stands(post_of(2021), date(2022, 6, 1)) == (105, 5, 2, 0)
    assert years.claims(post_of(2022), date(2022, 6, 1)) == {1: (1, 0, 0), 2: (20, 1, 0)}
    assert years.stands(post_of(2022), date(2022, 6, 1)) == (40, 1, 1, 0)
    assert years.faults() == []


def test_a_supplement_that_nothing_covers_is_refused_and_keeps_no_place_in_the_order(years: Years) -> None:
    """It would have gone before case 2, whose promise is older than it, once money is released."""
    assert years.supplements(1, 5, date(2021, 2, 1)) == "exhausted"
    years.letter(2021, MARCH, 23, carried=True)
    assert years.supplements(1, 1, MARCH) == "exhausted"
    assert (years.line(1, 2021, MARCH), years.line(2, 2021, MARCH)) == ((3, 0, 0), (20, 0, 0))
    years.letter(2021, date(2021, 4, 1), 5, carried=True)
    assert years.supplements(1, 5, date(2021, 3, 31)) == "exhausted"
    assert years.supplements(1, 5, date(2021, 4, 1)) == "recorded"
    assert (years.line(1, 2021, date(2021, 4, 1)), years.line(2, 2021, date(2021, 4, 1))) == ((8, 0, 0), (20, 0, 0))
    assert years.supplements(2, 1, date(2021, 4, 1)) == "exhausted"
    assert years.faults() == []


def test_a_supplement_on_a_post_that_no_letter_has_opened_is_refused(database: Database) -> None:
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    assert years.promises(1, 6, date(2020, 2, 3), across_years=True) == "recorded"
    years.holds(1, 2020, 6, ground="commitment-authority")
    assert years.supplements(1, 1, date(2021, 1, 5)) == "exhausted"
    years.letter(2021, date(2021, 1, 4), 100)
    assert years.supplements(1, 1, date(2021, 1, 5)) == "recorded"
    assert years.faults() == []


def test_postgresql_itself_refuses_an_attestation_that_nothing_covers_any_more(years: Years) -> None:
    """The rule has looked, and then another order took the cover: the last word is where facts are recorded."""
    years.letter(2021, MARCH, 20, carried=True)
    assert years.attests(2, 17, MARCH) == "recorded"
    assert years.attests(2, 1, MARCH) == "exhausted"
    assert years.attests(1, 4, MARCH) == "exhausted"
    assert years.attests(1, 1, EVE) == "exhausted"
    years.ranks(2021, date(2021, 5, 3), 2)
    assert years.attests(1, 1, date(2021, 5, 3)) == "exhausted"
    assert years.attests(1, 1, MARCH) == "exhausted", "on every day since, too"
    assert years.attests(2, 3, date(2021, 5, 3)) == "recorded"
    assert years.faults() == []


def test_two_cases_attested_at_once_for_the_same_cover_are_not_both_recorded(years: Years) -> None:
    """Each rests on the log as it stood before the other; the order was set in between."""
    years.letter(2021, MARCH, 20, carried=True)
    years.ranks(2021, MARCH, 2)
    ready = Barrier(2)

    def attest(number: int, ore: int) -> str:
        ready.wait()
        return years.attests(number, ore, MARCH)

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attest, (1, 2), (3, 20)))
    assert outcomes == ["exhausted", "recorded"]
    assert years.faults() == []


def test_an_older_promise_turned_late_takes_cover_from_others_and_each_is_told(database: Database) -> None:
    """The order of claims is by promise, whenever its turn is recorded; cover that is lost by it is a deviation."""
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    assert years.promises(1, 6, date(2020, 2, 3)) == "recorded"
    assert years.promises(2, 20, date(2020, 3, 3)) == "recorded"
    years.letter(2021, date(2021, 1, 4), 100)
    years.holds(2, 2020, 20)
    years.letter(2021, MARCH, 18, carried=True)
    assert years.line(2, 2021, MARCH) == (18, 0, 0)
    assert deviations(years, END) == set()
    years.holds(1, 2020, 6)
    assert (years.line(1, 2021, MARCH), years.line(2, 2021, MARCH)) == ((6, 0, 0), (12, 0, 0))
    assert deviations(years, END) == {("cover-fallen", 2, 6)}
    assert years.attests(2, 13, MARCH) == "exhausted"
    years.letter(2021, date(2021, 6, 1), 8, carried=True)
    assert deviations(years, date(2021, 5, 31)) == {("cover-fallen", 2, 6)}
    assert deviations(years, END) == set(), "what covers it again cures it"
    assert years.faults() == []


def test_a_receipt_beyond_cover_takes_it_from_others_and_each_is_told(years: Years) -> None:
    years.letter(2021, MARCH, 10, carried=True)
    assert years.line(2, 2021, MARCH) == (7, 0, 0)
    assert years.promises(3, 5, date(2020, 6, 1)) == "recorded"
    assert years.pays(3, 5, date(2021, 4, 1), charged=post_of(2021)) == "recorded"
    assert years.line(2, 2021, date(2021, 4, 1)) == (2, 0, 0)
    assert deviations(years, END) == {("cover-fallen", 2, 5), ("paid-not-held-over", 3, 5)}


def test_an_order_that_a_controller_set_and_what_falls_away_are_no_deviations(years: Years) -> None:
    years.letter(2021, MARCH, 5, carried=True)
    years.ranks(2021, date(2021, 5, 3), 2)
    assert years.line(1, 2021, date(2021, 5, 3)) == (0, 0, 0)
    assert deviations(years, END) == set()
    years.reduces(2, 20, date(2021, 6, 1))
    assert years.line(1, 2021, date(2021, 6, 1)) == (3, 0, 0)
    assert deviations(years, END) == set()


def test_what_is_paid_before_any_letter_has_opened_the_post_is_told(database: Database) -> None:
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    assert years.promises(1, 6, date(2020, 2, 3)) == "recorded"
    years.holds(1, 2020, 6)
    assert years.pays(1, 4, date(2021, 1, 5), charged=post_of(2021)) == "recorded"
    assert deviations(years, END) == {("paid-before-any-letter", 1, 4)}
    years.letter(2021, date(2021, 1, 8), 100)
    assert deviations(years, END) == {("paid-beyond-carry-over", None, 4)}
    assert years.stands(post_of(2021), END) == (100, 4, 4, 0)


def test_claims_go_on_to_the_part_of_a_split_line_that_is_said_to_take_them(database: Database) -> None:
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    assert years.promises(1, 6, date(2020, 2, 3)) == "recorded"
    years.holds(1, 2020, 6)
    years.letter(2021, date(2021, 1, 4), 100, post="2021/292/71")
    years.splits("2021/292/71", post_of(2020))
    assert deviations(years, END) == {("claims-on-no-post", 1, 6)}, "no letter opens 2021/291/71"
    years.splits("2021/292/71", post_of(2020), claims_on="2021/292/71")
    assert years.claims("2021/292/71", END) == {1: (6, 0, 0)}
    assert deviations(years, END) == set()
    years.letter(2021, MARCH, 6, carried=True, post="2021/292/71")
    assert years.line(1, 2021, MARCH) == (6, 0, 0)
    years.splits("2021/293/71", post_of(2020), claims_on="2021/292/71")
    assert years.claims("2021/292/71", END) == {1: (6, 0, 0)}
    assert years.faults() == []


def test_what_an_earlier_release_let_be_promised_beyond_an_authority_shows_until_it_is_covered(
    database: Database,
) -> None:
    """Forty approvals at once passed a limit five times over, before it was held where they are recorded."""
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    years.gives_leave(2020, 0, 10, date(2020, 1, 1))
    assert years.promises(1, 6, date(2020, 4, 3), across_years=True) == "recorded"
    assert years.promises(2, 6, date(2020, 4, 3), across_years=True) == "exhausted"
    assert deviations(years, END, 2020) == set()
    with psycopg.connect(database.migrator_dsn) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        owner.execute("UPDATE grants.authority_use SET promised_ore = promised_ore + 44")
    assert deviations(years, END, 2020) == {("promised-beyond-authority", None, 40)}
    years.letter(2020, date(2020, 5, 1), 0)
    years.gives_leave(2020, 1, 30, date(2020, 5, 1))
    assert deviations(years, END, 2020) == {("promised-beyond-authority", None, 20)}
    years.gives_leave(2020, 1, None, date(2020, 5, 1))
    assert deviations(years, END, 2020) == set()


def test_leave_to_promise_beyond_the_year_falls_with_its_letter_and_what_leaned_on_it_shows(database: Database) -> None:
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    years.letter(2020, date(2020, 3, 1), 1)
    years.gives_leave(2020, 1, 10, date(2020, 3, 1))
    assert years.promises(1, 6, date(2020, 4, 3), across_years=True) == "recorded"
    assert deviations(years, END, 2020) == set()
    years.withdraws(2020, 1, date(2020, 3, 1))
    assert deviations(years, END, 2020) == {("authority-of-no-letter", None, 6)}
    assert years.faults() == []
    years.gives_leave(2020, 0, 5, date(2020, 1, 1))
    assert years.promises(2, 1, date(2020, 5, 3), across_years=True) == "exhausted"
    assert deviations(years, END, 2020) == {
        ("promised-beyond-authority", None, 1)
    }  # read lower, and taking nothing more
    assert years.faults() == []


def test_a_promise_held_over_past_the_last_year_of_its_authority_is_told_case_by_case(database: Database) -> None:
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    years.letter(2020, date(2020, 6, 1), 1)
    years.letter(2020, date(2020, 9, 1), 1)
    years.gives_leave(2020, 0, None, date(2020, 1, 1), until_year=2021)
    years.gives_leave(2020, 1, None, date(2020, 6, 1), until_year=2022)
    for number, on in ((1, date(2020, 5, 31)), (2, date(2020, 6, 1)), (3, date(2020, 7, 1))):
        assert years.promises(number, 6, on, across_years=True) == "recorded"
    assert years.promises(4, 6, date(2020, 7, 2)) == "recorded"
    for year in (2020, 2021, 2022):
        years.letter(year + 1, date(year + 1, 1, 1), 100)
        for number in (1, 2, 3):
            years.holds(number, year, 6, ground="commitment-authority")
        years.holds(4, year, 6)

    def of_authority(year: int, on: date) -> set[tuple[str, int | None, int]]:
        return {each for each in deviations(years, on, year) if "authority" in each[0]}

    assert of_authority(2021, END) == set()
    assert of_authority(2022, date(2022, 12, 31)) == set()  # the later letter reaches for the first one too
    past = "held-over-past-authority"
    assert of_authority(2023, date(2023, 1, 1)) == {(past, 1, 6), (past, 2, 6), (past, 3, 6)}
    years.reduces(1, 6, date(2023, 2, 1))
    years.reduces(2, 2, date(2023, 2, 1))
    assert years.pays(3, 6, date(2023, 2, 1)) == "recorded"
    assert of_authority(2023, date(2023, 12, 31)) == {(past, 2, 4), (past, 3, 6)}
    years.gives_leave(2020, 2, None, date(2020, 9, 1), until_year=2023)
    assert of_authority(2023, date(2023, 12, 31)) == set()


def test_a_letter_before_the_promise_that_reached_further_lends_it_nothing(database: Database) -> None:
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    years.letter(2020, date(2020, 6, 1), 1)
    years.gives_leave(2020, 0, None, date(2020, 1, 1), until_year=2025)
    years.gives_leave(2020, 1, None, date(2020, 6, 1), until_year=2021)
    assert years.promises(1, 6, date(2020, 5, 31), across_years=True) == "recorded"
    assert years.promises(2, 6, date(2020, 6, 1), across_years=True) == "recorded"
    for year in (2020, 2021):
        years.letter(year + 1, date(year + 1, 1, 1), 100)
        for number in (1, 2):
            years.holds(number, year, 6, ground="commitment-authority")
    assert deviations(years, date(2022, 6, 1), 2022) == {("held-over-past-authority", 2, 6)}


def test_a_line_that_no_letter_gave_anything_in_between_takes_its_claims_along(database: Database) -> None:
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 50)
    assert years.promises(1, 6, date(2020, 2, 3)) == "recorded"
    years.holds(1, 2020, 6)
    years.holds(1, 2021, 6)
    years.letter(2022, date(2022, 1, 1), 50, post="2022/671/71")
    years.letter(2022, date(2022, 3, 1), 6, carried=True, post="2022/671/71")
    assert deviations(years, date(2022, 3, 1), 2022) == {("claims-on-no-post", 1, 6)}
    years.succeeds("2022/671/71", post_of(2020))
    assert years.claims("2022/671/71", date(2022, 3, 1)) == {1: (6, 0, 0)}
    assert years.line(1, 2022, date(2022, 3, 1)) == (6, 0, 0)
    assert deviations(years, date(2022, 3, 1), 2022) == set()
    assert years.pays(1, 6, date(2022, 4, 1)) == "recorded"
    assert years.stands("2022/671/71", date(2022, 4, 1)) == (56, 6, 6, 0)
    assert years.faults() == []
