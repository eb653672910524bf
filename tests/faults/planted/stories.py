"""What columns are changed in: the small year lived through, and what its tables have no rows of, each brought by facts
of its own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from uuid import UUID

import psycopg
from sqlalchemy import create_engine

from services.eventlog.projections.projector import Projector
from services.grants.case.events.complaint import ComplaintReceived, Party
from services.grants.wiring import PROJECTIONS as OF_GRANTS
from tests.conftest import Cluster, Database, copied
from tests.eventlog.played import case
from tests.faults.planted.lived import Lived
from tests.faults.two_contacts import erase_an_account, name_two_contacts, name_two_members_of_staff
from tests.grants.application.desk import record
from tests.grants.balance.between_years import Years, post_of
from tests.grants.balance.limits import Year
from tests.grants.round.rounds import NAMED, SETTLING, open_year
from tests.notifications.leaving.permitted_sending import A, ending, released_world
from tests.notifications.world import Kept

A_YEAR_ON = date(2021, 5, 3)
COMPLAINT = ComplaintReceived(
    number=1, disputed="award", decision_number=None, party=Party(name="Forening"),
    decision_arrived_on=date(2020, 3, 5), lodged_on=date(2020, 3, 6), last_day_on=date(2020, 3, 26),
    grounds="For lite.", defects=(), registered_by="kari",
)  # fmt: skip


def more_of_the_year(database: Database) -> None:
    """A complaint, and somebody erased beside each that is there: of contact persons and of the register of staff."""
    name_two_contacts(database, UUID(int=101), UUID(int=102))
    name_two_members_of_staff(database, "berit", "nils")
    erase_an_account(database, UUID(int=103))
    with psycopg.connect(database.reader_dsn) as reader:
        [(stands,)] = reader.execute("SELECT count(*) FROM grants.event WHERE stream = %s", (case(5),)).fetchall()
    record(database, case(5), COMPLAINT, expected=stands)
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(database.service_dsn))
    for projection in OF_GRANTS:
        following = Projector(engine, projection, schema="grants", views="grants_view")
        while following.step():
            pass
    engine.dispose()


def over_the_years(database: Database) -> None:
    """Two cases are held over to the next year's post, and a letter says which goes first."""
    years = Years(database)
    years.letter(2020, date(2020, 1, 1), 100)
    years.letter(2021, date(2021, 1, 4), 100)
    for number, amount_ore in ((1, 60), (2, 40)):
        assert years.promises(number, amount_ore, date(2020, 2, 3)) == "recorded"
        years.holds(number, 2020, amount_ore)
    years.letter(2021, date(2021, 3, 15), 50, carried=True)
    years.ranks(2021, A_YEAR_ON, 2, 1, post=post_of(2021))
    assert years.pays(2, 10, A_YEAR_ON) == "recorded"
    years.reader.close()
    years.log.close()


def within_limits(database: Database) -> None:
    """Promises on two authorities, one without a limit, and months taken, some of which fell away again."""
    open_year(database, {SETTLING: 100_000, NAMED: 100_000})
    year = Year(database, earlier=False)
    assert year.allows(1_000) == "recorded"
    assert year.allows(None, letter=1, on=date(2020, 6, 1)) == "recorded"
    assert year.promises(1, 600) == "recorded"
    assert year.brings(11, "2020-Q1") == "recorded"
    assert year.approves(11) == "recorded"
    assert year.brings(14, "2020", "4601") == "recorded"
    assert year.approves(14) == "recorded"
    assert year.falls_away(14) == "recorded"
    year.log.close()


def ended_before_it_left(database: Database) -> None:
    """A release that grants' word ended before anything had left."""
    with Kept(database) as world:
        released_world(world)
        world.record(A, ending())


BESIDE = {
    "over the years": (
        over_the_years,
        frozenset({"grants.held_over", "grants.held_over_entry", "grants.held_over_order"}),
    ),
    "within limits": (
        within_limits,
        frozenset({"grants.authority", "grants.authority_use", "grants.month_taken"}),
    ),
    "ended before it left": (ended_before_it_left, frozenset({"notifications.release_ending"})),
}


@contextmanager
def told(cluster: Cluster, lived: Lived, name: str) -> Iterator[Database]:
    """The story of that name, in a database of its own."""
    if name in BESIDE:
        play, _ = BESIDE[name]
        with copied(cluster) as database:
            play(database)
            yield database
        return
    with copied(replace(cluster, template=lived.database.name)) as database:
        more_of_the_year(database)
        yield database


CHECKS: Mapping[str, frozenset[str]] = {
    "the commands": frozenset({"grants.command", "notifications.command"}),
    "the files": frozenset({"grants.letter_file", "grants.payment_file", "notifications.letter_file"}),
    "the contact persons": frozenset({"grants.contact"}),
    "the rows that can be erased": frozenset({"grants.payee_account"}),
    "the register of staff": frozenset({"grants.staff"}),
    "the endpoints": frozenset({"notifications.endpoint", "notifications.endpoint_secret"}),
}
"""Which of the checks that `make verify` makes of a log is made of a table. Of all others of notifications it is the
gate's, and of grants the one that follows the log."""

NAMED_BY: Mapping[str, str] = {
    "grants.event": r"changed: |version: |unreadable: |command: |missing: ",
    "grants.command": r"command: |cleared: ",
    "grants.alembic_version": r"schema: grants stands at revision",
    "grants.fund": r"balance: (fund|entries|[\w/]+ on) ",
    "grants.entry": r"balance: entries ",
    "grants.mark": r"balance: (marks|fund) ",
    "grants.authority": r"balance: commitment authorities differ",
    "grants.authority_use": r"balance: promised on authorities differ",
    "grants.case_number": r"case number: ",
    "grants.month_taken": r"balance: months taken differ",
    "grants.held_over": r"balance: promises held over differ",
    "grants.held_over_entry": r"balance: claims of held-over promises differ",
    "grants.held_over_order": r"balance: order of claims differ",
    "grants.letter_permit": r"permit: permits: ",
    "grants.letter_file": r"file: grant letters: ",
    "grants.payment_file": r"file: payment files: |unreadable: the files: ",
    "grants.contact": r"row: contact ",
    "grants.payee_account": r"row: payee account ",
    "grants.staff": r"row: member of staff ",
    "notifications.event": r"changed: |version: |unreadable: |command: |missing: ",
    "notifications.command": r"command: |cleared: ",
    "notifications.alembic_version": r"schema: notifications stands at revision",
    "notifications.item": r"gate: items: ",
    "notifications.notice": r"gate: notices: ",
    "notifications.notice_line": r"gate: notice lines: ",
    "notifications.objection": r"gate: objections: ",
    "notifications.scheme_policy": r"gate: policies: ",
    "notifications.decision": r"gate: decisions: ",
    "notifications.waiver": r"gate: waivers: ",
    "notifications.sending": r"gate: sendings: ",
    "notifications.release": r"gate: (rows of )?releases: ",
    "notifications.release_ending": r"gate: ended releases: ",
    "notifications.sending_permit": r"gate: permitted tries: ",
    "notifications.policy": r"gate: (the|no) policy ",
    "notifications.letter_file": r"file: letters and notices that left: ",
    "notifications.endpoint": r"row: endpoint ",
    "notifications.endpoint_secret": r"row: the secret ",
}
"""What `make verify` says of each table, in its own words."""
