"""Every answer to a reader is given a page at a time, or is as small as its matter: each that is given whole is named,
with what bounds it."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

CONTRACTS = Path(__file__).parents[2] / "contracts"
OF_A_LETTER = "what a year's letters say: the ministry writes ten a year"
OF_A_POST = "a few figures of one post"
OF_A_CASE = "one matter of one case, as it stands"
ITSELF = "the service itself, its keys or its own words"
ONE = "one thing, of a few fields"
WHOLE: Mapping[str, Mapping[str, str]] = {
    "grants": {
        "/internal/isalive": ITSELF,
        "/internal/isready": ITSELF,
        "/internal/metrics": ITSELF,
        "/problems": ITSELF,
        "/problems/{code}": ITSELF,
        "/v1/assignments": OF_A_LETTER,
        "/v1/authorities": OF_A_LETTER,
        "/v1/authorities/{year}/commitment": OF_A_LETTER,
        "/v1/calls/{call_id}": ONE,
        "/v1/cases/{case_id}": "one case, with the first of each of its lists: the rest has pages of its own",
        "/v1/cases/{case_id}/contact": ONE,
        "/v1/cases/{case_id}/instalments": "the instalments of one award",
        "/v1/cases/{case_id}/letter": "one letter",
        "/v1/cases/{case_id}/letter/permit": ONE,
        "/v1/cases/{case_id}/letter/preview": "one letter",
        "/v1/cases/{case_id}/letter/signatories": OF_A_CASE,
        "/v1/cases/{case_id}/notices": "the notices that list one case",
        "/v1/cases/{case_id}/payee-account": ONE,
        "/v1/cases/{case_id}/waiting": OF_A_CASE,
        "/v1/commands/{key}": ONE,
        "/v1/controls/draws/{draw_id}": "one draw, of as many cases as were asked for",
        "/v1/deadlines": OF_A_LETTER,
        "/v1/doubles/remarks": "what stands out in one name and its numbers",
        "/v1/export": "read a line at a time, and never kept whole",
        "/v1/export/public-key": ITSELF,
        "/v1/letters": OF_A_LETTER,
        "/v1/letters/{year}/{number}": OF_A_LETTER,
        "/v1/letters/{year}/{number}/reconciliation": OF_A_LETTER,
        "/v1/lost-payments": "what was lost with a primary and nobody has settled",
        "/v1/organisations/{organisation_number}/ties": "the ties of one organisation",
        "/v1/pay-out-deadlines": OF_A_LETTER,
        "/v1/payment-batches/{batch_id}": "one batch, of a bounded number of lines",
        "/v1/payment-batches/{batch_id}/file": "one batch, of a bounded number of lines",
        "/v1/payments/reconciliation": "a line for each post of a year",
        "/v1/posts/{year}/{chapter}/{post}": OF_A_POST,
        "/v1/restrictions": OF_A_LETTER,
        "/v1/rounds/{round_id}": ONE,
        "/v1/rounds/{round_id}/funds": "the funds that one round's scheme pays from",
        "/v1/rules/back-dating": ONE,
        "/v1/rules/kept-answers": ONE,
        "/v1/schemes": "the schemes of a year",
        "/v1/schemes/{scheme_id}": ONE,
        "/v1/series/{year}/{chapter}/{post}": "a point for each day of a year",
    },
    "notifications": {
        "/internal/isalive": ITSELF,
        "/internal/isready": ITSELF,
        "/internal/metrics": ITSELF,
        "/problems": ITSELF,
        "/problems/{code}": ITSELF,
        "/v1/awards/{case_id}": ONE,
        "/v1/awards/{case_id}/certificate": "one letter's certificate",
        "/v1/calendars": "one person's calendars",
        "/v1/calendars/{calendar_id}/{token}.ics": "two thousand deadlines of one role; it says if there are more",
        "/v1/commands/{key}": ONE,
        "/v1/deadline-thresholds": "one for each kind of deadline",
        "/v1/deadline-thresholds/{kind}": ONE,
        "/v1/export": "read a line at a time, and never kept whole",
        "/v1/export/public-key": ITSELF,
        "/v1/lost-policies": "one for each scheme whose notice policy a restore lost",
        "/v1/message-stream": "read a message at a time, and never kept whole",
        "/v1/notices/{notice_id}/document": "what one notice says, as it was sent: ten thousand letters at most",
        "/v1/publications/{publication_id}": ONE,
        "/v1/publications/{publication_id}/certificate": "one publication's certificate",
        "/v1/rules/kept-answers": ONE,
        "/v1/webhook-endpoints/{endpoint_id}": ONE,
        "/v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/attempts": "tries at one delivery, which end",
    },
}


@pytest.mark.parametrize("service", WHOLE)
def test_each_answer_that_is_not_given_in_pages_is_named_with_what_bounds_it(service: str) -> None:
    paths = json.loads((CONTRACTS / f"openapi-{service}.json").read_text(encoding="utf-8"))["paths"]
    read = {
        path: {each["name"] for each in of["get"].get("parameters", [])} for path, of in paths.items() if "get" in of
    }
    paged = {path for path, names in read.items() if "limit" in names and names & {"cursor", "after"}}
    assert len(paged) > 5
    assert read.keys() - paged == WHOLE[service].keys()
    assert all(len(reason) > 8 for reason in WHOLE[service].values())
