"""The rooms of this service: their addresses, and what each tells other services."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from psycopg_pool import AsyncConnectionPool

from services.eventlog.feeds.feed import Feed, Mapper
from services.eventlog.projections.projection import Projection
from services.grants.allocation import messages as allocation_messages
from services.grants.allocation.authority.commitment_authority_routes import commitment_authorities_router
from services.grants.allocation.authority.routes import authorities_router
from services.grants.allocation.command_handler import YearCommands
from services.grants.allocation.correction.routes import corrections_router
from services.grants.allocation.deviation.routes import deviations_router
from services.grants.allocation.deviation.view import Surroundings
from services.grants.allocation.deviation.year import YearDeviations
from services.grants.allocation.duty_routes import duties_router
from services.grants.allocation.later_years import LaterYears
from services.grants.allocation.routes import letters_router
from services.grants.allocation.succession.routes import successions_router
from services.grants.allocation.view import Letters
from services.grants.application import messages as application_messages
from services.grants.application.answer_routes import answer_router
from services.grants.application.contacts.contact_routes import contact_router
from services.grants.application.contacts.contact_rows import ContactRows
from services.grants.application.listing import APPLICATIONS
from services.grants.application.routes import application_router
from services.grants.application.ties.tie_routes import ties_router
from services.grants.award import messages as award_messages
from services.grants.award.import_routes import import_router
from services.grants.award.preparing import Preparing
from services.grants.award.routes import award_router
from services.grants.award_change.routes import change_router
from services.grants.back_dating.beginning import Beginning
from services.grants.balance.routes import posts_router
from services.grants.balance.view import Balances
from services.grants.case.command_handler import CaseCommands
from services.grants.case.number_guard import Numbers
from services.grants.case_number import messages as number_messages
from services.grants.case_view.list_projection import Cases
from services.grants.case_view.listing import was_granted
from services.grants.case_view.routes import case_router
from services.grants.complaint import messages as complaint_messages
from services.grants.complaint.routes import complaint_router
from services.grants.complaint.view import COMPLAINTS
from services.grants.deadline import messages as deadline_messages
from services.grants.disbursement import messages as disbursement_messages
from services.grants.disbursement.batch.account_rows import AccountRows
from services.grants.disbursement.batch.command_handler import Requesting
from services.grants.disbursement.batch.routes import batch_router
from services.grants.disbursement.lost.routes import lost_router
from services.grants.disbursement.pay_out.routes import pay_out_router
from services.grants.disbursement.pay_out.sweep import PayOuts
from services.grants.disbursement.payee.routes import payee_router
from services.grants.disbursement.payments import Payments
from services.grants.disbursement.routes import disbursement_router
from services.grants.doubles.routes import doubles_router
from services.grants.grant_letter import inbox as letters_heard
from services.grants.grant_letter.imported_release_routes import release_import_router
from services.grants.grant_letter.permit.routes import permit_router
from services.grants.grant_letter.press import LetterPress
from services.grants.grant_letter.routes import letter_router
from services.grants.held_over.routes import held_over_router
from services.grants.held_over.view import HeldOver
from services.grants.notice import inbox as notices_heard
from services.grants.notice.routes import case_notice_router
from services.grants.notice.view import CaseNotices
from services.grants.overview.sums.projection import AwardSums
from services.grants.recipient_report import messages as report_messages
from services.grants.recipient_report.routes import report_router
from services.grants.recipient_report.settlement_routes import settlement_router
from services.grants.recipient_report.view import REPORTS
from services.grants.round.command_handler import RoundCommands
from services.grants.round.line_routes import round_lines_router
from services.grants.round.routes import round_router
from services.grants.scheme import messages as scheme_messages
from services.grants.scheme.routes import schemes_router
from services.grants.scheme.view import Schemes
from services.grants.settings import Settings
from services.grants.staff.routes import staff_router
from services.grants.staff.view import Staff
from services.grants.waiting.routes import waiting_router
from services.grants.waiting.view import Waiting
from services.grants.withholding import messages as withholding_messages
from services.grants.withholding.reclaim_routes import reclaim_router
from services.grants.withholding.routes import withholding_router
from services.httpapi.commands.command_handler import CommandHandler
from services.httpapi.log_routes import log_router
from services.httpapi.route import Router
from services.inbox.taking import MessageHandler
from services.sandbox import Sandbox

Today = Callable[[], date]

MESSAGES: Mapping[str, Mapper] = {
    **allocation_messages.MESSAGES,
    **application_messages.MESSAGES,
    **number_messages.MESSAGES,
    **award_messages.MESSAGES,
    **scheme_messages.MESSAGES,
    **withholding_messages.MESSAGES,
    **complaint_messages.MESSAGES,
    **report_messages.MESSAGES,
    **disbursement_messages.MESSAGES,
    **deadline_messages.MESSAGES,
}

# What is made of the notifications service's messages.
HEARD: Mapping[str, MessageHandler] = {**letters_heard.HEARD, **notices_heard.HEARD}

# Read models that follow the log in batches.
PROJECTIONS: tuple[Projection, ...] = (
    Cases(), Waiting(), APPLICATIONS, COMPLAINTS, REPORTS, Payments(), CaseNotices(), AwardSums(),
)  # fmt: skip


def routers(
    *,
    desk: CommandHandler,
    cases: CaseCommands,
    balances: Balances,
    letters: Letters,
    press: LetterPress,
    sandbox: Sandbox,
    feed: Feed,
    pool: AsyncConnectionPool,
    contacts: ContactRows,
    settings: Settings,
    today: Today,
    numbers: Numbers,
    pay_outs: PayOuts,
    staff: Staff,
) -> list[Router]:
    """Every room's routes."""
    schemes = Schemes(desk.log, pool)
    later_years = LaterYears(letters, balances)
    requesting = Requesting(desk, pool, AccountRows(pool), later_years, settings.ledger_accounts)
    amiss = YearDeviations(Surroundings(letters, balances), HeldOver(pool))
    rounds, began_on = RoundCommands(desk, schemes, later_years), settings.system_began_on
    return [
        *_of_letters(desk, letters, balances, sandbox, amiss, today),
        schemes_router(desk, schemes, balances.takes_awards),
        *_of_cases(cases, pool, later_years, today),
        *_of_applications(cases, schemes, pool, contacts, today),
        ties_router(desk),
        staff_router(desk, staff, today),
        *_of_awards(Preparing(cases, balances, schemes, later_years), began_on, today),
        *(letter_router(cases, press, today), permit_router(cases, pool)),
        disbursement_router(cases, later_years, beginning=Beginning(pool, began_on), today=today),
        *_of_payments(cases, requesting, numbers, today),
        *(pay_out_router(desk, pay_outs, today), lost_router(desk)),
        *_of_what_follows(cases, pool),
        *(round_router(rounds, balances, pool), round_lines_router(rounds, balances, pool, sandbox)),
        doubles_router(pool),
        log_router(feed, pool, settings.checkpoint_dir, schema="grants"),
    ]


