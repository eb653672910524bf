"""Every pair of clashing acts in the table of duties is walked over HTTP, or told here why it cannot come about."""

from services.duties.table import ACTS
from tests.house.tree import list_modules
from tests.journeys.duties import on_cases, on_notices
from tests.journeys.duties.walking import Pair

WALKED_ELSEWHERE: dict[Pair, str] = {
    ("write off permit", "propose write-off"): "tests/grants/grant_letter/test_permit_routes.py",
    ("confirm back-dating bound", "propose back-dating bound"): "tests/grants/back_dating/test_over_http.py",
    ("confirm answers' term", "propose answers' term"): "tests/kept_answers/test_over_http.py",
    ("confirm a clock's correction", "ask for a clock's correction"): "tests/eventlog/test_clocks.py",
    (
        "confirm to go on without lost facts",
        "propose to go on without lost facts",
    ): "tests/faults/test_log_restored.py",
    ("settle a lost payment", "record earlier payment"): "tests/grants/disbursement/test_lost_payments_over_http.py",
    ("confirm to go on with a feed", "propose to go on with a feed"): "tests/faults/test_feed_resumed.py",
}
"""Where the service's clock must be moved, or the thing is neither a case nor a notice; the last three are asked of no
address: one of PostgreSQL by its owner, the others on the command line, while nothing is heard or recorded."""


def test_every_pair_of_the_table_is_walked() -> None:
    pairs = {(act.name, first) for act in ACTS.values() for first in act.not_by}
    walked = on_cases.WALKED | on_notices.WALKED
    assert not walked & (on_notices.CANNOT_COME_ABOUT | WALKED_ELSEWHERE.keys())
    assert walked | on_notices.CANNOT_COME_ABOUT | WALKED_ELSEWHERE.keys() == pairs
    assert len(walked) > 90
    tests = {name: text for name, text, _ in list_modules("tests")}
    assert [where for where in WALKED_ELSEWHERE.values() if "same-person-twice" not in tests[where]] == []
