"""Who has been granted anything, read from what is kept of awards: by name, a side at a time. Each recipient that is
shown is looked up with its own awards, and nobody else's are read."""

from services.grants.balance.view import YEARS

_HIDDEN = f"""
    WITH hidden AS MATERIALIZED (
        SELECT DISTINCT substr(u.stream, 6)::uuid AS case_id, u.since, u.whole
        FROM ({YEARS}) AS y CROSS JOIN LATERAL grants.untold(y.year) AS u WHERE %(told)s)
"""
_SEEN = """
    a.edition = %(edition)s AND a.made_on <= %(day)s AND a.made_position <= %(known)s
    AND NOT EXISTS (SELECT FROM hidden h WHERE h.case_id = a.case_id AND h.whole)
"""
# A recipient is called what its last case calls it, and found by every name that an award to be seen has called it.
_NAMED = """
    FROM grants_view.award_recipient n CROSS JOIN LATERAL (
        SELECT a.recipient, a.read_as FROM grants_view.award a
        WHERE a.organisation_number = n.organisation_number AND {seen}
        ORDER BY a.opened_position DESC LIMIT 1) AS last
    WHERE n.edition = %(edition)s AND n.since_position <= %(known)s AND last.read_as = n.read_as AND {found}
"""
_CALLED = f"""
    EXISTS (SELECT FROM grants_view.award a
            WHERE a.organisation_number = n.organisation_number AND {_SEEN} AND a.read_as LIKE %(like)s)
"""
_BY_PIECES = f"""
    (n.organisation_number = %(digits)s OR n.organisation_number IN (
        SELECT m.organisation_number FROM grants_view.award_recipient m
        WHERE m.edition = %(edition)s AND grants.pieces(m.read_as) @> grants.pieces(%(text)s)
              AND m.read_as LIKE %(like)s)
     AND {_CALLED})
"""
_OWN = f"""
    CROSS JOIN LATERAL (
        SELECT count(*) AS awards, min(a.year) AS first_year, max(a.year) AS last_year,
               count(DISTINCT a.scheme_id) AS schemes
        FROM grants_view.award a WHERE a.organisation_number = shown.organisation_number AND {_SEEN}) AS own
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(m.committed_ore), 0)::bigint AS committed_ore,
               coalesce(sum(m.disbursed_ore), 0)::bigint AS disbursed_ore,
               coalesce(sum(m.withheld_ore), 0)::bigint AS withheld_ore
        FROM grants_view.award a JOIN grants_view.award_move m ON m.edition = a.edition AND m.case_id = a.case_id
        WHERE a.organisation_number = shown.organisation_number AND {_SEEN}
          AND m.effective_on <= %(day)s AND m.position <= %(known)s AND NOT EXISTS (
            SELECT FROM hidden h
            WHERE h.case_id = m.case_id AND m.committed_ore <> 0 AND m.position >= h.since)) AS came
"""
_UNNUMBERED = f"""
    FROM grants_view.award a JOIN grants.case_number n USING (case_id)
    WHERE a.organisation_number IS NULL AND a.opened_position < %(before)s AND {_SEEN}
"""
LIST_UNNUMBERED = f"""
    {_HIDDEN} SELECT a.case_id, n.label AS case_number, a.opened_position, a.recipient, a.organisation_number,
           a.scheme_id, a.year
    {_UNNUMBERED} ORDER BY a.opened_position DESC OFFSET %(skip)s LIMIT %(limit)s
"""
COUNT_UNNUMBERED = f"{_HIDDEN} SELECT count(*) AS found FROM (SELECT {_UNNUMBERED} LIMIT %(most)s) AS counted"


def list_numbered(text: str) -> str:
    """Those whose number is the text or whose name has it in it, by name, after one of them or from the beginning."""
    return f"""
        {_HIDDEN} SELECT shown.organisation_number, shown.read_as, shown.name, own.*, came.* FROM (
            SELECT n.organisation_number, n.read_as, last.recipient AS name {_named(text)}
            AND (n.read_as, n.organisation_number) > (%(after_name)s, %(after_number)s)
            ORDER BY n.read_as, n.organisation_number OFFSET %(skip)s LIMIT %(limit)s) AS shown
        {_OWN} ORDER BY shown.read_as, shown.organisation_number
    """


def count_numbered(text: str) -> str:
    """How many they are; no more than `most` are counted."""
    return f"{_HIDDEN} SELECT count(*) AS found FROM (SELECT {_named(text)} LIMIT %(most)s) AS counted"


def _named(text: str) -> str:
    found = (
        "true" if not text else _BY_PIECES if len(text) > 2 else f"(n.organisation_number = %(digits)s OR {_CALLED})"
    )
    return _NAMED.format(seen=_SEEN, found=found)
