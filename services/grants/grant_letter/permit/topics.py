"""Which facts of a case make its letter wrong, and which do not: one table, of every fact a case can have.

While a permit to send runs, PostgreSQL takes none of the first (`grants.goes_on` in
migrations/grants/sql/letter_permit.sql holds the second, and refuses whatever it does not know). A test walks every
fact of a case and finds it here once, and here and there the same.
"""

WRONG_AFTER: frozenset[str] = frozenset(
    {
        "application.dismissed.v1",
        "application.rejected.v1",
        "application.withdrawn.v1",
        "award.annulled.v1",
        "award.approved.v1",
        "award.commitment-lapsed.v1",
        "award.declined.v1",
        "award.import-proposed.v1",
        "award.imported.v1",
        "award.letter-frozen.v1",
        "award.letter-release-imported.v1",
        "award.proposed.v1",
        "award.reduced.v1",
        "award.returned.v1",
        "award.supplement-approved.v1",
        "complaint.decided.v1",
        "complaint.decision-reversed.v1",
        "complaint.suspensive-effect-granted.v1",
        "report.award-settled.v1",
        "report.case-closed.v1",
        "withholding.decided.v1",
        "withholding.reclaim-netted.v1",
    }
)
"""The letter tells of an award that is no longer so, or may not be carried out."""

GOES_ON: frozenset[str] = frozenset(
    {
        "application.assessed.v1",
        "application.contact-erased.v1",
        "application.contact-named.v1",
        "application.dismissal-proposed.v1",
        "application.dismissal-returned.v1",
        "application.impartiality-stated.v1",
        "application.late-accepted.v1",
        "application.received.v1",
        "application.rejection-proposed.v1",
        "application.rejection-returned.v1",
        "application.supplement-requested.v1",
        "award.change-answered.v1",  # what it changes of money follows by its own act
        "award.change-proposed.v1",
        "award.change-requested.v1",
        "award.change-returned.v1",
        "award.commitment-held-over.v1",
        "award.commitment-held-over.v2",
        "award.letter-delivered.v1",
        "award.letter-release-ended.v1",
        "award.letter-release-import-proposed.v1",
        "award.letter-left.v1",
        "award.letter-not-arrived.v1",
        "award.letter-perhaps-left.v1",
        "award.letter-released.v1",
        "award.letter-released.v2",
        "award.letter-try-written-off.v1",
        "award.terms-accepted.v1",
        "complaint.completed.v1",
        "complaint.completion-asked.v1",
        "complaint.dismissed.v1",
        "complaint.forwarded.v1",
        "complaint.late-accepted.v1",
        "complaint.party-changed.v1",
        "complaint.received.v1",
        "complaint.suspensive-effect-ended.v1",
        "complaint.withdrawn.v1",
        "decision.back-dated.v1",  # what it stands beside is looked at by itself
        "disbursement.condition-met.v1",
        "disbursement.instalment-paid.v1",
        "disbursement.instalment-paid.v2",
        "disbursement.payee-account-erased.v1",
        "disbursement.payee-account-registered.v1",
        "disbursement.payee-account-verified.v1",
        "disbursement.payment-attested.v1",
        "disbursement.payment-refused.v1",
        "disbursement.payment-requested.v1",
        "report.checked.v1",
        "report.control-concluded.v1",
        "report.control-selected.v1",
        "report.deadline-moved.v1",
        "report.received.v1",
        "report.reminded.v1",
        "report.returned.v1",
        "report.settlement-proposed.v1",
        "report.settlement-returned.v1",
        "withholding.prior-warning-given.v1",
        "withholding.prior-warning-omitted.v1",
        "withholding.reclaim-decided.v1",
        "withholding.reclaim-reduced.v1",
        "withholding.reclaim-warned.v1",
        "withholding.released.v1",
        "withholding.repayment-received.v1",
    }
)
"""The letter tells the truth all the same."""
