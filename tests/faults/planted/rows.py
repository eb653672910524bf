"""Rows changed, added and taken away by whoever owns the tables."""

import re
from collections.abc import Iterator

from tests.faults.planted.tampering import Copy, Tampering

TOUCHED = re.compile(r"(?:UPDATE|FROM|INTO) ((?:grants|grants_view|notifications|notifications_view)\.\w+)")
PAID = "SELECT max(position) FROM grants.event WHERE topic = 'disbursement.instalment-paid.v1'"
APPROVED = "SELECT max(position) FROM grants.event WHERE topic = 'award.approved.v1'"
HELD = "SELECT max(position) FROM notifications.event WHERE topic LIKE 'letter.held.v%'"
RELEASED = "SELECT position FROM notifications.release WHERE ground = '{}'"


def by_the_owner(name: str, statements: str | tuple[str, ...], found: str, at: str = "SELECT 0") -> Tampering:
    """`{at}` is what the question `at` finds before anything is changed."""
    each = (statements,) if isinstance(statements, str) else statements

    def does(copy: Copy) -> str:
        place = copy.ask(at)
        copy.as_owner(*(statement.replace("{at}", place) for statement in each))
        return place

    touches = tuple(dict.fromkeys(match for statement in each for match in TOUCHED.findall(statement)[:1]))
    return Tampering(name=name, by="owner", does=does, found=found, touches=touches)


def event_columns(schema: str, at: str) -> Iterator[Tampering]:
    changed = {
        "stream": "'case-0'",
        "version": "version + 70",
        "topic": "'award.returned.v1'",
        "data": "set_byte(data, 9, get_byte(data, 9) # 1)",
        "metadata": "set_byte(metadata, 3, get_byte(metadata, 3) # 1)",
        "recorded_at": "recorded_at + interval '1 microsecond'",
        "hash": "sha256(hash)",
    }
    for column, value in changed.items():
        yield by_the_owner(
            f"the {column} of a fact of {schema}",
            f"UPDATE {schema}.event SET {column} = {value} WHERE position = {{at}}",
            r"position {at}: changed",
            at,
        )


