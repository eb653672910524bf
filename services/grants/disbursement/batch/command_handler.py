"""Asking accounting, and taking its answers: a batch's stream and every case in it, each time in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from psycopg_pool import AsyncConnectionPool
from starlette.responses import Response

from services.eventlog.after import After
from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.eventlog.log import History
from services.grants.allocation.later_years import LaterYears
from services.grants.case.command_handler import case_of
from services.grants.case.command_handler import stream_of as case_stream
from services.grants.disbursement.batch.account_rows import AccountRows
from services.grants.disbursement.batch.hand_over import stream_of
from services.grants.disbursement.batch.payment_file import PaymentFile, write_file
from services.grants.disbursement.batch.receipts import Receipt, take_receipts
from services.grants.disbursement.batch.responses import show_batch, show_left_out
from services.grants.disbursement.batch.rules import (
    Batch,
    LeftOut,
    NothingToRequest,
    Request,
    choose,
    evolve_batch,
    make_batch,
)
from services.grants.disbursement.lost.rules import STREAM as LOST
from services.grants.disbursement.lost.rules import LostBatches, evolve_lost
from services.grants.disbursement.payment_lists import Attested, catch_up, list_attested
from services.grants.disbursement.view import fold
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.answer import Answer
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.guards import Decided
from services.httpapi.commands.idempotency import IdempotencyKey
from services.httpapi.problem import NotFound

_BATCHES = UUID("0f0a4d1e-52c5-4b6f-8f0a-3c7f6f0f2b90")
"""Names batches by who asked and under which key, so that the same request is the same batch however often it comes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What goes into a batch, as its file, and what is left out of it."""

    file: PaymentFile
    left_out: Sequence[LeftOut]


@dataclass(frozen=True, slots=True)
class Requesting:
    """Where batches are made and answered. `ledger_accounts` is that of `write_file`."""

    desk: CommandHandler
    pool: AsyncConnectionPool
    rows: AccountRows
    later_years: LaterYears
    ledger_accounts: Mapping[str, str]

    async def make(self, *, made_on: date, caller: Caller, key: IdempotencyKey) -> Response:
        """One batch of everything attested up to that day, which a worker hands over once it is recorded. Refuses
        `NothingToRequest`, `PaymentsBehind`.

        The lists find the cases, once they hold all that the log holds when it is asked; what goes in is decided on the
        cases' own streams. The file is stored before the batch that names it is recorded.
        """
        batch_id = uuid5(_BATCHES, f"{caller.subject}\n{key.key}")
        await catch_up(self.pool)
        attested = await list_attested(self.pool, up_to=made_on)
        accounts = await self.rows.find_all({each.account_id for each in attested})
        open_years, posts = await self._later_years(attested)
        last: Choice | None = None  # what was decided last is what is kept and told of

        def decide(histories: Mapping[str, History]) -> Mapping[str, Sequence[Event]]:
            beside = (on_batch, LOST)
            cases = {case_of(stream): fold(histories[stream].events) for stream in histories if stream not in beside}
            in_doubt = fold_once(evolve_lost, histories[LOST].events, LostBatches).cases_in_doubt
            requests, left_out = choose(
                cases, accounts, up_to=made_on, open_years=open_years, posts=posts, in_doubt=in_doubt
            )
            if not requests:
                raise NothingToRequest(
                    "Nothing attested up to that day can be asked for.", left_out=show_left_out(left_out)
                )
            made, asked, file = self._batch_of(requests, batch_id, made_on, caller)
            nonlocal last
            last = Choice(file, left_out)
            return {on_batch: [made], **{case_stream(case_id): events for case_id, events in asked.items()}}

        async def keep_file(_: Mapping[str, History], __: Decided) -> None:
            assert last is not None, "a decision comes before what is asked of it"
            await self.rows.keep_file(batch_id, last.file)

        def answer(after: Mapping[str, After]) -> Answer:
            assert last is not None, "a decision comes before its answer"
            stands = show_batch(fold_once(evolve_batch, after[on_batch].events, Batch))
            return Answer(body=stands | {"left_out": show_left_out(last.left_out)}, status=201, location=location)

        on_batch = stream_of(batch_id)
        streams = [on_batch, LOST, *sorted({case_stream(each.case_id) for each in attested})]
        location = f"/v1/payment-batches/{batch_id}"
        return await self.desk.carry_out_all(
            streams,
            caller=caller,
            key=key,
            decide=decide,
            answer=answer,
            expected={on_batch: 0},
            admit=keep_file,
        )

    async def _later_years(
        self, attested: Sequence[Attested]
    ) -> tuple[Mapping[UUID, Mapping[int, int]], Mapping[UUID, Mapping[int, str]]]:
        """What of each case is covered in the later years it would be paid in, and the posts that it would be spent of.
        Of two days in one year the least is covered on both."""
        covered: dict[UUID, dict[int, int]] = {each.case_id: {} for each in attested}
        posts: dict[UUID, dict[int, str]] = {each.case_id: {} for each in attested}
        for each in attested:
            if each.pay_on.year == int(each.fund_id[:4]):
                continue
            post_id = await self.later_years.post_in(each.fund_id, each.pay_on.year)
            posts[each.case_id][each.pay_on.year] = post_id
            for year, ore in (await self.later_years.covered(case_stream(each.case_id), each.pay_on)).items():
                covered[each.case_id][year] = min(ore, covered[each.case_id].get(year, ore))
        return covered, posts

    def _batch_of(
        self, requests: list[Request], batch_id: UUID, made_on: date, caller: Caller
    ) -> tuple[Event, Mapping[UUID, Sequence[Event]], PaymentFile]:
        file = write_file(
            requests,
            batch_id=batch_id,
            made_on=made_on,
            made_by=caller.subject,
            ledger_accounts=self.ledger_accounts,
        )
        made, asked = make_batch(
            requests,
            batch_id=batch_id,
            file_name=file.name,
            sha256=file.sha256,
            made_on=made_on,
            made_by=caller.subject,
        )
        return made, asked, file

    async def take(
        self, batch_id: UUID, receipts: Sequence[Receipt], *, caller: Caller, key: IdempotencyKey
    ) -> Response:
        """Accounting's answers, on the batch and on each case, all or none. Refuses `ReceiptsUnusable`."""
        on_batch = stream_of(batch_id)
        batch = await self.batch(batch_id)
        lines = (batch.find_line(receipt.payment_id) for receipt in receipts)
        streams = sorted({case_stream(line.case_id) for line in lines if line})
        years = {receipt.answered_on.year for receipt in receipts}
        known = await self.later_years.lines_of(streams, years)

        def decide(histories: Mapping[str, History]) -> Mapping[str, Sequence[Event]]:
            now = fold_once(evolve_batch, histories[on_batch].events, Batch)
            cases = {case_of(stream): fold(histories[stream].events) for stream in histories if stream != on_batch}
            posts = {
                case_id: {year: known.post_in(case.commitment.approval().fund_id, year) for year in years}
                for case_id, case in cases.items()
            }
            taken = take_receipts(now, cases, receipts=receipts, recorded_by=caller.subject, posts=posts)
            return {on_batch: taken.batch} | {case_stream(case_id): events for case_id, events in taken.cases.items()}

        return await self.desk.carry_out_all(
            [on_batch, *streams],
            caller=caller,
            key=key,
            decide=decide,
            answer=lambda after: Answer(body=show_batch(fold_once(evolve_batch, after[on_batch].events, Batch))),
        )

    async def batch(self, batch_id: UUID) -> Batch:
        """The batch as it stands, or NotFound."""
        history = await self.desk.log.load(stream_of(batch_id))
        if not history.version:
            raise NotFound(f"There is no batch {batch_id}.")
        return fold_once(evolve_batch, history.events, Batch)
