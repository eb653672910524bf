"""Every act on a case over HTTP, and whether it presupposes that the recipient knows of an award that is approved.

An act that is not in this table fails the test that walks it. For each that waits there are the facts it stands on
(some of them such as only an earlier release let happen before the letter) and a request that goes well once the letter
is out. It is Født Fri's grant (`fodt_fri.py`) in small.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.grants.case.events.award import AwardApproved, AwardProposed, Instalment, NamedIn, Recipient, ReportOwed
from services.grants.case.events.award_change import ChangeRequested, Reduction
from services.grants.case.events.complaint import ComplaintForwarded, ComplaintReceived, Party, SuspensiveEffectGranted
from services.grants.case.events.disbursement import InstalmentPaid, PayeeAccountRegistered, PayeeAccountVerified
from services.grants.case.events.grant_letter import LetterLeft, LetterMayLeave
from services.grants.case.events.recipient_report import (
    ControlSelected,
    ReportChecked,
    ReportReceived,
    SettlementProposed,
)
from services.grants.case.events.withholding import (
    PriorWarningGiven,
    Reason,
    ReclaimDecided,
    ReclaimWarned,
    WithholdingDecided,
)

FUND = "2020/291/71/fodt_fri"
DUE, TOLD = date(2020, 9, 1), date(2020, 2, 10)
MISUSE = (Reason(code="misuse", text="Brukt til annet."),)
ACCOUNT = UUID(int=7)

proposed = AwardProposed(
    fund_id=FUND,
    recipient=Recipient(name="Stiftelsen Født Fri", organisation_number="974760673"),
    amount_ore=200,
    purpose="Nasjonalt ressursmiljø",
    terms=("Rapport leveres.",),
    instalments=(Instalment(number=1, amount_ore=100), Instalment(number=2, amount_ore=100, condition="Avtale")),
    basis=NamedIn(year=2020, letter=0, section="5.1"),
    proposed_by="kari",
    reports=(ReportOwed(number=1, kind="final", due_on=DUE),),
)
approved = AwardApproved(
    fund_id=FUND, amount_ore=200, approved_on=date(2020, 2, 3), approved_by="ola", disposal_authority="Instruks 4.2",
    across_years=False,
)  # fmt: skip
promised = (proposed, approved)
may_leave = LetterMayLeave(released_on=TOLD, sha256="cd" * 32, message_id="m-1")
letter_out = LetterLeft(left_on=TOLD, sha256="cd" * 32, message_id="m-2")

registered = PayeeAccountRegistered(account_id=ACCOUNT, registered_on=TOLD, registered_by="anne")
verified = PayeeAccountVerified(account_id=ACCOUNT, source="Banken", verified_on=TOLD, verified_by="siri")
paid = InstalmentPaid(instalment=1, amount_ore=100, paid_on=date(2020, 3, 2), reference="B-1", attested_by="per")
warned = PriorWarningGiven(
    instalment=2, amount_ore=100, reasons=MISUSE, reply_by=date(2020, 3, 24), warned_on=date(2020, 3, 3),
    warned_by="kari",
)  # fmt: skip
withheld = WithholdingDecided(
    number=1, instalment=2, amount_ore=100, reasons=MISUSE, prepared_reasons=MISUSE, reasons_changed=False,
    exemption=None, decided_on=date(2020, 4, 1), decided_by="ola",
)  # fmt: skip
claim_warned = ReclaimWarned(
    instalment=1, amount_ore=100, reasons=MISUSE, reply_by=date(2020, 3, 24), exemption=None,
    warned_on=date(2020, 3, 3), warned_by="kari",
)  # fmt: skip
claimed = ReclaimDecided(
    number=1, instalment=1, amount_ore=100, reasons=MISUSE, prepared_reasons=MISUSE, reasons_changed=False,
    exemption=None, pay_by=date(2020, 5, 1), decided_on=date(2020, 4, 1), decided_by="ola",
)  # fmt: skip
reported = ReportReceived(
    number=1, version=1, summary="I rute.", results="Tolv kurs.", used_ore=100, accounts_attested=False,
    document_sha256=None, received_on=date(2020, 8, 20), registered_by="kari",
)  # fmt: skip
content_checked = ReportChecked(
    number=1, version=1, check="content", note="Stemmer.", checked_on=date(2020, 8, 21), checked_by="liv"
)
money_checked = replace(content_checked, check="money", checked_by="siri")
settling = SettlementProposed(
    used_ore=100, reductions=(Reduction(instalment=2, amount_ore=100),), proposed_on=date(2020, 9, 10),
    proposed_by="kari",
)  # fmt: skip
asked_for = ChangeRequested(number=1, asks="Mer tid.", received_on=date(2020, 3, 3), registered_by="kari")
complained = ComplaintReceived(
    number=1, disputed="award", decision_number=None, party=Party(name="En annen søker"),
    decision_arrived_on=date(2020, 2, 4), lodged_on=date(2020, 2, 5), last_day_on=date(2020, 2, 25),
    grounds="Vi skulle hatt dem.", defects=(), registered_by="siri",
)  # fmt: skip
lacking = replace(complained, defects=("not-signed",))
late = replace(complained, lodged_on=date(2020, 3, 9))
suspended = SuspensiveEffectGranted(
    number=1, suspends="payment", reason="Kan ha betydning.", granted_on=date(2020, 2, 6), granted_by="liv"
)
forwarded = ComplaintForwarded(number=1, statement="Står fast.", forwarded_on=date(2020, 2, 7), forwarded_by="liv")
controlled = ControlSelected(
    number=1, method="risk", draw=None, risks=("first-time-recipient",), basis="Ny mottaker.",
    selected_on=date(2020, 3, 3), selected_by="kari",
)  # fmt: skip

REASONS = [{"code": "misuse", "text": "Brukt til annet."}]
HEARD = {"warned_on": "2020-02-10", "reply_by": "2020-03-02"}
UNMET = {"code": "condition-not-met", "text": "Prosjektet er mindre enn søkt."}
INVALID = {"code": "reversal-invalid", "text": "Vedtaket bygger på feil opplysninger."}
LESS = {"kind": "reduction", "reductions": [{"instalment": 2, "amount_ore": 50}], "ground": UNMET}


@dataclass(frozen=True, kw_only=True)
class Waits:
    """It waits for the letter: why, who asks for it, what, on which facts; and the refusal before the letter is out."""

    why: str
    who: str = "kari"
    body: dict[str, Any]
    given: tuple[Event, ...] = ()
    code: str = "letter-not-out"


@dataclass(frozen=True, kw_only=True)
class Free:
    """It presupposes nothing of the recipient: why. With a body it is asked before the letter, and goes well."""

    why: str
    who: str = "kari"
    body: dict[str, Any] | None = None
    given: tuple[Event, ...] = ()


Act = Waits | Free
BEFORE = Free(why="it stands before any award")
CASE = "/v1/cases/{case_id}"
AT = f"{CASE}/instalments/{{number}}"
REPORT = f"{CASE}/reports/{{number}}"
COMPLAINT = f"{CASE}/complaints/{{number}}"

WAITING: dict[str, Act] = {
    f"PUT {CASE}/award/acceptance": Waits(
        why="nobody accepts what they have not read", body={"accepted_on": "2020-02-20", "document": "20/1"}
    ),
    f"PUT {CASE}/award/refusal": Waits(
        why="nobody refuses what they have not heard of", body={"reason": "Avlyst.", "declined_on": "2020-02-20"}
    ),
    f"POST {CASE}/award/change-requests": Waits(
        why="nobody asks to change what they have not read", body={"asks": "Mer tid.", "received_on": "2020-02-20"}
    ),
    f"PUT {CASE}/award/change-requests/{{number}}/answer": Waits(
        why="the answer tells of the award", who="ola", given=(asked_for,),
        body={"granted": True, "reason": "Ja.", "answered_on": "2020-03-04"},
    ),
    f"POST {AT}/attestations": Waits(
        why="money would tell of the award", who="per", given=(registered, verified), code="letter-not-released",
        body={"amount_ore": 100, "pay_on": "2020-03-02", "attested_on": "2020-03-02"},
    ),
    f"POST {AT}/payments": Waits(
        why="money would have told of the award", who="per", code="letter-not-released",
        body={"amount_ore": 100, "paid_on": "2020-03-02", "reference": "B-2"},
    ),
    f"PUT {AT}/warning": Waits(
        why="the warning tells of the award",
        body={"amount_ore": 100, "reasons": REASONS, "reply_by": "2020-03-24", "warned_on": "2020-03-03"},
    ),
    f"PUT {AT}/warning/omission": Waits(
        why="it prepares a withholding",
        body={"amount_ore": 100, "reasons": REASONS, "exemption": "fvl-16-3-c", "ground": "Kjent.",
              "omitted_on": "2020-03-03"},
    ),
    f"POST {CASE}/withholdings": Waits(
        why="the recipient is told of it with its reasons", who="ola", given=(warned,),
        body={"instalment": 2, "amount_ore": 100, "reasons": REASONS, "decided_on": "2020-04-01"},
    ),
    f"PUT {AT}/reclaim-warning": Waits(
        why="the warning tells of the award", given=(paid,),
        body={"amount_ore": 100, "reasons": REASONS, "reply_by": "2020-03-24", "warned_on": "2020-03-03"},
    ),
    f"POST {CASE}/reclaims": Waits(
        why="it demands money", who="ola", given=(paid, claim_warned),
        body={"instalment": 1, "amount_ore": 100, "reasons": REASONS, "pay_by": "2020-05-01",
              "decided_on": "2020-04-01"},
    ),
    f"POST {CASE}/reclaims/{{number}}/netting": Waits(
        why="it settles what was demanded", who="ola", given=(paid, claim_warned, claimed),
        body={"against": [{"instalment": 2, "amount_ore": 100}], "netted_on": "2020-05-02"},
    ),
    f"POST {REPORT}/versions": Waits(
        why="nobody reports on money they have not been promised",
        body={"summary": "I rute.", "results": "Tolv.", "used_ore": 100, "accounts_attested": False,
              "received_on": "2020-08-20"},
    ),
    f"PUT {REPORT}/content-check": Waits(
        why="it judges such a report", given=(reported,), body={"note": "Stemmer.", "checked_on": "2020-08-21"}
    ),
    f"PUT {REPORT}/money-check": Waits(
        why="it judges such a report", given=(reported,), body={"note": "Stemmer.", "checked_on": "2020-08-21"}
    ),
    f"POST {REPORT}/content-check/returns": Waits(
        why="it demands a new report", given=(reported,),
        body={"reasons": ["Mangler."], "reply_by": "2020-09-21", "returned_on": "2020-09-01"},
    ),
    f"POST {REPORT}/money-check/returns": Waits(
        why="it demands a new report", given=(reported,),
        body={"reasons": ["Mangler."], "reply_by": "2020-09-21", "returned_on": "2020-09-01"},
    ),
    f"PUT {REPORT}/deadline": Waits(
        why="the recipient is told of the new day",
        body={"due_on": "2020-10-01", "reason": "Sykdom.", "moved_on": "2020-08-20"},
    ),
    f"POST {REPORT}/reminders": Waits(
        why="the reminder tells of the award", body={"reminded_on": "2020-09-02"}
    ),
    f"PUT {CASE}/settlement": Waits(
        why="it settles what was used and reported", given=(paid, reported, content_checked, money_checked),
        body={"used_ore": 100, "proposed_on": "2020-09-10"},
    ),
    f"PUT {CASE}/settlement/approval": Waits(
        why="it settles what was used and reported", who="ola",
        given=(paid, reported, content_checked, money_checked, settling), body={"settled_on": "2020-09-11"},
    ),
    f"PUT {CASE}/controls/{{number}}/conclusion": Waits(
        why="it judges what the recipient did", who="liv", given=(controlled,),
        body={"found": "I orden.", "in_order": True, "concluded_on": "2020-03-04"},
    ),
}  # fmt: skip

FREE: dict[str, Act] = {
    f"POST {CASE}/award/changes": Free(
        why="what the recipient has not heard of is made otherwise without a hearing (fvl. § 35 b)", body=LESS
    ),
    f"POST {CASE}/award/changes/returns": Free(why="between the two who prepare and decide"),
    f"PUT {CASE}/award/changes/approval": Free(why="as the change itself; walked by the test of all three kinds"),
    f"POST {CASE}/turn-of-year": Free(why="the budget year ends for every promise"),
    f"PUT {CASE}/award": BEFORE,
    f"POST {CASE}/award/returns": BEFORE,
    f"PUT {CASE}/award/approval": BEFORE,
    f"PUT {CASE}/award/import": BEFORE,
    f"PUT {CASE}/award/import/confirmation": BEFORE,
    f"PUT {CASE}/letter": Free(why="it is how the recipient will know"),
    f"PUT {CASE}/letter/permit": Free(why="it is how the recipient will know"),
    f"POST {CASE}/letter/permit/write-off": Free(why="between the two who find out what became of a sending"),
    f"PUT {CASE}/letter/permit/write-off/confirmation": Free(
        why="between the two who find out what became of a sending"
    ),
    f"PUT {CASE}/letter-release": Free(why="it records that the recipient knew before this system"),
    f"PUT {CASE}/letter-release/confirmation": Free(why="it records that the recipient knew before this system"),
    f"PUT {AT}/condition": Free(
        why="what happened in the world is recorded when it is known, and tells nobody",
        body={"ground": "Avtalen er inngått.", "met_on": "2020-02-05"},
    ),
    f"PUT {CASE}/payments/{{payment_id}}/taken-back": Free(why="it stops a payment"),
    f"PUT {CASE}/payee-account": Free(
        why="the account is found in a register, and nothing is paid to it",
        body={"account_number": "12345678911", "organisation_number": "974760673", "registered_on": "2020-02-05"},
    ),
    f"PUT {CASE}/payee-account/verification": Free(
        why="it is held against a source", who="siri", given=(registered,),
        body={"account_id": str(ACCOUNT), "source": "Banken", "verified_on": "2020-02-10"},
    ),
    f"PUT {CASE}/contact": Free(why="whom to write to; nobody is written to"),
    f"POST {CASE}/withholdings/{{number}}/releases": Free(
        why="it corrects a withholding that came before the letter", who="ola", given=(warned, withheld),
        body={"amount_ore": 100, "reason": "Brevet var ikke sendt.", "released_on": "2020-04-02"},
    ),
    f"POST {CASE}/reclaims/{{number}}/reductions": Free(
        why="it corrects a reclaim that came before the letter", who="ola", given=(paid, claim_warned, claimed),
        body={"amount_ore": 100, "reason": "Brevet var ikke sendt.", "reduced_on": "2020-04-02"},
    ),
    f"POST {CASE}/repayments": Free(
        why="money that has come is recorded", who="siri", given=(paid,),
        body={"instalment": 1, "amount_ore": 100, "voucher": "B-9", "received_on": "2020-04-02"},
    ),
    f"POST {CASE}/controls": Free(
        why="a case is chosen in the house, and nobody is told; it is concluded once the recipient knows",
        body={"risks": ["first-time-recipient"], "basis": "Ny mottaker.", "selected_on": "2020-03-03"},
    ),
    f"PUT {CASE}/settlement/return": Free(
        why="it stops a settlement", who="ola", given=(settling,), body={"reason": "Brevet er ikke sendt."}
    ),
    f"PUT {CASE}/closing": Free(why="nothing is left to do, of an award that was annulled before its letter left"),
    f"POST {CASE}/complaints": Free(
        why="a complaint is recorded when it comes, whoever makes it (fvl. § 29)",
        body={"disputed": "award", "party": {"name": "En annen søker"}, "decision_arrived_on": "2020-02-04",
              "lodged_on": "2020-02-05", "grounds": "Vi skulle hatt dem."},
    ),
    f"PUT {COMPLAINT}/completion-request": Free(
        why="another who complains is asked of their own complaint", given=(lacking,),
        body={"reply_by": "2020-02-28", "asked_on": "2020-02-06"},
    ),
    f"PUT {COMPLAINT}/completion": Free(
        why="what has come is recorded", given=(lacking,), body={"completed_on": "2020-02-07"}
    ),
    f"PUT {COMPLAINT}/late-acceptance": Free(
        why="another who complains may be late by what they were told themselves", who="liv", given=(late,),
        body={"ground": "special-reasons", "reason": "Posten.", "accepted_on": "2020-03-10"},
    ),
    f"PUT {COMPLAINT}/dismissal": Free(
        why="another who complains may be turned away", who="liv", given=(late,),
        body={"reason": "For sent.", "dismissed_on": "2020-03-10"},
    ),
    f"PUT {COMPLAINT}/suspension": Free(
        why="it stops what would be done", who="liv", given=(complained,),
        body={"suspends": "payment", "reason": "Kan ha betydning.", "granted_on": "2020-02-06"},
    ),
    f"PUT {COMPLAINT}/suspension/end": Free(
        why="what was stopped goes on, and nobody is told by that", who="liv", given=(complained, suspended),
        body={"reason": "Ikke grunn.", "ended_on": "2020-02-07"},
    ),
    f"POST {COMPLAINT}/reversals": Free(
        why="the award is made otherwise (fvl. § 35)", who="liv", given=(complained,),
        body={"wholly": True, "reason": "Feil faktum.", "reversed_on": "2020-02-07"},
    ),
    f"PUT {COMPLAINT}/forwarding": Free(
        why="the copy goes to whoever complains", who="liv", given=(complained,),
        body={"statement": "Står fast.", "forwarded_on": "2020-02-07"},
    ),
    f"PUT {COMPLAINT}/outcome": Free(
        why="what the ministry decided is recorded", who="siv", given=(complained, forwarded),
        body={"outcome": "upheld", "document": "20/9", "decided_on": "2020-02-08"},
    ),
    f"PUT {COMPLAINT}/withdrawal": Free(
        why="what has come is recorded", given=(complained,), body={"withdrawn_on": "2020-02-07"}
    ),
    f"PUT {CASE}/party": Free(why="who stands in the recipient's place is a matter of record"),
    f"POST {CASE}/application/versions": BEFORE,
    f"POST {CASE}/application/supplement-requests": BEFORE,
    f"PUT {CASE}/application/late-acceptance": BEFORE,
    f"PUT {CASE}/application/withdrawal": BEFORE,
    f"PUT {CASE}/impartiality": BEFORE,
    f"POST {CASE}/assessments": BEFORE,
    f"PUT {CASE}/application/dismissal-proposal": BEFORE,
    f"POST {CASE}/application/dismissal-proposal/returns": BEFORE,
    f"PUT {CASE}/application/dismissal": BEFORE,
    f"PUT {CASE}/application/rejection-proposal": BEFORE,
    f"POST {CASE}/application/rejection-proposal/returns": BEFORE,
    f"PUT {CASE}/application/rejection": BEFORE,
}  # fmt: skip

OF_THE_RECIPIENT = Party(name="Stiftelsen født  fri")
WAITING_OF_ITS_OWN: tuple[str, ...] = (
    f"PUT {COMPLAINT}/completion-request",
    f"PUT {COMPLAINT}/late-acceptance",
    f"PUT {COMPLAINT}/dismissal",
    f"PUT {COMPLAINT}/forwarding",
)
"""What waits for the letter when it is the recipient itself that complains of its award, and not when another does."""

TOGETHER: dict[str, str] = {
    "POST /v1/cases": "it opens a case",
    "POST /v1/award-imports": "it opens a case",
    "POST /v1/applications": "it opens a case",
    "POST /v1/rounds": "it stands before any award",
    "PUT /v1/rounds/{round_id}/closing": "it ends a round and touches no case",
    "POST /v1/rounds/{round_id}/funds": "it foresees, and records nothing",
    "POST /v1/rounds/{round_id}/lines": "it stands before any award",
    "POST /v1/rounds/{round_id}/batches": "it stands before any award",
    "POST /v1/rounds/{round_id}/returns": "it stands before any award",
    "PUT /v1/rounds/{round_id}/approval": "it makes the awards",
    "PUT /v1/rounds/{round_id}/letters": "it is how the recipients will know",
    "POST /v1/reports/reminders": "skips every case whose letter is not out, and lists them",
    "POST /v1/controls/draws": "as a control chosen on risk",
    "PUT /v1/posts/{year}/{chapter}/{post}/held-over/order": "says which claims are covered first, to nobody outside",
    "POST /v1/payment-batches": "asks for what is attested, and asks again whether the letter is out",
    "POST /v1/payment-batches/{batch_id}/receipts": "accounting's answer is recorded when it comes",
}
"""Acts on many cases at once."""

ELSEWHERE = (
    "/v1/letters/", "/v1/letters", "/v1/authorities/", "/v1/schemes", "/v1/schemes/", "/v1/organisations/", "/v1/staff",
    "/v1/contacts/", "/v1/payee-accounts/", "/v1/lost-payments/", "/v1/rules/", "/v1/pay-out-deadlines/",
    "/v1/successions", "/v1/lost-grounds/",
)  # fmt: skip
"""Addresses, or how they begin, whose acts stand on no case."""
