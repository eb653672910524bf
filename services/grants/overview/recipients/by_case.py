"""The same, added up case by case: how it is answered until what is kept of awards is filled a first time, and what
that is held against."""

from services.grants.case_view.listing import LIVE
from services.grants.overview.awards.view import MADE

_FOUND = f"""
    SELECT c.organisation_number, (array_agg(c.recipient ORDER BY c.opened_position DESC))[1] AS name,
           count(*) AS awards, min(c.year) AS first_year, max(c.year) AS last_year,
           count(DISTINCT c.scheme_id) AS schemes,
           array_agg(c.case_id ORDER BY c.opened_position DESC) AS case_ids
    FROM grants_view.case_row c
    WHERE c.edition = {LIVE} AND c.organisation_number IS NOT NULL AND {MADE}
    GROUP BY c.organisation_number
    HAVING %(text)s = '' OR c.organisation_number = %(digits)s OR bool_or(grants.folded(c.recipient) LIKE %(like)s)
"""
LIST_NUMBERED = f"""
    SELECT * FROM (
        SELECT f.*, left(grants.folded(f.name), 400) AS read_as FROM ({_FOUND}) AS f) AS found
    WHERE (read_as, organisation_number) > (%(after_name)s, %(after_number)s)
    ORDER BY read_as, organisation_number OFFSET %(skip)s LIMIT %(limit)s
"""
COUNT_NUMBERED = f"SELECT count(*) AS found FROM (SELECT FROM ({_FOUND}) AS each LIMIT %(most)s) AS counted"
_UNNUMBERED = f"""
    FROM grants_view.case_row c JOIN grants.case_number n USING (case_id)
    WHERE c.edition = {LIVE} AND c.organisation_number IS NULL AND c.opened_position < %(before)s AND {MADE}
"""
LIST_UNNUMBERED = f"""
    SELECT c.case_id, n.label AS case_number, c.opened_position, c.recipient, c.organisation_number, c.scheme_id, c.year
    {_UNNUMBERED} ORDER BY c.opened_position DESC OFFSET %(skip)s LIMIT %(limit)s
"""
COUNT_UNNUMBERED = f"SELECT count(*) AS found FROM (SELECT {_UNNUMBERED} LIMIT %(most)s) AS counted"
