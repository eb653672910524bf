"""One line of money over some years, on a real log: letters, promises, what is held over, paid, withheld and
reduced."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg_pool import AsyncConnectionPool

from dev.verifying.log import verify
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.balance.movements import effects
from services.grants.budget_year.carried_on_lines import carried_on_lines
from services.grants.budget_year.events.allocation import (
    CommitmentAuthorityRegistered,
    FundOpened,
    Ground,
    LetterRegistered,
    LetterWithdrawn,
    Posting,
    PostSucceeded,
    PostSucceededAmongSeveral,
    Statement,
)
from services.grants.budget_year.events.held_over import ClaimsRanked
from services.grants.budget_year.letter import Change, Dated, Letter
from services.grants.budget_year.printed_figure import Figure
from services.grants.case.events.award import AwardApproved, Instalment
from services.grants.case.events.award_change import AwardReduced, Reduction, SupplementaryAwardApproved
from services.grants.case.events.award_change import Ground as ChangeGround
from services.grants.case.events.disbursement import (
    InstalmentPaid,
    InstalmentPaidLater,
    PaymentAttested,
    PaymentRequested,
)
from services.grants.case.events.withholding import Reason, RepaymentReceived, WithholdingDecided, WithholdingReleased
from services.grants.case.events.year_end import CommitmentCarriedOver, HeldOverGround
from tests.conftest import Database

OTHER = ChangeGround(code="other", text="Annet")
REASONS = (Reason(code="other", text="Regnskapet mangler."),)


def post_of(year: int) -> str:
    return f"{year}/291/71"


class Years:
    """Facts of several years as this release records them. Øre."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.reader = psycopg.connect(database.admin_dsn, autocommit=True)
        self.versions: dict[str, int] = {}
        self.letters: dict[int, int] = {}
        self.opened: set[str] = set()
        self._read: dict[tuple[object, ...], Any] = {}  # until something is told
        pool = AsyncConnectionPool(database.service_dsn, open=False)
        self.log = Log(database.service_dsn, pool, schema="grants", effects=effects)

    def tells(self, *writes: tuple[str, Sequence[Event]]) -> str:
        """What becomes of one command."""
        self._read.clear()
        planned = [Write(stream, self.versions.get(stream, 0), tuple(events)) for stream, events in writes]
        outcome = self.log.append_now(Command(actor="kari"), *planned)
        if outcome.outcome == "recorded":
            for stream, events in writes:
                self.versions[stream] = self.versions.get(stream, 0) + len(events)
        return outcome.outcome

    def says(self, stream: str, *events: Event) -> None:
        assert self.tells((stream, events)) == "recorded"

    # Letters

    def letter(
        self, year: int, on: date, amount_ore: int, *, carried: bool = False, free_ore: int = 0, post: str = ""
    ) -> None:
        """A letter of the year: the first opens the post, or an earmark of it; later ones change it or release what was
        carried over."""
        number = self.letters.get(year, 0)
        post = post or post_of(year)
        opens, below = post not in self.opened, post.count("/") > 2
        self.opened.add(post)
        ground: Ground = "carry-over" if carried else "allocated" if opens else "change"
        posting = Posting(
            fund_id=post, effective_on=on, at_disposal_ore=amount_ore,
            of_which_carried_over_ore=amount_ore if carried else 0, ground=ground, letter_number=number, cite="5",
        )  # fmt: skip
        kind: Literal["post", "earmark"] = "earmark" if below else "post"
        fund = FundOpened(fund_id=post, kind=kind, name="Tilskudd", year=year, chapter=int(post[5:8]), post="71")
        free = Statement(fund_id=post, effective_on=on, name="carried_over_free", amount=free_ore)
        on_line = [
            Statement(fund_id=fund_id, effective_on=on, name="carried_over_on_line", amount=ore)
            for fund_id, ore in carried_on_lines([carry_over(post, amount_ore)] if carried else []).items()
        ]
        self.says(
            f"allocation-{year}",
            LetterRegistered(
                letter=Letter(
                    year=year, number=number, title="Brev", reference=None,
                    dated=Dated(on=on, ground="printed", reason=None),
                ),
                source_sha256="0" * 64, registered_by="siri", funds=(fund,) if opens else (), postings=(posting,),
                statements=(*([free] if free_ore else []), *on_line),
            ),
        )  # fmt: skip
        self.letters[year] = number + 1

    def releases(self, on: date, post_id: str = "", **amounts: int) -> None:
        """One letter that releases money on a post and on earmarks of it (by name; `post` is the post)."""
        post, number = post_id or post_of(on.year), self.letters[on.year]
        changes = [carry_over(post if name == "post" else f"{post}/{name}", ore) for name, ore in amounts.items()]
        self.says(
            f"allocation-{on.year}",
            LetterRegistered(
                letter=Letter(
                    year=on.year, number=number, title="Brev", reference=None,
                    dated=Dated(on=on, ground="printed", reason=None), changes=tuple(changes),
                ),
                source_sha256="0" * 64, registered_by="siri", funds=(),
                postings=tuple(
                    Posting(
                        fund_id=each.fund_id, effective_on=on, at_disposal_ore=each.amount_ore,
                        of_which_carried_over_ore=each.amount_ore, ground="carry-over", letter_number=number, cite="5",
                    )
                    for each in changes
                ),
                statements=tuple(
                    Statement(fund_id=fund_id, effective_on=on, name="carried_over_on_line", amount=ore)
                    for fund_id, ore in carried_on_lines(changes).items()
                ),
            ),
        )  # fmt: skip
        self.letters[on.year] = number + 1

    def ranks(self, year: int, on: date, *numbers: int, post: str = "") -> None:
        cases = tuple(UUID(int=number) for number in numbers)
        ranked = ClaimsRanked(
            fund_id=post or post_of(year), case_ids=cases, reason="Brevet nevner dem.", ranked_on=on, ranked_by="anne"
        )
        self.says(f"allocation-{year}", ranked)

    def splits(self, post: str, predecessor: str, *, claims_on: str | None = None) -> None:
        part = PostSucceededAmongSeveral(
            fund_id=post,
            predecessor_id=predecessor,
            how="split",
            reason="Delt",
            recorded_by="anne",
            claims_on=claims_on,
        )
        self.says(f"allocation-{post[:4]}", part)

    def withdraws(self, year: int, number: int, on: date) -> None:
        gone = LetterWithdrawn(
            letter_number=number, effective_on=on, reason="Til UDI", withdrawn_by="siri", postings=(), statements=()
        )
        self.says(f"allocation-{year}", gone)

    def gives_leave(
        self, year: int, number: int, limit_ore: int | None, on: date, *, until_year: int | None = None
    ) -> None:
        given = CommitmentAuthorityRegistered(
            fund_id=post_of(year), until_year=until_year or year + 1, limit_ore=limit_ore, letter_number=number,
            cite="5", effective_on=on, registered_by="siri",
        )  # fmt: skip
        self.says(f"allocation-{year}", given)

    def succeeds(self, post: str, predecessor: str) -> None:
        succeeded = PostSucceeded(fund_id=post, predecessor_id=predecessor, reason="Nytt kapittel", recorded_by="anne")
        self.says(f"allocation-{post[:4]}", succeeded)

    # Cases

    def approved(self, fund: str, amount_ore: int, on: date, *, across_years: bool = False) -> AwardApproved:
        return AwardApproved(
            fund_id=fund, amount_ore=amount_ore, approved_on=on, approved_by="ola", disposal_authority="Delegert",
            across_years=across_years,
        )  # fmt: skip

    def promises(self, number: int, amount_ore: int, on: date, *, across_years: bool = False, fund: str = "") -> str:
        award = self.approved(fund or post_of(on.year), amount_ore, on, across_years=across_years)
        return self.tells((stream(number), [award]))

    def supplements(self, number: int, amount_ore: int, on: date) -> str:
        added = (Instalment(number=9, amount_ore=amount_ore),)
        more = SupplementaryAwardApproved(
            amount_ore=amount_ore, added=added, ground=OTHER, approved_on=on, approved_by="liv",
            disposal_authority="Delegert", across_years=True,
        )  # fmt: skip
        return self.tells((stream(number), [more]))

    def pays(self, number: int, amount_ore: int, on: date, *, charged: str | None = None) -> str:
        return self.tells((stream(number), [self.paid(amount_ore, on, charged=charged)]))

    def attests(self, number: int, amount_ore: int, pay_on: date) -> str:
        """What becomes of an attestation that the rule has let pass."""
        attested = PaymentAttested(
            payment_id=UUID(int=len(self.versions) * 1_000 + self.versions.get(stream(number), 0)), instalment=1,
            amount_ore=amount_ore, account_id=UUID(int=9), pay_on=pay_on, attested_on=pay_on, attested_by="per",
        )  # fmt: skip
        return self.tells((stream(number), [attested]))

    def requests(self, number: int, payment: PaymentAttested, on: date) -> str:
        asked = PaymentRequested(
            payment_id=payment.payment_id, batch_id=UUID(int=8), requested_on=on, requested_by="anne"
        )
        return self.tells((stream(number), [asked]))

    def paid(self, amount_ore: int, on: date, *, charged: str | None = None) -> InstalmentPaid:
        told: dict[str, Any] = {
            "instalment": 1, "amount_ore": amount_ore, "paid_on": on, "reference": f"B-{on}-{amount_ore}",
            "attested_by": "per",
        }  # fmt: skip
        return InstalmentPaidLater(**told, charged_post_id=charged) if charged else InstalmentPaid(**told)

    def withholds(self, number: int, amount_ore: int, on: date) -> None:
        held = WithholdingDecided(
            number=1, instalment=1, amount_ore=amount_ore, reasons=REASONS, prepared_reasons=REASONS,
            reasons_changed=False, exemption=None, decided_on=on, decided_by="ola",
        )  # fmt: skip
        self.says(stream(number), held)

    def frees(self, number: int, amount_ore: int, on: date) -> None:
        freed = WithholdingReleased(
            number=1, instalment=1, amount_ore=amount_ore, reason="Levert", released_on=on, released_by="ola"
        )
        self.says(stream(number), freed)

    def reduces(self, number: int, amount_ore: int, on: date) -> None:
        fallen = (Reduction(instalment=1, amount_ore=amount_ore),)
        self.says(stream(number), AwardReduced(reductions=fallen, ground=OTHER, reduced_on=on, approved_by="liv"))

    def repays(self, number: int, amount_ore: int, on: date, *, credited: bool = True) -> None:
        back = RepaymentReceived(
            reclaim=None, instalment=1, amount_ore=amount_ore, credited=credited, voucher=f"T-{on}", received_on=on,
            recorded_by="kari",
        )  # fmt: skip
        self.says(stream(number), back)

    def holds(
        self, number: int, year: int, held_ore: int, *, ground: HeldOverGround = "transferable", post: str = ""
    ) -> None:
        self.says(
            stream(number),
            CommitmentCarriedOver(
                year=year, held_ore=held_ore, ground=ground, held_on=date(year, 12, 31),
                into_post_id=post or post_of(year + 1), recorded_by="anne",
            ),
        )  # fmt: skip

    # What stands

    def stands(self, fund: str, on: date, known: int = 2**63 - 1) -> tuple[int, int, int, int]:
        """At disposal, committed, disbursed, withheld on a day."""
        stood = self._one("SELECT grants.balance_at(%s, %s, %s)", fund, on, known)
        return stood[0], stood[3], stood[4], stood[5]

    def line(self, number: int, year: int, on: date) -> tuple[int, int, int]:
        """Committed (covered), disbursed, withheld of a held-over case on its line of a later year."""
        return self.stands(f"{stream(number)}/{year}", on)[1:]

    def set_aside(self, fund: str, on: date) -> int:
        """What of an earmark covers what is held over of it."""
        return int(self._one("SELECT grants.set_aside_at(%s, %s, 9223372036854775807)", fund, on))

    def paid_beyond(self, post: str, on: date) -> int:
        """What is paid of claims beyond what is released of their own lines and those above."""
        return int(self._one("SELECT grants.paid_beyond(%s, %s, 9223372036854775807)", post, on))

    def _one(self, query: str, *asked: object) -> Any:
        [[value]] = self._rows(query, *asked)
        return value

    def _rows(self, query: str, *asked: object) -> list[Any]:
        if (query, *asked) not in self._read:
            self._read[query, *asked] = self.reader.execute(query, asked).fetchall()
        found: list[Any] = self._read[query, *asked]
        return found

    def claims(self, post: str, on: date) -> dict[int, tuple[int, int, int]]:
        """Claimed, paid, withheld of each case held over to a post."""
        query = """SELECT stream, sum(claimed_ore)::bigint AS c, sum(paid_ore)::bigint AS p,
                   sum(withheld_ore)::bigint AS w
            FROM grants.held_over_entry WHERE post_id = %s AND effective_on <= %s GROUP BY stream"""
        rows = self._rows(query, post, on)
        return {UUID(name.removeprefix("case-")).int: (claimed, paid, held) for name, claimed, paid, held in rows}

    def faults(self) -> list[str]:
        return [fault.detail for fault in verify(self.database.admin_dsn, None, None, every_day=True)[1]]


def carry_over(fund_id: str, amount_ore: int, *, free: bool = False) -> Change:
    """The line of a letter that releases this much on a fund."""
    return Change(
        fund_id=fund_id, amount_ore=amount_ore, ground="carry-over", moves="at_disposal", counterpart_id=None,
        figure=Figure(printed=str(amount_ore), amount_ore=amount_ore, unit_ore=1, cite="5"), outside_table=False,
        assignment=None, why="Overført", free=free, cite="5",
    )  # fmt: skip


def stream(number: int) -> str:
    return f"case-{UUID(int=number)}"
