-- What the gate stands on: what is held, which notices tell of it, what the ministry has received, stopped or waived.
-- Every row follows from events in the log (effects.sql) and from nothing else; services may only read.

-- Whether a scheme's awards are given notice of, as grants told it, version by version.
CREATE TABLE notifications.scheme_policy (
    scheme_id  text    NOT NULL,
    version    integer NOT NULL,
    rule       text    NOT NULL CHECK (rule IN ('notice', 'exempt')),
    source     text    NOT NULL,
    valid_from date    NOT NULL,
    PRIMARY KEY (scheme_id, version)
);

-- What is held until it may leave: letter-<case> or publication-<id>. `opens_at` and `stale_at` are kept current for the
-- sweep; the act itself decides anew.
CREATE TABLE notifications.item (
    item            text        PRIMARY KEY,
    position        bigint      NOT NULL,  -- of the fact that holds it as it now is
    manifest_sha256 bytea       NOT NULL CHECK (octet_length(manifest_sha256) = 32),
    letter_sha256   bytea       CHECK (octet_length(letter_sha256) = 32),
    scheme_id       text,                  -- what a notice of it may be about
    round_id        text,
    exempt_source   text,                  -- why no notice is owed; null when one is
    ended           boolean     NOT NULL DEFAULT false,  -- the award is gone or made otherwise since
    ordered         boolean     NOT NULL DEFAULT false,  -- somebody asked that it leaves as soon as it may
    released        boolean     NOT NULL DEFAULT false,
    opens_at        timestamptz,           -- null while something beside time is in the way
    stale_at        timestamptz
) WITH (fillfactor = 80);
CREATE INDEX item_due ON notifications.item (opens_at, item)
    WHERE ordered AND NOT released AND NOT ended AND opens_at IS NOT NULL;
CREATE INDEX item_scheme ON notifications.item (scheme_id, position) WHERE NOT ended AND NOT released;
CREATE INDEX item_round ON notifications.item (round_id, position) WHERE NOT ended AND NOT released;
CREATE INDEX item_lacking ON notifications.item (position) WHERE letter_sha256 IS NOT NULL AND NOT ended AND NOT released;

-- One row a notice: its policy from when it was ordered, and the sending and receipt that count now.
CREATE TABLE notifications.notice (
    notice           text        PRIMARY KEY,
    ordered_position bigint,      -- null until it is to be sent; the latest one ordered governs what it lists
    policy_version   text        REFERENCES notifications.policy,
    withdrawn        boolean     NOT NULL DEFAULT false,
    dispatch         integer,     -- the last sending the channel took
    dispatched_at    timestamptz, -- the later of the database's clock and the sender's
    received_at      timestamptz  -- of that sending, unless revoked
);
CREATE TABLE notifications.notice_line (
    notice          text  NOT NULL REFERENCES notifications.notice,
    item            text  NOT NULL,
    manifest_sha256 bytea NOT NULL CHECK (octet_length(manifest_sha256) = 32),
    PRIMARY KEY (notice, item)
);
CREATE INDEX notice_line_item ON notifications.notice_line (item);

-- What the ministry stops, thing by thing, until it lifts it.
CREATE TABLE notifications.objection (
    notice    text    NOT NULL REFERENCES notifications.notice,
    objection integer NOT NULL,
    item      text    NOT NULL,
    lifted_at timestamptz,
    PRIMARY KEY (notice, objection, item)
);
CREATE INDEX objection_item ON notifications.objection (item);

-- The ministry's written waiver of one very letter, by two people.
CREATE TABLE notifications.waiver (
    item            text    NOT NULL,
    manifest_sha256 bytea   NOT NULL CHECK (octet_length(manifest_sha256) = 32),
    document_sha256 bytea   NOT NULL CHECK (octet_length(document_sha256) = 32),
    proposed_by     text    NOT NULL,
    confirmed_by    text    CHECK (confirmed_by <> proposed_by),
    position        bigint  NOT NULL,
    PRIMARY KEY (item, position)
);

