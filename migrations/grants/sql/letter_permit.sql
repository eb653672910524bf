-- Permits to send a letter: while one runs unanswered, nothing is recorded in its case that would make the letter wrong.
-- Both follow from the log alone and are decided in its order, in the append transaction: which came first is never a
-- question of who has heard what.

-- The last permit of each case's letter. Kept by keep_permits(), from the facts just recorded and from nothing else.
CREATE TABLE grants.letter_permit (
    case_stream   text        PRIMARY KEY,      -- case-<id>
    position      bigint      NOT NULL UNIQUE,  -- of the fact that granted it
    attempt       integer     NOT NULL CHECK (attempt > 0),
    letter_sha256 bytea       NOT NULL CHECK (octet_length(letter_sha256) = 32),
    granted_at    timestamptz NOT NULL,
    until         timestamptz NOT NULL,
    outcome       text        CHECK (outcome IN ('sent', 'not-sent', 'unknown'))  -- null while nobody has told
) WITH (fillfactor = 80);
CREATE INDEX letter_permit_open ON grants.letter_permit (until) WHERE outcome IS NULL;

-- What a case may have recorded while its letter is being sent. The same table as GOES_ON in
-- services/grants/grant_letter/topics.py; a fact it does not know is not among them.
CREATE FUNCTION grants.goes_on(topic text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
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

-- The letter of this case may be leaving: nothing that makes it wrong is recorded until its outcome is known.
CREATE FUNCTION grants.refuse_while_sent(which text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    runs timestamptz;
BEGIN
    SELECT p.until INTO runs FROM grants.letter_permit p WHERE p.case_stream = which AND p.outcome IS NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'letter-being-sent: %',
            to_char(runs AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
    END IF;
END $$;

CREATE FUNCTION grants.grant_permit(which text, at bigint, d jsonb, recorded timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    seconds integer := (d ->> 'life_seconds')::integer;
    letter  bytea := decode(d ->> 'letter_sha256', 'hex');
BEGIN
    -- Decided on the case as it then stood: if that has moved, it is decided anew.
    IF (SELECT max(e.version) FROM grants.event e WHERE e.stream = which AND e.position < at)
       IS DISTINCT FROM (d ->> 'case_version')::integer THEN
        RAISE EXCEPTION 'the case has moved since the permit was decided' USING ERRCODE = 'TL001';
    END IF;
    IF seconds IS NULL OR seconds NOT BETWEEN 1 AND 180 THEN
        RAISE EXCEPTION 'permit-too-long: % seconds', seconds;
    END IF;
    IF EXISTS (SELECT FROM grants.letter_permit p
               WHERE p.case_stream = which AND p.outcome IS NULL AND p.letter_sha256 <> letter) THEN
        PERFORM grants.refuse_while_sent(which);
    END IF;
    INSERT INTO grants.letter_permit
    VALUES (which, at, (d ->> 'attempt')::integer, letter, recorded, recorded + make_interval(secs => seconds), NULL)
    ON CONFLICT (case_stream) DO UPDATE SET position = excluded.position, attempt = excluded.attempt,
        letter_sha256 = excluded.letter_sha256, granted_at = excluded.granted_at, until = excluded.until, outcome = NULL;
END $$;

-- In order of position: a permit keeps out what comes after it, and what came before it is seen by it.
CREATE FUNCTION grants.keep_permits(before bigint, recorded timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    fact  record;
    which text;
    d     jsonb;
BEGIN
    FOR fact IN SELECT e.position, e.stream, e.topic, e.data FROM grants.event e
                WHERE e.position > before
                  AND (e.topic ^@ 'permit.' OR (e.stream ^@ 'case-' AND NOT grants.goes_on(e.topic)))
                ORDER BY e.position LOOP
        IF fact.stream ^@ 'case-' THEN
            PERFORM grants.refuse_while_sent(fact.stream);
            CONTINUE;
        END IF;
        IF NOT fact.stream ^@ 'permit-' THEN RAISE EXCEPTION 'permit-astray: on %', fact.stream; END IF;
        which := 'case-' || substr(fact.stream, length('permit-') + 1);
        d := convert_from(fact.data, 'UTF8')::jsonb;
        CASE fact.topic
        WHEN 'permit.granted.v1' THEN
            PERFORM grants.grant_permit(which, fact.position, d, recorded);
        WHEN 'permit.answered.v1' THEN
            UPDATE grants.letter_permit p SET outcome = d ->> 'outcome'
            WHERE p.case_stream = which AND p.attempt = (d ->> 'attempt')::integer AND p.outcome IS NULL;
        WHEN 'permit.written-off.v1' THEN
            UPDATE grants.letter_permit p SET outcome = 'unknown'
            WHERE p.case_stream = which AND p.attempt = (d ->> 'attempt')::integer AND p.outcome IS NULL
              AND p.until + interval '60 seconds' <= recorded;
            IF NOT FOUND THEN RAISE EXCEPTION 'permit-still-runs: of %', which; END IF;
        ELSE
            NULL;
        END CASE;
    END LOOP;
END $$;

-- The last permit of a case, and the instant it is held against: by the log's clock, which nobody but the log asks.
CREATE FUNCTION grants.permit_of(which text) RETURNS TABLE (
    now_at timestamptz, "position" bigint, hash text, attempt integer, letter_sha256 text, granted_at timestamptz,
    until timestamptz, outcome text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.now_at, p.position, encode(e.hash, 'hex'), p.attempt, encode(p.letter_sha256, 'hex'), p.granted_at, p.until,
           p.outcome
    FROM (SELECT grants.log_clock() AS now_at) AS c
    LEFT JOIN grants.letter_permit p ON p.case_stream = which LEFT JOIN grants.event e ON e.position = p.position
$$;

-- What commands do, inside the append transaction: as in balance.sql, and then the permits.
CREATE OR REPLACE FUNCTION grants.apply_effects(befores bigint[], effects jsonb[], recorded timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    effect jsonb;
    moves  boolean := false;
    marks  boolean := false;
BEGIN
    FOREACH effect IN ARRAY effects LOOP
        IF effect ? 'funds' THEN
            PERFORM grants.open_funds(effect -> 'funds');
        END IF;
        moves := moves OR coalesce(effect ? 'movements', false);
        marks := marks OR coalesce(effect ? 'marks', false);
    END LOOP;
    IF moves THEN
        PERFORM grants.move(befores, effects, recorded);
    END IF;
    IF marks THEN
        PERFORM grants.set_marks(befores, effects, recorded);
    END IF;
    PERFORM grants.keep_permits(befores[1], recorded);
END $$;

REVOKE ALL ON grants.letter_permit FROM PUBLIC;
REVOKE ALL ON FUNCTION grants.goes_on, grants.refuse_while_sent, grants.grant_permit, grants.keep_permits,
    grants.permit_of FROM PUBLIC;
GRANT SELECT ON grants.letter_permit TO grants_service, grants_reader;
GRANT EXECUTE ON FUNCTION grants.permit_of TO grants_service, grants_reader;
GRANT EXECUTE ON FUNCTION grants.goes_on TO grants_reader;
