-- A scheme's notice policy takes two people, and frees only what grants recorded as decided after it was confirmed. Every
-- instant here is grants' own: a date that somebody typed never makes more free.

-- What one person wrote has no `confirmed_at`, and frees nothing. Rows of before are kept as they were told.
ALTER TABLE notifications.scheme_policy
    ADD COLUMN confirmed_at    timestamptz,  -- when grants recorded the confirmation
    ADD COLUMN document_sha256 bytea CHECK (octet_length(document_sha256) = 32),
    ADD COLUMN written_by      text[],
    ADD COLUMN confirmed_by    text,
    ADD CONSTRAINT scheme_policy_whole CHECK (
        num_nulls(confirmed_at, document_sha256, written_by, confirmed_by) IN (0, 4));

-- What grants decided of an award: its approval, and each change. `decided_at` is when grants recorded it; null where it
-- did not say.
CREATE TABLE notifications.decision (
    item       text    NOT NULL,
    version    integer NOT NULL,
    decided_at timestamptz,
    PRIMARY KEY (item, version)
);

-- The policy that governs what was decided at an instant: of those that counted by then, the one confirmed last. An
-- exemption must have begun besides; a policy of notice counts from its confirmation. No row: notice is owed.
CREATE FUNCTION notifications.policy_at(scheme text, decided_at timestamptz) RETURNS notifications.scheme_policy
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    policy notifications.scheme_policy;
BEGIN
    SELECT * INTO policy FROM notifications.scheme_policy s
        WHERE s.scheme_id = scheme AND CASE s.rule
            WHEN 'notice' THEN s.confirmed_at <= policy_at.decided_at
            ELSE s.confirmed_at < policy_at.decided_at
                AND s.valid_from <= (policy_at.decided_at AT TIME ZONE 'Europe/Oslo')::date END
        ORDER BY s.version DESC LIMIT 1;
    RETURN policy;
END $$;

-- Why no notice is owed of an item: each decision it tells of was recorded while its scheme was exempt. The policy of the
-- last of them; null where one was not, or none is known.
CREATE FUNCTION notifications.exempting(which text, scheme text) RETURNS notifications.scheme_policy
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    decided notifications.decision;
    policy  notifications.scheme_policy;
BEGIN
    FOR decided IN SELECT * FROM notifications.decision d WHERE d.item = which ORDER BY d.version LOOP
        policy := notifications.policy_at(scheme, decided.decided_at);
        IF policy.rule IS DISTINCT FROM 'exempt' THEN
            RETURN NULL;
        END IF;
    END LOOP;
    RETURN policy;
END $$;

-- What is held: a letter, or a report to be published. Whatever replaces it must be ordered anew.
CREATE OR REPLACE FUNCTION notifications.hold(which text, at bigint, d jsonb) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    exempt jsonb := nullif(d -> 'exemption', 'null');
    policy notifications.scheme_policy;
BEGIN
    IF exempt IS NOT NULL THEN
        policy := notifications.exempting(which, d #>> '{manifest,scheme_id}');
        PERFORM notifications.refuse_unless(
            policy.rule = 'exempt' AND policy.scheme_id = exempt ->> 'scheme_id'
            AND policy.version = (exempt ->> 'scheme_version')::integer AND policy.source = exempt ->> 'source'
            AND policy.confirmed_at IS NOT DISTINCT FROM (exempt ->> 'confirmed_at')::timestamptz, 'exemption-unfounded', which);
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

-- What grants tells of policies and decisions.
CREATE FUNCTION notifications.tell_policies(topic text, which text, d jsonb) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CASE topic
    WHEN 'scheme.notice-policy-heard.v2' THEN
        PERFORM notifications.refuse_unless(
            which = 'scheme-' || (d ->> 'scheme_id') AND jsonb_array_length(d -> 'written_by') > 0
            AND NOT EXISTS (
                SELECT FROM jsonb_array_elements_text(d -> 'written_by') AS author
                WHERE notifications.folded(author) = notifications.folded(d ->> 'confirmed_by')),
            'same-person-twice', which);
        INSERT INTO notifications.scheme_policy (
            scheme_id, version, rule, source, valid_from, confirmed_at, document_sha256, written_by, confirmed_by)
        VALUES (d ->> 'scheme_id', (d ->> 'version')::integer, d ->> 'rule', d ->> 'source', (d ->> 'valid_from')::date,
                (d ->> 'confirmed_at')::timestamptz, decode(d ->> 'document_sha256', 'hex'),
                ARRAY(SELECT jsonb_array_elements_text(d -> 'written_by')), d ->> 'confirmed_by');
    WHEN 'letter.decision-heard.v1' THEN
        INSERT INTO notifications.decision
        VALUES (which, (d ->> 'version')::integer, (d ->> 'decided_at')::timestamptz);
    ELSE
        NULL;
    END CASE;
END $$;

CREATE OR REPLACE FUNCTION notifications.apply_effects(befores bigint[], effects jsonb[], now_at timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fact record;
    data jsonb;
BEGIN
    FOR fact IN SELECT e.position, e.stream, e.topic, e.data FROM notifications.event e
                WHERE e.position > befores[1] ORDER BY e.position LOOP
        CONTINUE WHEN fact.topic = 'inbox.feed-read.v1';
        data := convert_from(fact.data, 'UTF8')::jsonb;
        PERFORM notifications.tell_policies(fact.topic, fact.stream, data);
        PERFORM notifications.keep_due(notifications.tell_gate(fact.topic, fact.stream, fact.position, data, now_at));
        PERFORM notifications.tell_senders(fact.topic, fact.stream, data, now_at);
    END LOOP;
END $$;

-- Letters that wait on a policy of one person owe notice, or a waiver, from now on; what has left on one had left lawfully.
DO $$
DECLARE
    waiting text[];
BEGIN
    SELECT coalesce(array_agg(i.item), '{}') INTO waiting FROM notifications.item i
        WHERE i.exempt_source IS NOT NULL AND NOT i.released;
    UPDATE notifications.item SET exempt_source = NULL WHERE item = ANY (waiting);
    PERFORM notifications.keep_due(waiting);
END $$;

REVOKE ALL ON notifications.decision FROM PUBLIC;
GRANT SELECT ON notifications.decision TO notifications_service, notifications_reader;
REVOKE ALL ON FUNCTION notifications.policy_at, notifications.exempting, notifications.tell_policies FROM PUBLIC;
