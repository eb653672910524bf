-- A decision that is dated back says so beside itself (services/grants/back_dating). That fact makes no letter wrong:
-- the decision it stands beside is looked at by itself (letter_permit.sql). Otherwise the function is as it was.
CREATE OR REPLACE FUNCTION grants.goes_on(topic text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT topic = ANY ('{
        application.assessed.v1, application.contact-erased.v1, application.contact-named.v1,
        application.dismissal-proposed.v1, application.dismissal-returned.v1, application.impartiality-stated.v1,
        application.late-accepted.v1, application.received.v1, application.rejection-proposed.v1,
        application.rejection-returned.v1, application.supplement-requested.v1,
        award.change-answered.v1, award.change-proposed.v1, award.change-requested.v1, award.change-returned.v1,
        award.commitment-held-over.v1, award.letter-delivered.v1, award.letter-release-ended.v1,
        award.letter-release-import-proposed.v1, award.letter-released.v1, award.terms-accepted.v1,
        complaint.completed.v1, complaint.completion-asked.v1, complaint.dismissed.v1, complaint.forwarded.v1,
        complaint.late-accepted.v1, complaint.party-changed.v1, complaint.received.v1,
        complaint.suspensive-effect-ended.v1, complaint.withdrawn.v1,
        decision.back-dated.v1,
        disbursement.condition-met.v1, disbursement.instalment-paid.v1, disbursement.payee-account-registered.v1,
        disbursement.payee-account-verified.v1, disbursement.payment-attested.v1, disbursement.payment-refused.v1,
        disbursement.payment-requested.v1,
        report.checked.v1, report.control-concluded.v1, report.control-selected.v1, report.deadline-moved.v1,
        report.received.v1, report.reminded.v1, report.returned.v1, report.settlement-proposed.v1,
        report.settlement-returned.v1,
        withholding.prior-warning-given.v1, withholding.prior-warning-omitted.v1, withholding.reclaim-decided.v1,
        withholding.reclaim-reduced.v1, withholding.reclaim-warned.v1, withholding.released.v1,
        withholding.repayment-received.v1}'::text[])
$$;
