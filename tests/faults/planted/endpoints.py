"""Endpoints and what signs for them, changed by whoever owns the tables."""

from tests.faults.planted.rows import by_the_owner

ONE = "SELECT id FROM notifications.endpoint"
SECRET = "SELECT id FROM notifications.endpoint_secret LIMIT 1"
ENDPOINTS = (
    *(
        by_the_owner(
            f"an endpoint's {name}",
            f"UPDATE notifications.endpoint SET {change} WHERE id = '{{at}}'",
            r"endpoint {at} does not stand",
            ONE,
        )
        for name, change in {
            "address": "url = 'https://other.example.no/'",
            "consent": "consented = true",
            "numbers": "numbered = NOT numbered",
            "types": "types = ARRAY['letter.released']",
            "pause": "paused = true",
            "deletion": "deleted = true",
            "secret": "secret_id = previous_secret_id",
            "overlap": "previous_until = 'infinity'",
            "order": "ordered = false",
            "reader": "pulled_by = 'x'",
        }.items()
    ),
    by_the_owner(
        "an endpoint taken away",
        "DELETE FROM notifications.endpoint WHERE id = '{at}'",
        r"endpoint {at} does not stand",
        ONE,
    ),
    by_the_owner(
        "an endpoint by nothing",
        "INSERT INTO notifications.endpoint SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()"
        "))).* FROM notifications.endpoint e",
        r"endpoint .* follows from nothing",
    ),
    by_the_owner(
        "a secret of one's own",
        "UPDATE notifications.endpoint_secret SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)"
        " WHERE id = '{at}'",
        r"the secret {at} is not the one",
        SECRET,
    ),
    by_the_owner(
        "a secret taken away",
        "DELETE FROM notifications.endpoint_secret WHERE id = '{at}'",
        r"the secret {at} is not the one",
        SECRET,
    ),
)
