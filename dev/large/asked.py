"""Every address of both services that is read, with what is there to read in a large database of any size.

A test holds the list against what the services' OpenAPI says they answer.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from dev.large.year import case_id, organisation_number

OF_YEAR = 2021
"""A year that every size has, and that has ended."""
CASE, APPLIED = (str(case_id(nth)).replace("2020", str(OF_YEAR)) for nth in (0, 9))
POST, SCHEME = f"{OF_YEAR}/291/71", f"prosjekt-0291-{OF_YEAR}"
CALL = f"{SCHEME}.var"
APPLIED_CALL = f"drift-0291-{OF_YEAR}.var"
THEN = datetime(OF_YEAR, 7, 1, 10, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
"""An instant in the middle of a year."""
AS_OF = f"valid_at={OF_YEAR}-06-30"
AS_KNOWN = f"{AS_OF}&known_at={THEN}"
NOBODY = "00000000-0000-4000-8000-000000000000"

OF_GRANTS: Mapping[str, tuple[str, ...]] = {
    "/internal/isalive": ("",),
    "/internal/isready": ("",),
    "/internal/metrics": ("",),
    "/problems": ("",),
    "/problems/{code}": ("/problems/post-exhausted",),
    "/v1/applications": (f"?call_id={APPLIED_CALL}", f"?call_id={APPLIED_CALL}&state=received"),
    "/v1/assignments": (f"?year={OF_YEAR}", f"?year={OF_YEAR}&{AS_KNOWN}"),
    "/v1/authorities": (f"?year={OF_YEAR}", f"?year={OF_YEAR}&{AS_KNOWN}"),
    "/v1/authorities/{year}/commitment": (f"/v1/authorities/{OF_YEAR}/commitment",),
    "/v1/calls/{call_id}": (f"/v1/calls/{CALL}",),
    "/v1/cases": (
        "", f"?year={OF_YEAR}", f"?number={OF_YEAR}/7", "?chapter=291", f"?chapter=291&post=71&year={OF_YEAR}",
        f"?scheme_id={SCHEME}", f"?call_id={APPLIED_CALL}", f"?state=approved&year={OF_YEAR}", "?state=rejected",
    ),
    "/v1/cases/{case_id}": (f"/v1/cases/{CASE}",),
    "/v1/cases/{case_id}/contact": (f"/v1/cases/{APPLIED}/contact",),
    "/v1/cases/{case_id}/instalments": (f"/v1/cases/{CASE}/instalments",),
    "/v1/cases/{case_id}/lists/{name}": (f"/v1/cases/{CASE}/lists/instalments",),
    "/v1/cases/{case_id}/letter": (f"/v1/cases/{CASE}/letter",),
    "/v1/cases/{case_id}/letter/permit": (f"/v1/cases/{CASE}/letter/permit",),
    "/v1/cases/{case_id}/letter/preview": (f"/v1/cases/{CASE}/letter/preview?dated_on={OF_YEAR}-06-30",),
    "/v1/cases/{case_id}/letter/signatories": (f"/v1/cases/{CASE}/letter/signatories?dated_on={OF_YEAR}-06-30",),
    "/v1/cases/{case_id}/notices": (f"/v1/cases/{CASE}/notices",),
    "/v1/cases/{case_id}/overlaps": (f"/v1/cases/{APPLIED}/overlaps",),
    "/v1/cases/{case_id}/payee-account": (f"/v1/cases/{CASE}/payee-account",),
    "/v1/cases/{case_id}/timeline": (f"/v1/cases/{CASE}/timeline",),
    "/v1/cases/{case_id}/waiting": (f"/v1/cases/{CASE}/waiting",),
    "/v1/commands/{key}": ("/v1/commands/nothing-under-this",),
    "/v1/complaints": ("", f"?year={OF_YEAR}", "?state=received"),
    "/v1/controls/draws/{draw_id}": (f"/v1/controls/draws/{NOBODY}",),
    "/v1/deadlines": (f"?year={OF_YEAR}", f"?year={OF_YEAR}&{AS_KNOWN}"),
    "/v1/doubles": ("",),
    "/v1/doubles/remarks": (f"?name=Forening%20000000&organisation_number={organisation_number(1)}",),
    "/v1/export": ("?after=999999999",),
    "/v1/export/public-key": ("",),
    "/v1/feed": ("?limit=50", "?after=5000&limit=50"),
    "/v1/inbox": ("", "?task=approve-award", "?limit=100"),
    "/v1/letters": (f"?year={OF_YEAR}", f"?year={OF_YEAR}&{AS_KNOWN}"),
    "/v1/letters/{year}/{number}": (f"/v1/letters/{OF_YEAR}/0", f"/v1/letters/{OF_YEAR}/0?known_at={THEN}"),
    "/v1/letters/{year}/{number}/reconciliation": (f"/v1/letters/{OF_YEAR}/0/reconciliation",),
    "/v1/lost-grounds": ("", "?status=open"),
    "/v1/lost-payments": ("",),
    "/v1/organisations/{organisation_number}/ties": (f"/v1/organisations/{organisation_number(1)}/ties",),
    "/v1/pay-out-deadlines": (f"?year={OF_YEAR}",),
    "/v1/payment-batches": ("",),
    "/v1/payment-batches/{batch_id}": (f"/v1/payment-batches/{NOBODY}",),
    "/v1/payment-batches/{batch_id}/file": (f"/v1/payment-batches/{NOBODY}/file",),
    "/v1/payments/reconciliation": (f"?year={OF_YEAR}",),
    "/v1/posts": (f"?year={OF_YEAR}", f"?year={OF_YEAR}&{AS_KNOWN}"),
    "/v1/posts/{year}/{chapter}/{post}": (
        f"/v1/posts/{POST}", f"/v1/posts/{POST}?{AS_OF}", f"/v1/posts/{POST}?{AS_KNOWN}",
    ),
    "/v1/posts/{year}/{chapter}/{post}/entries": (f"/v1/posts/{POST}/entries", f"/v1/posts/{POST}/entries?{AS_KNOWN}"),
    "/v1/posts/{year}/{chapter}/{post}/funds": (f"/v1/posts/{POST}/funds", f"/v1/posts/{POST}/funds?{AS_KNOWN}"),
    "/v1/posts/{year}/{chapter}/{post}/held-over": (f"/v1/posts/{POST}/held-over",),
    "/v1/reports": ("", "?state=received", f"?due_before={OF_YEAR}-12-31"),
    "/v1/restrictions": (f"?year={OF_YEAR}", f"?year={OF_YEAR}&{AS_KNOWN}"),
    "/v1/rounds": (f"?year={OF_YEAR}",),
    "/v1/rounds/{round_id}": (f"/v1/rounds/{NOBODY}",),
    "/v1/rounds/{round_id}/funds": (f"/v1/rounds/{NOBODY}/funds?approved_on={OF_YEAR}-06-30",),
    "/v1/rounds/{round_id}/lines": (f"/v1/rounds/{NOBODY}/lines",),
    "/v1/rules/back-dating": ("",),
    "/v1/rules/kept-answers": ("",),
    "/v1/schemes": (f"?year={OF_YEAR}",),
    "/v1/schemes/{scheme_id}": (f"/v1/schemes/{SCHEME}",),
    "/v1/series/{year}/{chapter}/{post}": (f"/v1/series/{POST}", f"/v1/series/{POST}?{AS_KNOWN}"),
    "/v1/staff": ("",),
    "/v1/turn-of-year": (f"?year={OF_YEAR}", f"?year={OF_YEAR + 1}"),
    "/v1/turn-of-year/deviations": (f"?year={OF_YEAR}",),
}  # fmt: skip
"""By the path as OpenAPI has it: what is asked, as a query of that path or as an address of its own."""


def addresses() -> list[str]:
    """Each that is asked of grants."""
    return [each if each.startswith("/") else path + each for path, of in OF_GRANTS.items() for each in of]
