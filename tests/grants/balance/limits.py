"""What the tests of limits build, for other tests to use as well."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from dev.verifying.log import verify
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.balance.movements import effects
from services.grants.budget_year.events.allocation import CommitmentAuthorityRegistered
from services.grants.case.events.award import AwardApproved, AwardProposed, Instalment, PerCapita, Recipient
from services.grants.case.events.award_change import AwardReduced, Ground, Reduction, SupplementaryAwardApproved
from services.grants.case.events.round import RoundLine, RoundLinesProposed
from tests.conftest import Database
from tests.grants.round.rounds import NAMED, SETTLING

DAY = date(2020, 3, 2)
SO_FAR = Path("migrations/grants/sql/limits_so_far.sql")


def before_this_release(pairs: Sequence[tuple[str, Event]]) -> dict[str, Any] | None:
    """What an earlier release did: funds, movements and marks alone."""
    found = effects(pairs) or {}
    return {name: found[name] for name in ("funds", "movements", "marks", "alone") if name in found} or None


class Year:
    """Facts of a year, recorded as this release does or as an earlier one did."""

    def __init__(self, database: Database, *, earlier: bool) -> None:
        self.versions: dict[str, int] = {"allocation-2020": 1}
        kept = before_this_release if earlier else effects
        self.log = Log(database.service_dsn, None, schema="grants", effects=kept)  # type: ignore[arg-type]

    def tells(self, *writes: tuple[str, Sequence[Event]]) -> str:
        """What becomes of one command."""
        planned = [Write(stream, self.versions.get(stream, 0), tuple(events)) for stream, events in writes]
        outcome = self.log.append_now(Command(actor="kari"), *planned)
        if outcome.outcome == "recorded":
            self.versions |= {stream: self.versions.get(stream, 0) + len(events) for stream, events in writes}
        return outcome.outcome

    def allows(self, limit_ore: int | None, *, letter: int = 0, on: date = date(2020, 1, 1)) -> str:
        given = CommitmentAuthorityRegistered(
            fund_id=NAMED, until_year=2021, limit_ore=limit_ore, letter_number=letter, cite="5.1", effective_on=on,
            registered_by="siri", reason=None,
        )  # fmt: skip
        return self.tells(("allocation-2020", [given]))

    def promises(self, number: int, ore: int, *, across: bool = True, on: date = DAY) -> str:
        return self.tells((case(number), [proposal(NAMED, ore), approval(NAMED, ore, across=across, on=on)]))

    def brings(self, number: int, period: str, municipality: str = "0301", rule: str = "år 1") -> str:
        basis = PerCapita(count=1, rate_ore=100, rule=rule)
        who = Recipient(name="Oslo", organisation_number="958935420", municipality_number=municipality)
        proposed = replace(proposal(SETTLING, 100), basis=basis, recipient=who, scheme_id="s", round_id=UUID(int=1))
        line = RoundLine(case_id=UUID(int=number), fund_id=SETTLING, amount_ore=100, recipient=who, period=period)
        told = RoundLinesProposed(lines=(line,), file=None, proposed_by="kari")
        return self.tells((f"round-{UUID(int=number)}", [told]), (case(number), [proposed]))

    def approves(self, number: int) -> str:
        return self.tells((case(number), [approval(SETTLING, 100)]))

    def falls_away(self, number: int) -> str:
        ground = Ground(code="condition-not-met", text="Feil.")
        fallen = AwardReduced(
            reductions=(Reduction(instalment=1, amount_ore=100),), ground=ground, reduced_on=DAY, approved_by="ola"
        )
        return self.tells((case(number), [fallen]))

    def promises_anew(self, number: int) -> str:
        ground = Ground(code="reversal-to-benefit", text="Likevel.")
        anew = SupplementaryAwardApproved(
            amount_ore=100, added=(Instalment(number=2, amount_ore=100),), ground=ground, approved_on=DAY,
            approved_by="ola", disposal_authority="Instruks 4.2",
        )  # fmt: skip
        return self.tells((case(number), [anew]))


def case(number: int) -> str:
    return f"case-{UUID(int=number)}"


def proposal(fund_id: str, ore: int) -> AwardProposed:
    return AwardProposed(
        fund_id=fund_id, recipient=Recipient(name="Født Fri"), amount_ore=ore, purpose="Formål", terms=("Vilkår",),
        instalments=(Instalment(number=1, amount_ore=ore),), basis=PerCapita(count=1, rate_ore=ore, rule="år 1"),
        proposed_by="kari",
    )  # fmt: skip


def approval(fund_id: str, ore: int, *, across: bool = False, on: date = DAY) -> AwardApproved:
    return AwardApproved(
        fund_id=fund_id, amount_ore=ore, approved_on=on, approved_by="ola", disposal_authority="Instruks 4.2",
        across_years=across, letter_owed=False,
    )  # fmt: skip


def faults_of(database: Database) -> list[str]:
    return [fault.detail for fault in verify(database.admin_dsn, None, None)[1]]
