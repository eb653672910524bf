-- The gate's tables follow from the events themselves: append() calls apply_effects() with every command, and it reads
-- the facts just recorded. So nothing stands there that the chain does not tell, and nobody else can put it there. A fact
-- that cannot be so is refused here, and with it the command that tells it.

CREATE FUNCTION notifications.refuse_unless(holds boolean, code text, what text) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF holds IS NOT TRUE THEN RAISE EXCEPTION '%: %', code, what; END IF;
END $$;

-- What is held: a letter, or a report to be published. Whatever replaces it must be ordered anew.
CREATE FUNCTION notifications.hold(which text, at bigint, d jsonb) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    exempt jsonb := nullif(d -> 'exemption', 'null');
    policy notifications.scheme_policy;
BEGIN
    IF exempt IS NOT NULL THEN
        -- The policy in force when the award was approved, as grants has told it: the latest that had begun.
        SELECT * INTO policy FROM notifications.scheme_policy s
            WHERE s.scheme_id = exempt ->> 'scheme_id' AND s.valid_from <= (d ->> 'approved_on')::date
            ORDER BY s.valid_from DESC, s.version DESC LIMIT 1;
        PERFORM notifications.refuse_unless(
            policy.rule = 'exempt' AND policy.version = (exempt ->> 'scheme_version')::integer
            AND policy.source = exempt ->> 'source', 'exemption-unfounded', which);
    END IF;
    IF d ? 'letter_sha256' THEN
        PERFORM notifications.refuse_unless(d #> '{manifest,files}' ? (d ->> 'letter_sha256'), 'manifest-differs', which);
    END IF;
    PERFORM notifications.refuse_unless(
        NOT EXISTS (SELECT FROM notifications.item i WHERE i.item = which AND i.released), 'already-released', which);
    INSERT INTO notifications.item (item, position, manifest_sha256, letter_sha256, scheme_id, round_id, exempt_source)
    VALUES (which, at, decode(d ->> 'manifest_sha256', 'hex'), decode(d ->> 'letter_sha256', 'hex'),
            d #>> '{manifest,scheme_id}', d ->> 'round_id', exempt ->> 'source')
    ON CONFLICT (item) DO UPDATE SET position = excluded.position, manifest_sha256 = excluded.manifest_sha256,
        letter_sha256 = excluded.letter_sha256, scheme_id = excluded.scheme_id, round_id = excluded.round_id,
        exempt_source = excluded.exempt_source, ended = false, ordered = false;
END $$;

-- A receipt counts for the last sending, and lies between it and now.
CREATE FUNCTION notifications.receive(which text, d jsonb) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told notifications.notice;
    at   timestamptz := (d ->> 'received_at')::timestamptz;
BEGIN
    SELECT * INTO told FROM notifications.notice n WHERE n.notice = which;
    PERFORM notifications.refuse_unless(told.dispatch = (d ->> 'dispatch')::integer, 'not-the-last-sending', which);
    PERFORM notifications.refuse_unless(at >= told.dispatched_at, 'received-before-sent', which);
    -- A minute's difference between clocks is borne: a later receipt only opens later.
    PERFORM notifications.refuse_unless(
        at <= notifications.log_clock() + interval '60 seconds', 'received-in-the-future', which);
    PERFORM notifications.refuse_unless(d ->> 'proposed_by' IS DISTINCT FROM d ->> 'told_by', 'same-person-twice', which);
    UPDATE notifications.notice SET received_at = at WHERE notice = which;
END $$;

-- The rule of counting an order freezes is the row's own, and the one in force.
CREATE FUNCTION notifications.check_policy(asked jsonb) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known notifications.policy;
BEGIN
    SELECT * INTO known FROM notifications.policy p
        WHERE p.valid_from <= (notifications.log_clock() AT TIME ZONE 'Europe/Oslo')::date
        ORDER BY p.valid_from DESC LIMIT 1;
    PERFORM notifications.refuse_unless(to_jsonb(known) - 'valid_from' = asked, 'policy-differs', asked ->> 'version');
END $$;

CREATE FUNCTION notifications.tell_gate(topic text, which text, at bigint, d jsonb, now_at timestamptz) RETURNS text[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    touched text[] := ARRAY[which];
BEGIN
    CASE topic
    WHEN 'scheme.notice-policy-heard.v1' THEN
        INSERT INTO notifications.scheme_policy
        VALUES (d ->> 'scheme_id', (d ->> 'version')::integer, d ->> 'rule', d ->> 'source', (d ->> 'valid_from')::date);
        RETURN '{}';
    WHEN 'letter.held.v1', 'publication.planned.v1' THEN
        PERFORM notifications.hold(which, at, d);
    WHEN 'letter.award-ended.v1', 'publication.cancelled.v1' THEN
        UPDATE notifications.item SET ended = true WHERE item = which;
    WHEN 'letter.release-ordered.v1' THEN
        UPDATE notifications.item SET ordered = true
        WHERE item = which AND manifest_sha256 = decode(d ->> 'manifest_sha256', 'hex');
        PERFORM notifications.refuse_unless(FOUND, 'letter-outdated', which);
    WHEN 'letter.release-stopped.v1' THEN
        UPDATE notifications.item SET ordered = false WHERE item = which;
    WHEN 'letter.waiver-proposed.v1' THEN
        INSERT INTO notifications.waiver (item, manifest_sha256, document_sha256, proposed_by, position)
        VALUES (which, decode(d ->> 'manifest_sha256', 'hex'), decode(d ->> 'document_sha256', 'hex'), d ->> 'proposed_by', at);
    WHEN 'letter.waiver-rejected.v1' THEN
        DELETE FROM notifications.waiver WHERE item = which AND confirmed_by IS NULL;
    WHEN 'letter.waiver-confirmed.v1' THEN
        UPDATE notifications.waiver SET confirmed_by = d ->> 'confirmed_by'
        WHERE item = which AND confirmed_by IS NULL AND manifest_sha256 = decode(d ->> 'manifest_sha256', 'hex')
          AND document_sha256 = decode(d ->> 'document_sha256', 'hex');
        PERFORM notifications.refuse_unless(FOUND, 'waiver-unfounded', which);
    WHEN 'letter.released.v1', 'publication.released.v1' THEN
        INSERT INTO notifications.release
            (item, position, manifest_sha256, letter_sha256, ground, basis, said_at, recorded_at)
        VALUES (which, at, decode(d ->> 'manifest_sha256', 'hex'), decode(d ->> 'letter_sha256', 'hex'), d #>> '{ground,kind}',
                coalesce('notice-' || (d #>> '{ground,notice_id}'), d #>> '{ground,source}', d #>> '{ground,document_sha256}'),
                (d ->> 'said_at')::timestamptz, now_at);
        UPDATE notifications.item SET released = true WHERE item = which;
    WHEN 'notice.prepared.v1' THEN
        INSERT INTO notifications.notice (notice) VALUES (which);
        INSERT INTO notifications.notice_line
        SELECT which, l ->> 'item', decode(l ->> 'manifest_sha256', 'hex') FROM jsonb_array_elements(d -> 'lines') AS l;
    WHEN 'notice.ordered.v1' THEN
        PERFORM notifications.check_policy(d -> 'policy');
        UPDATE notifications.notice SET ordered_position = at, policy_version = d #>> '{policy,version}'
        WHERE notice = which AND ordered_position IS NULL;
        PERFORM notifications.refuse_unless(FOUND, 'already-ordered', which);
    WHEN 'notice.sent-again.v1' THEN
        UPDATE notifications.notice SET dispatch = NULL, dispatched_at = NULL, received_at = NULL WHERE notice = which;
    WHEN 'notice.dispatched.v1' THEN
        UPDATE notifications.notice SET dispatch = (d ->> 'dispatch')::integer, received_at = NULL,
            dispatched_at = greatest(now_at, (d ->> 'said_at')::timestamptz) WHERE notice = which;
    WHEN 'notice.received.v1' THEN
        PERFORM notifications.receive(which, d);
    WHEN 'notice.receipt-revoked.v1' THEN
        UPDATE notifications.notice SET received_at = NULL WHERE notice = which;
    WHEN 'notice.objected.v1' THEN
        INSERT INTO notifications.objection
        SELECT which, (d ->> 'objection')::integer, l.item, NULL FROM notifications.notice_line l
        WHERE l.notice = which AND (d -> 'items' = '[]' OR d -> 'items' ? l.item);
    WHEN 'notice.objection-lifted.v1' THEN
        UPDATE notifications.objection SET lifted_at = greatest(now_at, (d ->> 'said_at')::timestamptz)
        WHERE notice = which AND objection = (d ->> 'objection')::integer AND lifted_at IS NULL;
    WHEN 'notice.withdrawn.v1' THEN
        UPDATE notifications.notice SET withdrawn = true WHERE notice = which;
    ELSE
        RETURN '{}';
    END CASE;
    IF which LIKE 'notice-%' THEN
        SELECT coalesce(array_agg(l.item), '{}') INTO touched FROM notifications.notice_line l WHERE l.notice = which;
    END IF;
    RETURN touched;
END $$;

CREATE FUNCTION notifications.tell_senders(topic text, which text, d jsonb, now_at timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    attempt integer := coalesce((d ->> 'attempt')::integer, (d ->> 'dispatch')::integer);
BEGIN
    CASE topic
    WHEN 'letter.released.v1', 'letter.sent-again.v1', 'notice.ordered.v1', 'notice.sent-again.v1' THEN
        PERFORM notifications.send_on(which, 'due', NULL, now_at);
    WHEN 'letter.sending-begun.v1', 'notice.sending-begun.v1' THEN
        PERFORM notifications.send_on(which, 'begun', attempt, now_at + interval '2 minutes');
    WHEN 'letter.dispatched.v1', 'notice.dispatched.v1' THEN
        PERFORM notifications.send_on(which, 'sent', attempt, now_at);
    WHEN 'letter.dispatch-unknown.v1', 'notice.dispatch-unknown.v1' THEN
        PERFORM notifications.send_on(which, 'unknown', attempt, now_at + interval '30 seconds');
    WHEN 'letter.dispatch-failed.v1', 'notice.dispatch-failed.v1' THEN
        -- Tried again, ever more seldom; or somebody must look.
        PERFORM notifications.send_on(
            which, CASE WHEN (d ->> 'lasting')::boolean THEN 'stuck' ELSE 'due' END, attempt,
            now_at + make_interval(secs => least(5 * 2 ^ least(attempt, 10), 3600)));
    WHEN 'letter.delivered.v1', 'notice.received.v1', 'notice.withdrawn.v1' THEN
        PERFORM notifications.send_on(which, 'done', NULL, now_at);
    ELSE
        NULL;
    END CASE;
END $$;

CREATE FUNCTION notifications.apply_effects(befores bigint[], effects jsonb[], now_at timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fact record;
    data jsonb;
BEGIN
    FOR fact IN SELECT e.position, e.stream, e.topic, e.data FROM notifications.event e
                WHERE e.position > befores[1] ORDER BY e.position LOOP
        CONTINUE WHEN fact.topic = 'inbox.feed-read.v1';
        data := convert_from(fact.data, 'UTF8')::jsonb;
        PERFORM notifications.keep_due(notifications.tell_gate(fact.topic, fact.stream, fact.position, data, now_at));
        PERFORM notifications.tell_senders(fact.topic, fact.stream, data, now_at);
    END LOOP;
END $$;