def _of_letters(
    desk: CommandHandler, letters: Letters, balances: Balances, sandbox: Sandbox, amiss: YearDeviations, today: Today
) -> list[Router]:
    """What the ministry has written, asks for and allows in a budget year, and what stands on its posts."""
    years, surroundings = YearCommands(desk), Surroundings(letters, balances)
    return [
        posts_router(balances, today, amiss.count_open),
        held_over_router(desk, HeldOver(balances.pool), today),
        letters_router(years, surroundings, sandbox, today),
        corrections_router(years, surroundings, sandbox),
        deviations_router(years, surroundings, today),
        authorities_router(years, letters, today),
        commitment_authorities_router(years, letters),
        duties_router(letters),
        successions_router(years, letters, balances, today, HeldOver(balances.pool).list_covered_elsewhere),
    ]


def _of_cases(cases: CaseCommands, pool: AsyncConnectionPool, later_years: LaterYears, today: Today) -> list[Router]:
    """Each case, its notices, and what waits for whom."""
    return [case_router(cases, pool), case_notice_router(cases, pool), waiting_router(cases, pool, later_years, today)]


def _of_applications(
    cases: CaseCommands, schemes: Schemes, pool: AsyncConnectionPool, contacts: ContactRows, today: Today
) -> list[Router]:
    """From an application's arrival to its answer, and whom to write to."""
    return [
        application_router(cases, schemes, pool, contacts, partial(was_granted, pool)),
        answer_router(cases, schemes),
        contact_router(cases, contacts, today),
    ]


def _of_awards(preparing: Preparing, began_on: date, today: Today) -> list[Router]:
    """An award alone: decided here or outside, and changed."""
    return [
        award_router(preparing),
        release_import_router(preparing.cases, system_began_on=began_on),
        import_router(preparing, system_began_on=began_on),
        change_router(preparing, today),
    ]


def _of_payments(cases: CaseCommands, requesting: Requesting, numbers: Numbers, today: Today) -> list[Router]:
    """Whose account is paid to, and the batches that ask accounting to."""
    rows, pool = requesting.rows, requesting.pool
    return [payee_router(cases, rows, numbers, today), batch_router(requesting, rows, pool)]


def _of_what_follows(cases: CaseCommands, pool: AsyncConnectionPool) -> list[Router]:
    """What comes after a promise: withholding, complaint, report, settlement, reclaim."""
    return [
        withholding_router(cases),
        complaint_router(cases, pool),
        report_router(cases, pool),
        settlement_router(cases, pool),
        reclaim_router(cases),
    ]
