"""Every pair of clashing acts in a case, on an application and on a scheme, over HTTP: one person with every role does
the first, what was proposed goes back and forth unchanged, and the second is never theirs, by any spelling of theirs.
"""

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.faults.service import open_funds
from tests.grants.application.desk import SCHEMES, record
from tests.journeys.duties.on_cases import LETTERED, STORIES, Story, Walk
from tests.journeys.duties.walking import ISSUERS, ME
from tests.journeys.office import work

ISSUER_OF = dict(zip(ME, ("our issuer", "another issuer"), strict=True))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With `--long` each story is one of either issuer's; without, of the one and of the other by turns."""
    if "story" in metafunc.fixturenames:
        long = metafunc.config.getoption("--long")
        plays = [(story, me) for nth, story in enumerate(STORIES) for me in (ME if long else (ME[nth % len(ME)],))]
        ids = [f"{story.__name__}-{ISSUER_OF[me]}" for story, me in plays]
        metafunc.parametrize(("story", "me"), plays, ids=ids)


@pytest.mark.usefixtures("long")
def test_no_two_duties_that_clash_are_one_persons(
    story: Story, me: tuple[str, str], database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=10_000, fodt_fri=5_000, jobbsjansen=5_000)
    for scheme_id, facts in (SCHEMES | {LETTERED.scheme_id: (LETTERED,)}).items():
        record(database, f"scheme-{scheme_id}", *facts)

    async def told(walk: Walk) -> None:
        walk.me, walk.again = me
        await story(walk)

    work(database, tmp_path, told, kind=Walk, issuers=ISSUERS)
