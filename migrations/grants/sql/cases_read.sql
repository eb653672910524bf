-- What the pages of awards, withholdings, complaints and recipients are made of, and nothing beside: facts of cases in
-- codes, days, sums and numbers, without a word that anybody wrote of a person, and without who did it.

-- The strings of a stored fact that are kept are those of the fields named; every other string is emptied. Each string
-- is read from end to end, so that nothing that is written in one can be taken for the end of it.
CREATE FUNCTION grants.coded(data text, kept text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(data,
        '("(?:' || kept || ')":"(?:[^"\\]|\\.)*"'
        || '|"(?:defects|risks|names)":\["[a-z0-9-]*"(?:,"[a-z0-9-]*")*\]'
        || '|"[a-z0-9_]+":(?!"))'
        || '|("(?!(?:' || kept || ')":)[a-z0-9_]+":")(?:[^"\\]|\\.)*(")'
        || '|(")(?:[^"\\]|\\.)*(")', '\1\2\3\4\5', 'g')
$$;

-- Which fields those are: what is chosen from a list, days and instants, ids, hashes, the codes of funds and schemes. A
-- recipient is named, and a purpose told where it is an organisation's, since the ministry's notices tell both.
CREATE FUNCTION grants.kept_of(topic text, of_organisation boolean) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 'accept_by|accepted_on|account_id|agreed_on|annulled_on|approved_on|asked_on|call_id|capacity|charged_post_id'
        || '|check|checked_on|closed_on|code|completed_on|cover_valid_until|dated_on|decided_on|decision_arrived_on'
        || '|declined_on|delivered_on|dismissed_on|disputed|due_on|ended_on|follows|form|forwarded_on|fund_id|granted_on'
        || '|held_on|into_post_id|kind|lapsed_on|last_day_on|late_after|lodged_on|message_id|met_on|moved_on'
        || '|municipality_number|netted_on|omitted_on|organisation_number|outcome|paid_on|pay_by|payment_id|received_on'
        || '|reduced_on|released_on|reply_by|returned_on|reversed_on|round_id|scheme_id|settled_on|sha256|suspends'
        || '|warned_on|withdrawn_on'
        || CASE WHEN topic = 'award.proposed.v1' THEN '|name' ELSE '' END
        || CASE WHEN topic = 'award.proposed.v1' AND of_organisation THEN '|purpose' ELSE '' END
        || CASE WHEN topic = 'complaint.late-accepted.v1' OR topic ^@ 'award.commitment-' THEN '|ground' ELSE '' END
$$;

CREATE VIEW grants.case_fact WITH (security_barrier) AS
    SELECT e.position, e.stream, e.version, e.topic,
           convert_to(grants.coded(t.told, grants.kept_of(e.topic, t.told ~ '"organisation_number":"[0-9]{9}"')), 'UTF8')
               AS data,
           '{"actor":"","command_id":"","correlation_id":""}'::bytea AS metadata, e.recorded_at
    FROM grants.event e CROSS JOIN LATERAL (SELECT convert_from(e.data, 'UTF8') AS told OFFSET 0) AS t
    WHERE e.stream ^@ 'case-' AND e.topic IN (
        'award.proposed.v1', 'award.returned.v1', 'award.approved.v1', 'award.imported.v1',
        'award.supplement-approved.v1', 'award.reduced.v1', 'award.annulled.v1', 'award.declined.v1',
        'award.commitment-lapsed.v1', 'award.commitment-held-over.v1', 'award.commitment-held-over.v2',
        'award.letter-frozen.v1', 'award.letter-released.v1', 'award.letter-release-ended.v1',
        'award.letter-delivered.v1', 'award.letter-release-imported.v1', 'award.terms-accepted.v1',
        'disbursement.instalment-paid.v1', 'disbursement.instalment-paid.v2',
        'withholding.prior-warning-given.v1', 'withholding.prior-warning-omitted.v1', 'withholding.decided.v1',
        'withholding.released.v1', 'withholding.reclaim-warned.v1', 'withholding.reclaim-decided.v1',
        'withholding.reclaim-reduced.v1', 'withholding.reclaim-netted.v1', 'withholding.repayment-received.v1',
        'complaint.received.v1', 'complaint.completion-asked.v1', 'complaint.completed.v1',
        'complaint.late-accepted.v1', 'complaint.dismissed.v1', 'complaint.suspensive-effect-granted.v1',
        'complaint.suspensive-effect-ended.v1', 'complaint.decision-reversed.v1', 'complaint.forwarded.v1',
        'complaint.decided.v1', 'complaint.withdrawn.v1',
        'report.received.v1', 'report.checked.v1', 'report.returned.v1', 'report.deadline-moved.v1',
        'report.award-settled.v1', 'report.case-closed.v1');

-- The cases in which money is or was held back or claimed back, is warned of, or a decision is complained of.
CREATE INDEX event_of_a_dispute ON grants.event (stream) WHERE topic IN (
    'withholding.prior-warning-given.v1', 'withholding.prior-warning-omitted.v1', 'withholding.decided.v1',
    'withholding.reclaim-warned.v1', 'withholding.reclaim-decided.v1', 'complaint.received.v1');
CREATE VIEW grants.disputed_case WITH (security_barrier) AS
    SELECT DISTINCT e.stream FROM grants.event e WHERE e.topic IN (
        'withholding.prior-warning-given.v1', 'withholding.prior-warning-omitted.v1', 'withholding.decided.v1',
        'withholding.reclaim-warned.v1', 'withholding.reclaim-decided.v1', 'complaint.received.v1');

-- Schemes and calls as they were registered, and of rounds what their list is made of: none of their lines.
CREATE VIEW grants.scheme_fact WITH (security_barrier) AS
    SELECT position, stream, version, topic, data, metadata, recorded_at FROM grants.event
    WHERE stream > 'scheme-' AND stream < 'scheme.';
CREATE VIEW grants.round_fact WITH (security_barrier) AS
    SELECT position, stream, version, topic, data, metadata, recorded_at FROM grants.event
    WHERE stream > 'round-' AND stream < 'round.'
      AND topic IN ('round.opened.v1', 'round.lines-approved.v1', 'round.closed.v1');

REVOKE ALL ON grants.case_fact, grants.disputed_case, grants.scheme_fact, grants.round_fact FROM PUBLIC;
REVOKE ALL ON FUNCTION grants.coded, grants.kept_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.coded, grants.kept_of, grants.folded TO tilsagn_dashboard;
GRANT SELECT ON grants.case_fact, grants.disputed_case, grants.scheme_fact, grants.round_fact TO tilsagn_dashboard;
GRANT USAGE ON SCHEMA grants_view TO tilsagn_dashboard;
GRANT SELECT (projection, edition, state, position) ON grants_view.edition TO tilsagn_dashboard;
GRANT SELECT (edition, case_id, opened_position, fund_id, year, chapter, post, recipient, organisation_number,
    municipality_number, scheme_id, call_id, round_id, sought_ore, amount_ore, disbursed_ore, withheld_ore, state) ON grants_view.case_row TO tilsagn_dashboard;
GRANT SELECT (edition, notice_id, case_id, position, state, planned_on, sent_at, received_at) ON grants_view.case_notice
    TO tilsagn_dashboard;