-- The bytes that leave, by the hash PostgreSQL computes of them.
CREATE TABLE notifications.letter_file (
    sha256  bytea PRIMARY KEY,
    content bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 20971520)
);
CREATE FUNCTION notifications.name_file() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.sha256 := sha256(NEW.content);
    RETURN NEW;
END $$;
CREATE TRIGGER letter_file_is_named BEFORE INSERT ON notifications.letter_file
    FOR EACH ROW EXECUTE FUNCTION notifications.name_file();
ALTER TABLE notifications.letter_file ENABLE ALWAYS TRIGGER letter_file_is_named;
CREATE TRIGGER letter_file_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON notifications.letter_file
    FOR EACH STATEMENT EXECUTE FUNCTION notifications.refuse_change();
ALTER TABLE notifications.letter_file ENABLE ALWAYS TRIGGER letter_file_is_final;

-- What stands between an item and its release, time apart. `code` is null when only time may be in the way; then
-- `opens_at` says until when (-infinity: no notice is owed) and `ground` why it may leave after that.
CREATE FUNCTION notifications.standing(
    asked text, OUT code text, OUT ground text, OUT basis text, OUT opens_at timestamptz, OUT stale_at timestamptz
) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held   notifications.item;
    waived notifications.waiver;
    told   notifications.notice;
    line   notifications.notice_line;
    lifted timestamptz;
BEGIN
    SELECT * INTO held FROM notifications.item WHERE item = asked;
    IF NOT FOUND THEN code := 'letter-not-held'; RETURN; END IF;
    IF held.released THEN code := 'already-released'; RETURN; END IF;
    IF held.ended THEN code := 'letter-outdated'; RETURN; END IF;
    IF EXISTS (SELECT FROM notifications.objection o WHERE o.item = asked AND o.lifted_at IS NULL) THEN
        code := 'notice-objected'; RETURN;
    END IF;
    IF held.exempt_source IS NOT NULL THEN
        ground := 'scheme-policy'; basis := held.exempt_source; opens_at := '-infinity'; RETURN;
    END IF;
    SELECT * INTO waived FROM notifications.waiver w
        WHERE w.item = asked AND w.manifest_sha256 = held.manifest_sha256 AND w.confirmed_by IS NOT NULL
        ORDER BY w.position DESC LIMIT 1;
    IF FOUND THEN
        ground := 'waiver'; basis := encode(waived.document_sha256, 'hex'); opens_at := '-infinity'; RETURN;
    END IF;
    SELECT n.* INTO told FROM notifications.notice_line l JOIN notifications.notice n ON n.notice = l.notice
        WHERE l.item = asked AND n.ordered_position IS NOT NULL ORDER BY n.ordered_position DESC LIMIT 1;
    IF NOT FOUND OR told.withdrawn OR told.received_at IS NULL THEN code := 'notice-missing'; RETURN; END IF;
    SELECT * INTO line FROM notifications.notice_line l WHERE l.notice = told.notice AND l.item = asked;
    IF line.manifest_sha256 <> held.manifest_sha256 THEN code := 'notice-changed'; RETURN; END IF;
    SELECT max(o.lifted_at) INTO lifted FROM notifications.objection o WHERE o.item = asked;
    SELECT 'notice', told.notice, notifications.opens_at(greatest(told.received_at, lifted), p),
           notifications.stale_at(told.received_at, p)
        INTO ground, basis, opens_at, stale_at FROM notifications.policy p WHERE p.version = told.policy_version;
END $$;

-- Keeps what the sweep looks for current, for these items.
CREATE FUNCTION notifications.keep_due(asked text[]) RETURNS void LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
    UPDATE notifications.item i SET opens_at = s.opens_at, stale_at = s.stale_at
    FROM unnest(asked) AS a (item) CROSS JOIN LATERAL notifications.standing(a.item) AS s
    WHERE i.item = a.item AND (i.opens_at, i.stale_at) IS DISTINCT FROM (s.opens_at, s.stale_at)
$$;
