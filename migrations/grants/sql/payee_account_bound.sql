-- The account numbers that payments go to are bound by the log: the fact that names a row carries a digest of it, over a
-- random salt that stands beside the number and goes with it. So a number can be erased, and nobody can find it by
-- trying them all; and one that was changed is seen.
CREATE FUNCTION grants.row_digest(salt bytea, VARIADIC fields text[]) RETURNS bytea LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(salt || string_agg(
        int4send(coalesce(octet_length(convert_to(f, 'UTF8')), -1)) || coalesce(convert_to(f, 'UTF8'), ''), ''::bytea
        ORDER BY n))
    FROM unnest(fields) WITH ORDINALITY AS u (f, n)
$$;
CREATE FUNCTION grants.new_salt() RETURNS bytea LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
$$;

ALTER TABLE grants.payee_account ADD COLUMN salt bytea CHECK (octet_length(salt) = 32);
ALTER TABLE grants.payee_account DISABLE TRIGGER payee_account_is_only_erased;
UPDATE grants.payee_account SET salt = grants.new_salt() WHERE erased_at IS NULL;
ALTER TABLE grants.payee_account ENABLE ALWAYS TRIGGER payee_account_is_only_erased;
ALTER TABLE grants.payee_account
    ADD CONSTRAINT payee_account_is_salted CHECK ((salt IS NULL) = (erased_at IS NOT NULL));

-- Whoever writes a row has no say in its salt.
CREATE FUNCTION grants.salt_account() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.salt := CASE WHEN NEW.erased_at IS NULL THEN grants.new_salt() END;
    RETURN NEW;
END $$;
CREATE TRIGGER payee_account_is_salted BEFORE INSERT ON grants.payee_account
    FOR EACH ROW EXECUTE FUNCTION grants.salt_account();
ALTER TABLE grants.payee_account ENABLE ALWAYS TRIGGER payee_account_is_salted;

-- An erased number never comes back, and no number becomes another. Its salt goes with it.
CREATE OR REPLACE FUNCTION grants.only_erase() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.account_number IS NOT NULL OR OLD.erased_at IS NOT NULL
       OR (NEW.id, NEW.organisation_number, NEW.created_at)
          IS DISTINCT FROM (OLD.id, OLD.organisation_number, OLD.created_at) THEN
        RAISE EXCEPTION 'a payee account is erased, never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.salt := NULL;
    RETURN NEW;
END $$;

-- What these rows are, by digests alone: for the fact that names one, and for whoever verifies. None of an erased one.
CREATE FUNCTION grants.payee_account_digests(asked uuid[]) RETURNS TABLE (id uuid, digest bytea, erased boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.id, CASE WHEN a.erased_at IS NULL
           THEN grants.row_digest(a.salt, a.id::text, a.account_number, a.organisation_number) END,
           a.erased_at IS NOT NULL
    FROM grants.payee_account a WHERE a.id = ANY (asked)
$$;

REVOKE ALL ON FUNCTION grants.row_digest, grants.new_salt, grants.salt_account, grants.payee_account_digests FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.new_salt, grants.salt_account TO grants_service;
GRANT EXECUTE ON FUNCTION grants.payee_account_digests TO grants_service, grants_reader;

-- Rows that stood before are bound as they stand, by one fact.
DO $$
DECLARE
    bound jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(7402020);
    SELECT jsonb_agg(jsonb_build_object('id', d.id, 'digest', encode(d.digest, 'hex')) ORDER BY d.id) INTO bound
        FROM grants.payee_account_digests(ARRAY(SELECT a.id FROM grants.payee_account a)) AS d;
    IF bound IS NOT NULL THEN
        PERFORM grants.tell_of_log(
            'upgrade', 'log.rows-bound.v1', jsonb_build_object('table', 'payee_account', 'rows', bound),
            greatest(grants.log_clock(), (SELECT e.recorded_at FROM grants.event e ORDER BY e.position DESC LIMIT 1)));
    END IF;
END $$;
