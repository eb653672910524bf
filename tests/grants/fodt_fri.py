"""The case the tests of a grant are told on: Født Fri's six million of 2020, in two instalments, and its people.

Real as far as it is public: named in the letter of allocation (5.1, post 71), prior warning of withholding on
11 August, decision on 2 November. The days before that, the vouchers and the people are invented.
"""

from datetime import date

from services.grants.case.events.award import (
    AwardApproved,
    AwardImported,
    AwardImportProposed,
    AwardProposed,
    Instalment,
    NamedIn,
    Recipient,
)
from services.grants.case.events.award_change import Reduction
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.case.events.grant_letter import LetterReleaseImported, LetterReleaseImportProposed
from services.grants.case.events.withholding import (
    PriorWarningGiven,
    Reason,
    ReclaimDecided,
    ReclaimNetted,
    ReclaimWarned,
    RepaymentReceived,
    WithholdingDecided,
    WithholdingReleased,
)

MILLION = 100_000_000  # øre in a million kroner
FUND = "2020/291/71/nasjonale-ressursmiljo/fodt-fri"

proposed = AwardProposed(
    fund_id=FUND,
    recipient=Recipient(name="Stiftelsen Født Fri"),
    amount_ore=6 * MILLION,
    purpose="Nasjonalt ressursmiljø på integreringsfeltet",
    terms=("Midlene brukes til formålet.", "Regnskap og rapport leveres."),
    instalments=(
        Instalment(number=1, amount_ore=3 * MILLION),
        Instalment(number=2, amount_ore=3 * MILLION, due_on=date(2020, 9, 1)),
    ),
    basis=NamedIn(year=2020, letter=0, section="5.1"),
    proposed_by="kari",
)
approved = AwardApproved(
    fund_id=FUND,
    amount_ore=6 * MILLION,
    approved_on=date(2020, 2, 3),
    approved_by="ola",
    disposal_authority="Delegert fra direktøren 1. januar 2020",
    across_years=False,
)
outside = AwardImportProposed(
    decided_on=date(2020, 2, 3),
    disposal_authority="Delegert fra direktøren 1. januar 2020",
    document="20/00123-3",
    document_sha256="cd" * 32,
    proposed_by="kari",
)
imported = AwardImported(**vars(approved), document="20/00123-3", document_sha256="cd" * 32)
"""The same award, had it been decided before this system: confirmed by Ola, as Ola approved it."""
claimed = LetterReleaseImportProposed(
    released_on=date(2020, 2, 10), document="20/00123-4", document_sha256="ab" * 32, proposed_by="kari"
)
letter_out = LetterReleaseImported(
    released_on=date(2020, 2, 10), document="20/00123-4", document_sha256="ab" * 32, confirmed_by="liv"
)
first_paid = InstalmentPaid(
    instalment=1, amount_ore=3 * MILLION, paid_on=date(2020, 3, 2), reference="B-1001", attested_by="per"
)
committed = (proposed, approved)
from_before = (proposed, outside, imported)
running = (*committed, claimed, letter_out, first_paid)

unsound = Reason(code="accounts-unsound", text="Regnskapet viser ikke hva tilskuddet er brukt til.")
broken = Reason(code="terms-broken", text="Vilkårene i tilskuddsbrevet er ikke fulgt.")
warned = PriorWarningGiven(
    instalment=2,
    amount_ore=3 * MILLION,
    reasons=(unsound,),
    reply_by=date(2020, 9, 1),
    warned_on=date(2020, 8, 11),
    warned_by="kari",
)
withheld = WithholdingDecided(
    number=1,
    instalment=2,
    amount_ore=3 * MILLION,
    reasons=(unsound,),
    prepared_reasons=(unsound,),
    reasons_changed=False,
    exemption=None,
    decided_on=date(2020, 11, 2),
    decided_by="ola",
)
released = WithholdingReleased(
    number=1,
    instalment=2,
    amount_ore=3 * MILLION,
    reason="Revidert regnskap er mottatt og godkjent.",
    released_on=date(2020, 12, 1),
    released_by="ola",
)

# Invented: what might have happened to the first half, had it been found misused.
misused = Reason(code="misuse", text="Midlene er brukt til annet enn formålet.")
reclaim_warned = ReclaimWarned(
    instalment=1,
    amount_ore=2 * MILLION,
    reasons=(misused,),
    reply_by=date(2020, 9, 1),
    exemption=None,
    warned_on=date(2020, 8, 11),
    warned_by="kari",
)
reclaimed = ReclaimDecided(
    number=1,
    instalment=1,
    amount_ore=2 * MILLION,
    reasons=(misused,),
    prepared_reasons=(misused,),
    reasons_changed=False,
    exemption=None,
    pay_by=date(2020, 11, 30),
    decided_on=date(2020, 11, 2),
    decided_by="ola",
)
repaid = RepaymentReceived(
    reclaim=1,
    instalment=1,
    amount_ore=MILLION,
    credited=True,
    voucher="B-2001",
    received_on=date(2020, 11, 20),
    recorded_by="kari",
)
netted = ReclaimNetted(
    number=1,
    reductions=(Reduction(instalment=2, amount_ore=MILLION),),
    netted_on=date(2020, 12, 1),
    netted_by="ola",
)
