"""What the tests of two duties build, for other tests to use as well."""

from typing import Any

from tests.faults.service import DECIDED_OUTSIDE
from tests.journeys.office import APPROVED, FUND, KARI, LETTER_OUT, MISUSED, OLA, Office

Act = tuple[str, str, dict[str, Any]]


async def withheld(office: Office) -> None:
    await office.grants(500, 500)
    await office.does(KARI, *WARN[:2], **WARN[2])
    await office.does(OLA, *WITHHOLD[:2], **WITHHOLD[2])


OPEN: Act = ("POST", "", {
    "fund_id": FUND, "recipient": {"name": "Stiftelsen Født Fri"}, "amount_ore": 1_000, "purpose": "Ressursmiljø",
    "terms": ["Regnskap leveres."], "instalments": [{"number": 1, "amount_ore": 1_000}],
    "basis": {"year": 2020, "letter": 0, "section": "5.1"},
})  # fmt: skip
IMPORT: Act = ("POST", "imports", {**OPEN[2], **DECIDED_OUTSIDE})
CONFIRM_IMPORT: Act = ("PUT", "award/import/confirmation", {})
APPROVE: Act = ("PUT", "award/approval", APPROVED)
CLAIM_LETTER: Act = ("PUT", "letter-release", LETTER_OUT)
CONFIRM_LETTER: Act = ("PUT", "letter-release/confirmation", {})
PAY_SECOND: Act = (
    "POST", "instalments/2/payments", {"amount_ore": 100, "paid_on": "2020-12-02", "reference": "B-1002"},
)  # fmt: skip
WARN: Act = ("PUT", "instalments/2/warning", {
    "amount_ore": 500, "reasons": MISUSED, "reply_by": "2020-09-01", "warned_on": "2020-08-11",
})  # fmt: skip
OMIT: Act = ("PUT", "instalments/2/warning/omission", {
    "amount_ore": 500, "reasons": MISUSED, "exemption": "fvl-16-3-a", "ground": "Kontoen tømmes.",
    "omitted_on": "2020-08-11",
})  # fmt: skip
WITHHOLD: Act = ("POST", "withholdings", {
    "instalment": 2, "amount_ore": 500, "reasons": MISUSED, "decided_on": "2020-11-02",
})  # fmt: skip
RELEASE: Act = (
    "POST", "withholdings/1/releases", {"amount_ore": 500, "reason": "Levert.", "released_on": "2020-12-01"},
)  # fmt: skip
WARN_OF_RECLAIM: Act = ("PUT", "instalments/1/reclaim-warning", {
    "amount_ore": 300, "reasons": MISUSED, "reply_by": "2020-09-01", "warned_on": "2020-08-11",
})  # fmt: skip
RECLAIM: Act = ("POST", "reclaims", {
    "instalment": 1, "amount_ore": 300, "reasons": MISUSED, "pay_by": "2020-11-30", "decided_on": "2020-11-02",
})  # fmt: skip
NET: Act = (
    "POST", "reclaims/1/netting", {"against": [{"instalment": 2, "amount_ore": 100}], "netted_on": "2020-12-01"},
)  # fmt: skip
REPAY: Act = ("POST", "repayments", {
    "reclaim": 1, "amount_ore": 100, "voucher": "B-2001", "received_on": "2020-11-20",
})  # fmt: skip
COMPLAIN: Act = ("POST", "complaints", {
    "disputed": "withholding", "decision_number": 1, "decision_arrived_on": "2020-11-03", "lodged_on": "2020-11-23",
    "grounds": "Vi er uenige.", "defects": [],
})  # fmt: skip
LATE: Act = ("POST", "complaints", {**COMPLAIN[2], "lodged_on": "2020-12-23"})
TAKE_UP_LATE: Act = ("PUT", "complaints/1/late-acceptance", {
    "ground": "special-reasons", "reason": "Saken er viktig.", "accepted_on": "2020-12-28",
})  # fmt: skip
DISMISS: Act = ("PUT", "complaints/1/dismissal", {"reason": "For sent.", "dismissed_on": "2020-12-28"})
SUSPEND: Act = (
    "PUT", "complaints/1/suspension", {"suspends": "payment", "reason": "Driften trues.", "granted_on": "2020-11-24"},
)  # fmt: skip
END_SUSPENSION: Act = ("PUT", "complaints/1/suspension/end", {"reason": "Over.", "ended_on": "2020-11-25"})
REVERSE: Act = (
    "POST", "complaints/1/reversals", {"wholly": True, "reason": "Medhold.", "reversed_on": "2020-11-25"},
)  # fmt: skip
FORWARD: Act = ("PUT", "complaints/1/forwarding", {"statement": "Opprettholdt.", "forwarded_on": "2020-12-01"})
OUTCOME: Act = (
    "PUT", "complaints/1/outcome", {"outcome": "upheld", "document": "20/5", "decided_on": "2021-02-01"},
)  # fmt: skip

LESS: Act = ("POST", "award/changes", {
    "kind": "reduction", "reductions": [{"instalment": 2, "amount_ore": 200}],
    "ground": {"code": "condition-not-met", "text": "Vilkåret er ikke oppfylt."},
    "hearing": {"warned_on": "2020-08-01", "reply_by": "2020-08-22"},
})  # fmt: skip
REQUEST: Act = ("POST", "award/change-requests", {"asks": "Ny frist.", "received_on": "2020-05-04"})
ANSWER: Act = (
    "PUT", "award/change-requests/1/answer", {"granted": True, "reason": "Ja.", "answered_on": "2020-05-11"},
)  # fmt: skip
