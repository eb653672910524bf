"""What the grants service answers: every room's routes on the process's log, and what they need beside it."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from services.eventlog.feeds.feed import Feed
from services.eventlog.feeds.head import Head
from services.grants.allocation.named_letter import NamedLetters
from services.grants.allocation.view import Letters
from services.grants.application.contacts.contact_rows import ContactRows
from services.grants.back_dating.beginning import Beginning
from services.grants.back_dating.guard import DayGuard
from services.grants.back_dating.routes import back_dating_router
from services.grants.balance.view import Balances
from services.grants.case.command_handler import CaseCommands
from services.grants.case.number_guard import Numbers
from services.grants.case_number.view import CaseNumbers
from services.grants.case_view.answer import show
from services.grants.disbursement.pay_out.sweep import PayOuts
from services.grants.grant_letter.letterhead import OURS, read_letterhead
from services.grants.grant_letter.press import LetterPress
from services.grants.grant_letter.store import LetterFiles
from services.grants.grant_letter.typesetting import Typesetters
from services.grants.recording.refusals import refused_by_the_database, without_room
from services.grants.scheme.view import Schemes
from services.grants.settings import Settings
from services.grants.staff.view import Staff
from services.grants.wiring import MESSAGES, routers
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.commands.command_routes import command_router
from services.httpapi.limits import Limits
from services.httpapi.problems.catalogue import WORDS
from services.httpapi.problems.routes import problem_router
from services.httpapi.route import Router
from services.kept_answers.routes import kept_answer_router
from services.lost_grounds.routes import lost_ground_router
from services.lost_grounds.view import Grounds
from services.process.process import Process
from services.sandbox import Sandbox

LETTER_BYTES = 1024 * 1024
ROUND_BYTES = 4 * 1024 * 1024  # a file of ten thousand per-capita lines
RECEIPT_BYTES = 1024 * 1024
LIMITS = Limits(
    larger_bodies={
        "/v1/letters": LETTER_BYTES,
        "/v1/letters/*": LETTER_BYTES,
        "/v1/payment-batches/*": RECEIPT_BYTES,
        "/v1/rounds/*": ROUND_BYTES,
    }
)


class Web:
    """The routes, and what is let go when the process is asked to end (`let_go`) and when it has answered (`close`)."""

    def __init__(
        self, process: Process, settings: Settings, *, today: Callable[[], date], acted_on: Callable[[], date]
    ) -> None:
        log, pool = process.log, process.pool
        self._head = Head(pool, schema=process.schema)
        self._typesetters = Typesetters(settings.typesetters, seconds=settings.typesetting_seconds)
        self.sandbox = Sandbox(settings.readers)
        beginning = Beginning(pool, settings.system_began_on)
        guard, numbers = DayGuard(log, acted_on, beginning), Numbers(settings.environment, today)
        letters, balances, case_numbers, staff = Letters(log), Balances(pool), CaseNumbers(pool), Staff(log, pool)
        desk = CommandHandler(log, without_room, refused_by_the_database, (guard, numbers, NamedLetters(letters)))
        letterhead = read_letterhead(settings.letterhead or OURS)
        self.routers: Sequence[Router] = [
            *routers(
                desk=desk,
                cases=CaseCommands(desk, case_numbers, show),
                balances=balances,
                letters=letters,
                press=LetterPress(
                    Schemes(log, pool), letterhead, self._typesetters, LetterFiles(pool), staff, case_numbers
                ),
                sandbox=self.sandbox,
                feed=Feed(pool, self._head, schema=process.schema, source="/grants", mappers=MESSAGES),
                pool=pool,
                contacts=ContactRows(pool),
                settings=settings,
                today=today,
                numbers=numbers,
                pay_outs=PayOuts(log, balances, today, warning_days=settings.pay_out_warning_days),
                staff=staff,
            ),
            command_router(log),
            lost_ground_router(desk, Grounds(pool, "grants", "notifications")),
            back_dating_router(desk, guard),
            kept_answer_router(desk, today),
            problem_router("services.grants", Path(__file__).with_name(WORDS)),
        ]

    def let_go(self) -> None:
        """Those who only wait are answered now."""
        self._head.let_go()

    async def close(self) -> None:
        """Nobody is answered any more."""
        await self._typesetters.close()
        await self.sandbox.close()
        await self._head.close()
