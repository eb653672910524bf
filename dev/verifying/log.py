"""One log of the two, whole: what it is held against, one matter after the other, in one snapshot."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg

from dev.verifying.balances import Balances
from dev.verifying.beside_the_log import FILES, beside_the_log
from dev.verifying.case_numbers import CaseNumbers
from dev.verifying.commands import check_commands
from dev.verifying.decided_days import DecidedDays
from dev.verifying.duties import Duties
from dev.verifying.endpoints import check_endpoints
from dev.verifying.files import check_files
from dev.verifying.following import Follows, Verification
from dev.verifying.gate import check_gate
from dev.verifying.gate_reading import ALL, Parts
from dev.verifying.notice_texts import check_notice_texts
from dev.verifying.payments import Payments, booked_in
from dev.verifying.permits import Permits
from dev.verifying.reading import Snapshot, rarely_looked_through
from dev.verifying.releases import Days
from dev.verifying.share import AT_LEAST, HERE, sharing
from dev.verifying.signatures import Signatures, as_replayed, check_signatures, read_signatures
from dev.verifying.told_first import ToldFirst
from dev.verifying.unreadable import UNREADABLE, Found, could_not_be_checked, look_at_each, looked_at
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.checkpoints.checkpoint import Checkpoint
from services.eventlog.epoch.rules import EIGHTH, FIFTH, FOURTH, NEWEST, NINTH, SEVENTH
from services.eventlog.epoch.view import find_rules_hold_from
from services.grants import main as grants
from services.notifications import main as notifications

# Every kind of fact that a service can record is known once the whole service is.
SERVICES = (grants, notifications)


def verify(
    dsn: str,
    directory: Path | None,
    public_key: Path | None,
    *,
    every_day: bool = False,
    schema: str = "grants",
    days: Days | None = None,
    shared_from: int = AT_LEAST,
    dated: bool = False,
    told: bool = False,
    say: Callable[[int], None] = lambda _: None,
) -> tuple[Counter[str], list[Fault]]:
    """Counts and faults of a whole log. Without checkpoints, that the log agrees with itself, and no more. From so many
    letters and publications on, or ten facts of grants for each (`shared_from`), another process looks at a part.
    `dated`: decisions were made on the days of the log's clock, and are held to them; a story that is played on other
    days, as a demonstration's, is not. `told`: the service recorded what stands there, and asked of each act whether
    its recipient was told first, and wrote each notice; what a test lays in a log to be added up is asked nothing."""
    signatures: Signatures | None = None
    faults: list[Fault] = []
    counts: Counter[str] = Counter()
    if directory is not None and public_key is not None:
        signatures, faults = read_signatures(directory, public_key)
    try:
        with (
            rarely_looked_through(),
            Snapshot(dsn) as snapshot,
            sharing(snapshot, schema, days, at_least=shared_from) as share,
        ):
            if signatures is not None:
                signatures, beyond = as_replayed(snapshot.connection, schema, signatures)
                faults += beyond
            parts = HERE if share else ALL
            found = checks(
                snapshot,
                schema,
                signatures,
                every_day=every_day,
                days=days,
                parts=parts,
                dated=dated,
                told=told,
                say=say,
            )
            parts_found = [look_at_each(snapshot.connection, found)]
            if share:
                parts_found.append(share.found())
            for counted, wrong in parts_found:
                counts += counted
                faults += wrong
    except psycopg.Error as failed:
        faults.append(could_not_be_checked(f"the log of {schema}", failed))
    return counts, sorted(dict.fromkeys(faults), key=lambda fault: fault.position)


def checks(
    snapshot: Snapshot,
    schema: str,
    signatures: Signatures | None,
    *,
    every_day: bool,
    days: Days | None,
    parts: Parts = ALL,
    dated: bool = False,
    told: bool = False,
    say: Callable[[int], None] = lambda _: None,
) -> dict[str, Callable[[], Found]]:
    """What a log is held against, by the name each goes by where it could not be made."""
    connection = snapshot.connection
    made = list(signatures.made) if signatures else []
    chained = {each.commands: bytes.fromhex(each.commands_hash or "") for each in made if each.commands}
    found: dict[str, Callable[[], Found]] = {
        "the log": lambda: follow(snapshot, schema, made, every_day=every_day, dated=dated, told=told, say=say),
        "the commands": lambda: check_commands(connection, schema, chained, made if signatures else None),
    }
    if schema == "grants":
        if parts == ALL:  # else another process looks at them
            found |= beside_the_log(connection)
    else:
        found[FILES] = lambda: check_files(connection, schema)
        signed = {each.position: each.balances for each in made}
        if told:
            found["what notices say"] = lambda: check_notice_texts(connection)
        found["the endpoints"] = lambda: check_endpoints(connection)
        found["the gate"] = lambda: check_gate(snapshot, signed=signed, days=days, parts=parts)
    if signatures is not None:
        found["the signatures"] = lambda: check_signatures(connection, schema, signatures)
    return found


def follow(
    snapshot: Snapshot,
    schema: str,
    made: list[Checkpoint],
    *,
    every_day: bool,
    dated: bool = False,
    told: bool = False,
    say: Callable[[int], None] = lambda _: None,
) -> Found:
    """The chain of facts, and what follows from them one by one: who did what, on which day, and in grants every
    balance, every permit to send a letter and every case's number."""
    signed = {each.position: each.balances for each in made}
    making: list[tuple[str, Callable[[], Follows]]] = [("the duties", lambda: Duties(snapshot.another(), schema))]
    if dated:
        asked_from = [_from(snapshot, schema, rules) for rules in (FOURTH, SEVENTH)]
        making.append(("the days of decisions", lambda: DecidedDays(*asked_from)))
    if schema == "grants":
        row = snapshot.connection.execute("SELECT coalesce(max(position), 0) FROM grants.event").fetchone()
        head = row[0] if row else 0
        making += [
            ("the balances", lambda: Balances(snapshot, head=head, signed=signed, every_day=every_day)),
            ("the permits", lambda: Permits(snapshot.another())),
            *([("the payments", lambda: _payments(snapshot, dated=dated))] if told else []),
            *([("who was told first", lambda: _told_first(snapshot))] if told else []),
            ("the numbers of cases", lambda: CaseNumbers(snapshot.another())),
        ]
    follows, unmade = [], list[Fault]()
    for what, make in making:  # each on a connection of its own: what cannot be asked by one still can by the others
        try:
            follows.append(make())
        except UNREADABLE as wrong:
            unmade.append(could_not_be_checked(what, wrong))
    verification = Verification(snapshot, made, follows, schema=schema, say=say)
    verification.run()
    counts, unread = looked_at(
        snapshot.connection, "which rules the log was judged by", lambda: judged(snapshot, schema)
    )
    return verification.counts + counts, verification.faults + unmade + unread


def _told_first(snapshot: Snapshot) -> ToldFirst:
    since, of_parts, of_days = (_from(snapshot, "grants", rules) for rules in (FIFTH, EIGHTH, NINTH))
    return ToldFirst(snapshot.another(), since, of_parts=of_parts, of_days=of_days)


def _payments(snapshot: Snapshot, *, dated: bool) -> Payments:
    by_hand_from = _from(snapshot, "grants", SEVENTH) if dated else None
    return Payments(booked_in(snapshot.another()), by_hand_from=by_hand_from)


def _from(snapshot: Snapshot, schema: str, rules: int) -> int:
    """After which position these rules of grants hold; the other log has other rules of that number."""
    return find_rules_hold_from(snapshot.connection, schema, rules) if schema == "grants" else 0


def judged(snapshot: Snapshot, schema: str) -> Found:
    """How many facts stand under earlier rules than this release's."""
    hold_from = find_rules_hold_from(snapshot.connection, schema, NEWEST[schema])
    return Counter({"events under earlier rules": hold_from - 1} if hold_from else {}), []
