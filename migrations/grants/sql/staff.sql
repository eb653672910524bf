-- The register of staff: how letters name those who prepare and decide them. The log refers to a row by its id and has its
-- days and a salted digest, so that a name can be erased and every fold still works. The service adds rows by a function
-- and nobody changes one; readers do not see them.
CREATE TABLE grants.staff (
    id         uuid        PRIMARY KEY,
    subject    text        NOT NULL,
    name       text,
    title      text,
    salt       bytea       CHECK (octet_length(salt) = 32),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at  timestamptz,
    CONSTRAINT staff_is_whole_or_erased
        CHECK (num_nonnulls(name, title, salt) = CASE WHEN erased_at IS NULL THEN 3 ELSE 0 END)
);
CREATE INDEX staff_subject ON grants.staff (subject, id);
REVOKE ALL ON grants.staff FROM PUBLIC, grants_service, grants_reader;
GRANT SELECT ON grants.staff TO grants_service;

-- Whoever writes a row has no say in its salt.
CREATE FUNCTION grants.salt_staff() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.salt := CASE WHEN NEW.erased_at IS NULL THEN grants.new_salt() END;
    RETURN NEW;
END $$;
CREATE TRIGGER staff_is_salted BEFORE INSERT ON grants.staff FOR EACH ROW EXECUTE FUNCTION grants.salt_staff();
ALTER TABLE grants.staff ENABLE ALWAYS TRIGGER staff_is_salted;

-- An erased row never comes back, and nobody becomes another. Its salt goes with it.
CREATE FUNCTION grants.only_erase_staff() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF num_nonnulls(NEW.name, NEW.title) > 0 OR OLD.erased_at IS NOT NULL
       OR (NEW.id, NEW.subject, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.subject, OLD.created_at) THEN
        RAISE EXCEPTION 'a member of staff is erased, never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.salt := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER staff_is_only_erased BEFORE UPDATE ON grants.staff
    FOR EACH ROW EXECUTE FUNCTION grants.only_erase_staff();
ALTER TABLE grants.staff ENABLE ALWAYS TRIGGER staff_is_only_erased;

-- That a row is erased is a fact, and it is emptied in the transaction that records it.
CREATE FUNCTION grants.erase_staff_told() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE grants.staff SET name = NULL, title = NULL, erased_at = NEW.recorded_at
    WHERE id = (convert_from(NEW.data, 'UTF8')::jsonb ->> 'entry_id')::uuid AND erased_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER event_erases_staff AFTER INSERT ON grants.event FOR EACH ROW
    WHEN (NEW.topic = 'staff.entry-erased.v1') EXECUTE FUNCTION grants.erase_staff_told();
ALTER TABLE grants.event ENABLE ALWAYS TRIGGER event_erases_staff;

-- What these rows are, by digests alone: for the fact that names one, and for whoever verifies. None of an erased one.
CREATE FUNCTION grants.staff_digests(asked uuid[]) RETURNS TABLE (id uuid, digest bytea, erased boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.id, CASE WHEN s.erased_at IS NULL
           THEN grants.row_digest(s.salt, s.id::text, s.subject, s.name, s.title) END,
           s.erased_at IS NOT NULL
    FROM grants.staff s WHERE s.id = ANY (asked)
$$;

-- Keeps a row, and answers whether it says what was asked, and with its digest. One that was erased since says nothing
-- else.
CREATE FUNCTION grants.keep_staff(asked uuid, their_subject text, their_name text, their_title text)
    RETURNS TABLE (same boolean, digest bytea)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO grants.staff (id, subject, name, title) VALUES (asked, their_subject, their_name, their_title)
        ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT s.subject = their_subject
            AND (s.erased_at IS NOT NULL OR (s.name, s.title) = (their_name, their_title)),
        (SELECT d.digest FROM grants.staff_digests(ARRAY[asked]) d)
        FROM grants.staff s WHERE s.id = asked;
END $$;

REVOKE ALL ON FUNCTION grants.salt_staff, grants.only_erase_staff, grants.erase_staff_told, grants.staff_digests,
    grants.keep_staff FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.staff_digests TO grants_service, grants_reader;
GRANT EXECUTE ON FUNCTION grants.keep_staff TO grants_service;
