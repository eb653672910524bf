"""A command reads each stream once and folds it once, whatever its route, its rule, its doors and its answer ask.

Told by counting: every fact that is read from the log, every fact that a state is folded over, and every fact that
moves money on an instalment, each in the command it is read in. Both services, over HTTP.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from services.eventlog.mapper import recorded
from services.eventlog.reading import forget_reading, read_so_far
from services.grants.case.moves import moves_of
from tests.conftest import Database
from tests.faults.service import open_funds
from tests.grants.disbursement.payments_over_http import ATTESTED, Paying
from tests.journeys.office import APPROVED, FUND, KARI, LIV, MISUSED, OLA, PER, work
from tests.notifications.office import INGRID, MINISTRY, at_the_office
from tests.notifications.office import Office as Ministry
from tests.notifications.world import held, id_of, letter


class Counted:
    """How often each thing was done in one command. What is read after an append is another reading, and what no
    command does is not counted."""

    def __init__(self) -> None:
        self.times: Counter[tuple[object, ...]] = Counter()
        self._kept: list[object] = []  # what is let go of could be taken for another at its place
        self._appends = 0

    def note(self, what: str, *of: object) -> None:
        read = read_so_far()
        if read is not None:
            self._kept += (read, *of)
            self.times[(what, id(read), self._appends, *map(_known_by, of))] += 1

    def appended(self) -> None:
        self._appends += 1
        forget_reading()

    def most(self, what: str) -> int:
        """How often it was done to one thing in one command, at most; 0 where it never was."""
        return max((times for (did, *_), times in self.times.items() if did == what), default=0)


def _known_by(thing: object) -> object:
    return thing if isinstance(thing, str | int) else id(thing)


@contextmanager
def counting() -> Iterator[Counted]:
    counted = Counted()

    def reads(row: tuple[Any, ...]) -> Any:
        counted.note("read", row[1], row[2])
        return recorded(row)

    def folds(evolve: Any, facts: Any, initial: Any) -> Any:
        for fact in facts:
            counted.note("folded", evolve, fact)
        return reduce(evolve, facts, initial)

    def moves(event: Any) -> Any:
        counted.note("moved", event)
        return moves_of(event)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("services.eventlog.log.recorded", reads)
        patched.setattr("services.eventlog.log.forget_reading", counted.appended)
        patched.setattr("services.eventlog.folding.reduce", folds)
        patched.setattr("services.grants.case.commitment.moves_of", moves)
        yield counted


def test_whatever_is_done_in_a_case_reads_it_once_and_folds_it_once(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Paying) -> None:
        await office.proposes(400)
        await office.does(KARI, "POST", "award/returns", reason="Formålet mangler.")
        await office.does(KARI, "PUT", "award", **office.plan((400,), FUND))
        await office.does(OLA, "PUT", "award/approval", **APPROVED)
        await office.grants(300, 300)
        await office.keeps_account()
        await office.does(PER, "POST", "instalments/1/attestations", **ATTESTED)
        held = {"instalment": 2, "amount_ore": 300, "reasons": MISUSED, "decided_on": "2020-11-02"}
        told = {"warned_on": "2020-08-11", "reply_by": "2020-09-01", "amount_ore": 300, "reasons": MISUSED}
        await office.does(KARI, "PUT", "instalments/2/warning", **told)
        shown = await office.does(LIV, "POST", "withholdings", **held)
        assert (shown["committed_ore"], shown["requested_ore"], shown["withheld_ore"]) == (600, 300, 300)
        assert (await office.makes_batch()).status_code == 201

    with counting() as counted:
        work(database, tmp_path, story, kind=Paying)
    assert (counted.most("read"), counted.most("folded"), counted.most("moved")) == (1, 1, 1)


def test_whatever_is_done_with_a_letter_and_its_notice_reads_each_once_and_folds_it_once(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Ministry) -> None:
        office.world.record(letter("a"), replace(held("a"), round_id=id_of("round")))
        notice = await office.notifies("round", str(id_of("round")))
        await office.does(MINISTRY, "POST", f"{notice}/objections", {"text": "Vent."})
        address = f"/v1/awards/{id_of('a')}"
        assert (await office.refused(INGRID, "PUT", f"{address}/release", {}))["code"] == "notice-objected"
        await office.does(MINISTRY, "PUT", f"{notice}/objections/1/lifting", {"reason": "Avklart."})
        await office.does(MINISTRY, "PUT", f"{notice}/acknowledgement")
        office.move(days=15)
        assert (await office.does(INGRID, "PUT", f"{address}/release", {}))["state"] == "released"

    with counting() as counted:
        at_the_office(database, tmp_path, story)
    assert (counted.most("read"), counted.most("folded")) == (1, 1)
