"""What the gate stands on, changed by whoever owns the tables."""

from tests.faults.planted.rows import RELEASED, by_the_owner

WAITS = "SELECT item FROM notifications.item WHERE NOT released AND opens_at IS NOT NULL"
UNTOLD = """
    SELECT item FROM notifications.item i WHERE NOT released
    AND NOT EXISTS (SELECT FROM notifications.notice_line l WHERE l.item = i.item)
"""
NOTICED = "SELECT notice FROM notifications.notice WHERE received_at IS NOT NULL ORDER BY 1 LIMIT 1"
OBJECTED = "SELECT notice FROM notifications.objection"
AFTER, EXEMPT, WAIVED = (RELEASED.format(ground) for ground in ("notice", "scheme-policy", "waiver"))
GATE = (
    *(
        by_the_owner(
            f"a held letter's {name}",
            f"UPDATE notifications.item SET {change} WHERE item = '{{at}}'",
            r"gate: items: .*{at}",
            WAITS,
        )
        for name, change in {
            "manifest": "manifest_sha256 = sha256('x')",
            "bytes": "letter_sha256 = sha256('x')",
            "exemption": "exempt_source = 'Instruks 5.4'",
            "opening": "opens_at = '-infinity'",
            "staleness": "stale_at = now()",
            "scheme": "scheme_id = 'fri-2020'",
            "end": "ended = true",
            "release": "released = true",
            "order": "ordered = NOT ordered",
        }.items()
    ),
    *(
        by_the_owner(
            f"a notice's {name}",
            f"UPDATE notifications.notice SET {change} WHERE notice = '{{at}}'",
            r"gate: notices: .*{at}",
            NOTICED,
        )
        for name, change in {
            "receipt": "received_at = received_at - interval '1 day'",
            "sending": "dispatched_at = dispatched_at - interval '1 day'",
            "withdrawal": "withdrawn = true",
            "rule of counting": "policy_version = NULL",
        }.items()
    ),
    by_the_owner(
        "a letter put on a notice",
        "INSERT INTO notifications.notice_line (notice, item, manifest_sha256)"
        f" SELECT ({NOTICED}), item, manifest_sha256 FROM notifications.item WHERE item = '{{at}}'",
        r"gate: notice lines: .*{at}",
        UNTOLD,
    ),
    by_the_owner(
        "an objection lifted",
        "UPDATE notifications.objection SET lifted_at = now() WHERE notice = '{at}'",
        r"gate: objections: .*{at}",
        OBJECTED,
    ),
    by_the_owner(
        "an objection taken away",
        "DELETE FROM notifications.objection WHERE notice = '{at}'",
        r"gate: objections: .*{at}",
        OBJECTED,
    ),
    by_the_owner(
        "a scheme exempted",
        "UPDATE notifications.scheme_policy SET rule = 'exempt' WHERE scheme_id = '{at}'",
        r"gate: policies: .*{at}",
        "SELECT scheme_id FROM notifications.scheme_policy WHERE rule = 'notice'",
    ),
    by_the_owner(
        "an award approved at another time",
        "UPDATE notifications.decision SET decided_at = now() WHERE item = '{at}'",
        r"gate: decisions: .*{at}",
        UNTOLD,
    ),
    by_the_owner(
        "a waiver of a letter nobody waived",
        "INSERT INTO notifications.waiver (item, position, manifest_sha256, document_sha256, proposed_by, confirmed_by)"
        " SELECT item, 1, manifest_sha256, sha256('x'), 'kari', 'ola' FROM notifications.item WHERE item = '{at}'",
        r"waivers: .*{at}",
        UNTOLD,
    ),
    by_the_owner(
        "a waiver by another",
        "UPDATE notifications.waiver SET confirmed_by = 'x' WHERE item = '{at}'",
        r"waivers: .*{at}",
        "SELECT item FROM notifications.waiver",
    ),
    by_the_owner(
        "the ministry's days made one",
        "UPDATE notifications.policy SET days = 1, min_hours = 24",
        r"polic.*\b(1|24)\b",
    ),
    *(
        by_the_owner(
            f"a release {name}",
            f"UPDATE notifications.release SET {change} WHERE position = {{at}}",
            r"position {at}: gate",
            AFTER,
        )
        for name, change in {
            "that opened earlier": "opens_at = opens_at - interval '3 days'",
            "that left earlier": "released_at = released_at - interval '12 days'",
            "said to be earlier": "said_at = said_at - interval '12 days'",
            "of another letter": "manifest_sha256 = sha256('x')",
            "on another ground": "ground = 'waiver'",
        }.items()
    ),
    *(
        by_the_owner(
            f"the row of a release {name}",
            f"UPDATE notifications.release SET {change} WHERE position = {{at}}",
            r"gate: rows of releases: .* {at}, ",
            of,
        )
        for name, change, of in (
            ("of other bytes", "letter_sha256 = sha256('x')", AFTER),
            ("on another basis", "basis = 'x'", AFTER),
            ("recorded at another time", "recorded_at = recorded_at - interval '1 day'", AFTER),
            ("that owed no notice, on another basis", "basis = 'x'", EXEMPT),
            ("that was waived, on another document", "basis = repeat('0', 64)", WAIVED),
        )
    ),
    by_the_owner(
        "a release taken away", "DELETE FROM notifications.release WHERE position = {at}", r"gate: releases", WAIVED
    ),
    by_the_owner(
        "a release by hand",
        "INSERT INTO notifications.release (item, position, manifest_sha256, ground, basis, said_at, recorded_at)"
        " SELECT item, position, manifest_sha256, 'notice', 'x', now(), now() FROM notifications.item"
        " WHERE item = '{at}'",
        r"gate: releases: .*{at}",
        UNTOLD,
    ),
    by_the_owner(
        "a sending that is said to be done",
        "UPDATE notifications.sending SET state = 'due', attempt = 0 WHERE stream = '{at}'",
        r"sending.*{at}",
        "SELECT item FROM notifications.release WHERE ground = 'notice'",
    ),
    by_the_owner(
        "a sending by nothing",
        "INSERT INTO notifications.sending (stream, state, next_at) VALUES ('letter-x', 'due', now())",
        r"sending.*letter-x",
    ),
    by_the_owner(
        "a release ended by nothing",
        "INSERT INTO notifications.release_ending (item, number, position) VALUES ('{at}', 1, 1)",
        r"gate: .*{at}",
        "SELECT item FROM notifications.release WHERE ground = 'notice'",
    ),
    by_the_owner(
        "a permit that grants never gave",
        "INSERT INTO notifications.sending_permit (position, hash, stream, attempt, granted_at, until, begun_at)"
        " VALUES (100000, sha256('x'), '{at}', 9, now(), now() + interval '1 minute', 100000)",
        r"gate: .*{at}",
        UNTOLD,
    ),
)