EVENTS = (
    *event_columns("grants", APPROVED),
    *event_columns("notifications", HELD),
    by_the_owner(
        "a fact taken away", "DELETE FROM grants.event WHERE position = {at}", r"position {at}: missing", APPROVED
    ),
    by_the_owner(
        "a fact taken away and the gap closed",
        (
            "DELETE FROM grants.event WHERE position = {at}",
            "UPDATE grants.event SET position = position + 100000 WHERE position > {at}",
            "UPDATE grants.event SET position = position - 100001 WHERE position > 100000",
        ),
        r"position {at}: changed",
        APPROVED,
    ),
    by_the_owner(
        "the end cut off",
        (
            "DELETE FROM notifications.command WHERE first_position >= {at}",
            "DELETE FROM notifications.event WHERE position >= {at}",
        ),
        r"position {at}: cut",
        "SELECT max(position) - 3 FROM notifications.event",
    ),
    by_the_owner(
        "two facts put for each other",
        (
            "UPDATE grants.event SET position = position + 100000 WHERE position IN ({at}, {at} - 4)",
            "UPDATE grants.event SET position = {at} WHERE position = {at} - 4 + 100000",
            "UPDATE grants.event SET position = {at} - 4 WHERE position = {at} + 100000",
        ),
        r"position {at}: changed",
        APPROVED,
    ),
)
COMMANDS = (
    *(
        by_the_owner(
            f"the {column} of a command of {schema}",
            f"UPDATE {schema}.command SET {column} = {value} WHERE nth = {{at}}",
            found,
            f"SELECT min(nth) FROM {schema}.command WHERE answer IS NOT NULL AND first_position IS NOT NULL",
        )
        for schema in ("grants", "notifications")
        for column, value, found in (
            ("answer", "convert_to('{\"ja\": true}', 'UTF8')", r"command: .*number {at}\b"),
            ("key", "'another'", r"command: .*number {at}\b"),
            ("request_hash", "sha256('x')", r"command: .*number {at}\b"),
            ("actor", "'another'", r"command: .*number {at}\b"),
            ("recorded_at", "recorded_at + interval '1 second'", r"command: .*number {at}\b"),
            ("hash", "sha256('x')", r"command: .*number {at}\b"),
            ("nth", "nth + 100000", r"command: .*number {at}\b"),
        )
    ),
    by_the_owner(
        "a command recorded beside the log's own function",
        "INSERT INTO grants.command (id, actor, key, answer, recorded_at)"
        " VALUES ('{at}', 'kari', 'x', 'ja', clock_timestamp())",
        r"{at}",
        "SELECT gen_random_uuid()",
    ),
    by_the_owner(
        "a command taken away",
        "DELETE FROM grants.command WHERE first_position = {at}",
        r"position {at}: command",
        APPROVED,
    ),
)
A_NUMBER = "SELECT case_id FROM grants.case_number ORDER BY year DESC, number DESC LIMIT 1"
A_FUND = "SELECT id FROM grants.fund WHERE kind = 'earmark' AND committed_ore > 0 ORDER BY id LIMIT 1"
MONEY = (
    *(
        by_the_owner(f"a fund's {name}", f"UPDATE grants.fund SET {change} WHERE id = '{{at}}'", r"fund {at}\b", A_FUND)
        for name, change in {
            "money left": "available_ore = available_ore + 1, direct_ore = direct_ore + 1",
            "money paid": "disbursed_ore = disbursed_ore + 1",
            "hard stop": "hard_stop = NOT hard_stop",
            "place among the others": "path = ARRAY['x', id]",
            "parent": "parent_id = NULL",
            "marks": "marks = '{\"transferable\": 1}'",
            "last day": "last_on = last_on - 1",
        }.items()
    ),
    by_the_owner(
        "a fund opened by nothing",
        "INSERT INTO grants.fund SELECT (jsonb_populate_record(f, jsonb_build_object('id', 'x', 'path', '{x}'))).*"
        " FROM grants.fund f WHERE id = '{at}'",
        r"fund x\b",
        A_FUND,
    ),
    *(
        by_the_owner(
            f"what a payment moved: {name}",
            f"UPDATE grants.entry SET {change} WHERE position = {{at}} AND disbursed_ore <> 0",
            r"position {at}: balance",
            PAID,
        )
        for name, change in {
            "the day": "effective_on = effective_on + 1",
            "the amount": "disbursed_ore = disbursed_ore + 1",
            "that day's totals": "day_totals[4] = day_totals[4] + 1",
            "when it was known": "recorded_at = recorded_at - interval '1 day'",
            "its ground": "ground = 'x'",
        }.items()
    ),
    by_the_owner(
        "what a payment moved: gone", "DELETE FROM grants.entry WHERE position = {at}", r"position {at}: balance", PAID
    ),
    by_the_owner(
        "a keyword of a post",
        "UPDATE grants.mark SET amount = 0",
        r"position {at}: balance: marks",
        "SELECT position FROM grants.mark LIMIT 1",
    ),
    by_the_owner(
        "a limit nobody gave",
        "INSERT INTO grants.authority (post_id, letter_number, effective_on, until_year, limit_ore, position)"
        " VALUES ('{at}', 0, '2020-01-01', 2021, 1, 1)",
        r"commitment authorities differ.*{at}",
        "SELECT id FROM grants.fund WHERE kind = 'post' LIMIT 1",
    ),
    by_the_owner(
        "promised on a limit, by nothing",
        "INSERT INTO grants.authority_use (post_id, promised_ore) VALUES ('{at}', 1)",
        r"promised on authorities differ.*{at}",
        "SELECT id FROM grants.fund WHERE kind = 'post' LIMIT 1",
    ),
    by_the_owner(
        "a month taken by nothing",
        "INSERT INTO grants.month_taken (stream, paid_for, month, position) VALUES ('case-x', '3005', 24240, {at})",
        r"months taken differ.*case-x",
        APPROVED,
    ),
    by_the_owner(
        "another number of a case",
        "UPDATE grants.case_number SET number = number + 1000 WHERE case_id = '{at}'",
        r"case number: case numbers: .*{at}",
        A_NUMBER,
    ),
    by_the_owner(
        "a case number taken away",
        "DELETE FROM grants.case_number WHERE case_id = '{at}'",
        r"case number: case-{at} was opened and has no number",
        A_NUMBER,
    ),
    by_the_owner(
        "a case number of no case",
        "INSERT INTO grants.case_number (year, number, case_id, position) VALUES (2019, 1, '{at}', 1)",
        r"case numbers stand, and the facts give",
        "SELECT gen_random_uuid()",
    ),
    by_the_owner(
        "a promise held over by nothing",
        "INSERT INTO grants.held_over (stream, into_year, post_id, from_post_id, ground, promised_on, promised_at,"
        " position) VALUES ('{at}', 2021, '2021/291/71', '2020/291/71', 'transferable', '2020-02-03', 1, 1)",
        r"promises held over differ.*{at}",
        "SELECT id FROM grants.fund WHERE kind = 'commitment' ORDER BY id LIMIT 1",
    ),
    by_the_owner(
        "a claim on carried-over money by nothing",
        "INSERT INTO grants.held_over_entry (position, line, stream, into_year, post_id, effective_on, recorded_at,"
        " claimed_ore, paid_ore, withheld_ore)"
        " VALUES ({at}, 9999, 'case-x', 2021, '2021/291/71', '2021-01-01', now(), 1, 0, 0)",
        r"claims of held-over promises differ.*case-x",
        APPROVED,
    ),
    by_the_owner(
        "an order of claims that nobody set",
        "INSERT INTO grants.held_over_order (post_id, effective_on, position, place, stream)"
        " VALUES ('2021/291/71', '2021-05-03', {at}, 1, 'case-x')",
        r"order of claims differ.*case-x",
        APPROVED,
    ),
    by_the_owner(
        "a permit nobody granted",
        "INSERT INTO grants.letter_permit (case_stream, position, attempt, letter_sha256, granted_at, until)"
        " VALUES ('case-x', {at}, 1, sha256('x'), now(), now())",
        r"permit.*case-x",
        "SELECT max(position) + 1 FROM grants.event",
    ),
)
