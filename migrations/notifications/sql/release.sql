-- The second lock. A release is a row that is only ever inserted, and a trigger decides whether it may be: by the
-- database's own clock, from the gate's own tables. What the service says counts only where it makes the gate stricter.

CREATE TABLE notifications.release (
    item            text        PRIMARY KEY,  -- nothing leaves twice
    position        bigint      NOT NULL UNIQUE,
    manifest_sha256 bytea       NOT NULL,
    letter_sha256   bytea,
    ground          text        NOT NULL,
    basis           text        NOT NULL,
    said_at         timestamptz NOT NULL,     -- the clock of whoever asked
    recorded_at     timestamptz NOT NULL,     -- of the fact in the log
    opens_at        timestamptz,
    released_at     timestamptz
);

CREATE FUNCTION notifications.decide_release() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    clock timestamptz := notifications.log_clock();
    held  notifications.item;
    gate  record;
BEGIN
    SELECT * INTO gate FROM notifications.standing(NEW.item);
    IF gate.code IS NOT NULL THEN RAISE EXCEPTION '%: % may not leave', gate.code, NEW.item; END IF;
    SELECT * INTO held FROM notifications.item i WHERE i.item = NEW.item;
    IF NEW.manifest_sha256 IS DISTINCT FROM held.manifest_sha256
       OR NEW.letter_sha256 IS DISTINCT FROM held.letter_sha256 THEN
        RAISE EXCEPTION 'letter-outdated: % is held as another letter', NEW.item;
    END IF;
    IF (NEW.ground, NEW.basis) IS DISTINCT FROM (gate.ground, gate.basis) THEN
        RAISE EXCEPTION 'ground-differs: % may leave on % %', NEW.item, gate.ground, gate.basis;
    END IF;
    -- Recorded later than the clock says it is now: the clock has run backwards.
    IF NEW.recorded_at > clock OR NEW.said_at NOT BETWEEN clock - interval '60 seconds' AND clock + interval '60 seconds' THEN
        RAISE EXCEPTION 'clocks-disagree: it is % here and % there', clock, NEW.said_at;
    END IF;
    IF least(clock, NEW.said_at) < gate.opens_at THEN
        RAISE EXCEPTION 'notice-too-young: % opens at %', NEW.item, gate.opens_at;
    END IF;
    IF greatest(clock, NEW.said_at) >= gate.stale_at THEN
        RAISE EXCEPTION 'notice-stale: the notice of % is too old since %', NEW.item, gate.stale_at;
    END IF;
    IF held.letter_sha256 IS NOT NULL
       AND NOT EXISTS (SELECT FROM notifications.letter_file f WHERE f.sha256 = held.letter_sha256) THEN
        RAISE EXCEPTION 'letter-not-fetched: the bytes of % are not here', NEW.item;
    END IF;
    NEW.opens_at := gate.opens_at;
    NEW.released_at := clock;
    RETURN NEW;
END $$;
CREATE TRIGGER release_is_decided BEFORE INSERT ON notifications.release
    FOR EACH ROW EXECUTE FUNCTION notifications.decide_release();
ALTER TABLE notifications.release ENABLE ALWAYS TRIGGER release_is_decided;
CREATE TRIGGER release_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON notifications.release
    FOR EACH STATEMENT EXECUTE FUNCTION notifications.refuse_change();
ALTER TABLE notifications.release ENABLE ALWAYS TRIGGER release_is_final;
