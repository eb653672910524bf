-- Each contact person is bound by the log, as account numbers are: the fact that names the row carries a digest of it,
-- over a random salt that stands beside the person and goes with them. None can be found by trying names.
ALTER TABLE grants.contact ADD COLUMN salt bytea CHECK (octet_length(salt) = 32);
UPDATE grants.contact SET salt = grants.new_salt() WHERE erased_at IS NULL;
ALTER TABLE grants.contact ADD CONSTRAINT contact_is_salted CHECK ((salt IS NULL) = (erased_at IS NOT NULL));

-- Whoever writes a row has no say in its salt.
CREATE FUNCTION grants.salt_contact() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.salt := CASE WHEN NEW.erased_at IS NULL THEN grants.new_salt() END;
    RETURN NEW;
END $$;
CREATE TRIGGER contact_is_salted BEFORE INSERT ON grants.contact
    FOR EACH ROW EXECUTE FUNCTION grants.salt_contact();
ALTER TABLE grants.contact ENABLE ALWAYS TRIGGER contact_is_salted;

-- A row is emptied or settled, never changed; and what is emptied stays so. Its salt goes with it.
CREATE OR REPLACE FUNCTION grants.refuse_other_contact() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.case_id, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.created_at)
       OR (OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at)
       OR (NEW.erased_at IS NULL
           AND (NEW.name, NEW.email, NEW.phone, NEW.salt)
               IS DISTINCT FROM (OLD.name, OLD.email, OLD.phone, OLD.salt)) THEN
        RAISE EXCEPTION 'a contact person is erased, never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.erased_at IS NOT NULL THEN
        NEW.salt := NULL;
    END IF;
    RETURN NEW;
END $$;

-- What these rows are, by digests alone: for the fact that names one, and for whoever verifies. None of an erased one;
-- `emptied` tells whether anything at all is left in it.
CREATE FUNCTION grants.contact_digests(asked uuid[])
    RETURNS TABLE (id uuid, digest bytea, erased boolean, emptied boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.id, CASE WHEN c.erased_at IS NULL
           THEN grants.row_digest(c.salt, c.id::text, c.case_id::text, c.name, c.email, c.phone) END,
           c.erased_at IS NOT NULL, num_nonnulls(c.name, c.email, c.phone, c.salt) = 0
    FROM grants.contact c WHERE c.id = ANY (asked)
$$;

REVOKE ALL ON FUNCTION grants.salt_contact, grants.contact_digests FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.contact_digests TO grants_service, grants_reader;

-- Rows that a fact named before are bound as they stand, by one fact. Of one whose fact may still come, that fact tells.
DO $$
DECLARE
    bound jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(7402020);
    SELECT jsonb_agg(jsonb_build_object('id', d.id, 'digest', encode(d.digest, 'hex')) ORDER BY d.id) INTO bound
        FROM grants.contact_digests(ARRAY(
            SELECT c.id FROM grants.contact c WHERE c.settled_at IS NOT NULL OR grants.contact_told(c.case_id, c.id)
        )) AS d;
    IF bound IS NOT NULL THEN
        PERFORM grants.tell_of_log(
            'upgrade', 'log.rows-bound.v1', jsonb_build_object('table', 'contact', 'rows', bound),
            greatest(grants.log_clock(), (SELECT e.recorded_at FROM grants.event e ORDER BY e.position DESC LIMIT 1)));
    END IF;
END $$;
