"""Who asks for a clock's correction and who confirms it are two people as they are everywhere: compared by what readers
tell apart (services/text/people.py). Case and compatibility forms alone were looked at, so that an invisible sign made
one person two, and a reason of nothing but such signs was one."""

from sqlalchemy import Connection

from migrations.redefining import redefine

BLANK = "btrim(reason) = '' OR document_sha256 !~ '^[0-9a-f]{64}$' OR btrim(asked_by) = '' OR btrim(confirmed_by) = ''"
UNREAD = (
    "coalesce({schema}.folded(reason), '') = '' OR (document_sha256 ~ '^[0-9a-f]{64}$') IS NOT TRUE"
    " OR coalesce({schema}.folded(asked_by), '') = '' OR coalesce({schema}.folded(confirmed_by), '') = ''"
)
SPELT = """
       OR lower(normalize(btrim(asked_by), NFKC)) = lower(normalize(btrim(confirmed_by), NFKC)) THEN"""
NEEDED = """
        RAISE EXCEPTION 'two people, a reason and the SHA-256 of a document are needed';
    END IF;
"""
ONE_PERSON = """    IF {schema}.folded(asked_by) = {schema}.folded(confirmed_by) THEN
        RAISE EXCEPTION 'same-person-twice: % asked for it and cannot confirm it', asked_by;
    END IF;
"""


def take_two_to_correct(connection: Connection, schema: str) -> None:
    """From here on `correct_clock` of this schema compares them so."""
    function = f"{schema}.correct_clock"
    redefine(connection, function, BLANK, UNREAD.replace("{schema}", schema))
    redefine(connection, function, SPELT + NEEDED, " THEN" + NEEDED + ONE_PERSON.replace("{schema}", schema))
