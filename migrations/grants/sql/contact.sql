-- Contact persons: the only people named in this database, in rows that can be emptied for good. Events refer to a row
-- by its id; no fold reads it, so that replay gives the same after as before.
--
-- A row is written before the fact that refers to it, so that a contact is never lost; a row whose fact never came is
-- removed by tend_contacts(). Nobody but these functions writes here, and nobody but the service reads.
CREATE TABLE grants.contact (
    id         uuid        PRIMARY KEY,
    case_id    uuid        NOT NULL,
    name       text        CHECK (name <> ''),
    email      text,
    phone      text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at timestamptz,  -- when its fact was found in the log
    erased_at  timestamptz,
    CONSTRAINT contact_is_whole_or_empty CHECK (
        (erased_at IS NULL AND name IS NOT NULL)
        OR (erased_at IS NOT NULL AND name IS NULL AND email IS NULL AND phone IS NULL)
    )
)
-- What was emptied leaves its page soon, not when the table has grown.
WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);
CREATE INDEX contact_case ON grants.contact (case_id);
CREATE INDEX contact_unsettled ON grants.contact (created_at) WHERE settled_at IS NULL;

-- A row is emptied or settled, never changed; and what is emptied stays so.
CREATE FUNCTION grants.refuse_other_contact() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.case_id, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.created_at)
       OR (OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at)
       OR (NEW.erased_at IS NULL
           AND (NEW.name, NEW.email, NEW.phone) IS DISTINCT FROM (OLD.name, OLD.email, OLD.phone)) THEN
        RAISE EXCEPTION 'a contact person is erased, never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER contact_is_only_erased BEFORE UPDATE ON grants.contact
    FOR EACH ROW EXECUTE FUNCTION grants.refuse_other_contact();
ALTER TABLE grants.contact ENABLE ALWAYS TRIGGER contact_is_only_erased;

-- Whether a fact of these kinds on the case's stream refers to the row; if not said which, one that names the contact.
CREATE FUNCTION grants.contact_told(
    of_case uuid, asked uuid, topics text[] = ARRAY['application.received.v1', 'application.contact-named.v1']
) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM grants.event e WHERE e.stream = 'case-' || of_case AND e.topic = ANY (topics)
            AND convert_from(e.data, 'UTF8')::jsonb ->> 'contact_id' = asked::text)
$$;

-- Keeps a contact person and answers with the row to refer to: the one asked for, or the one in which the case has this
-- person already. Null when the row asked for holds somebody else.
CREATE FUNCTION grants.keep_contact(asked uuid, of_case uuid, their_name text, their_email text, their_phone text)
    RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known grants.contact;
BEGIN
    SELECT * INTO known FROM grants.contact WHERE id = asked;
    IF known.id IS NULL THEN
        SELECT * INTO known FROM grants.contact c
            WHERE c.case_id = of_case AND c.erased_at IS NULL
              AND (c.settled_at IS NOT NULL OR grants.contact_told(c.case_id, c.id))
              AND (c.name, c.email, c.phone) IS NOT DISTINCT FROM (their_name, their_email, their_phone)
            ORDER BY c.created_at LIMIT 1;
    END IF;
    IF known.id IS NULL THEN
        INSERT INTO grants.contact (id, case_id, name, email, phone)
            VALUES (asked, of_case, their_name, their_email, their_phone) ON CONFLICT (id) DO NOTHING;
        SELECT * INTO known FROM grants.contact WHERE id = asked;
    END IF;
    IF known.erased_at IS NOT NULL
        OR (known.name, known.email, known.phone) IS NOT DISTINCT FROM (their_name, their_email, their_phone) THEN
        RETURN known.id;
    END IF;
    RETURN NULL;
END $$;

-- Empties a row. Again is the same.
CREATE FUNCTION grants.erase_contact(asked uuid) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE grants.contact SET name = NULL, email = NULL, phone = NULL, erased_at = clock_timestamp()
    WHERE id = asked AND erased_at IS NULL
$$;

-- Settles rows whose fact is in the log, and removes those older than `unsettled_for` without one: what was asked with
-- them was refused, or broken off and never asked again. Answers how many were removed.
CREATE FUNCTION grants.tend_contacts(unsettled_for interval) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    removed bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7402021);  -- one process tends at a time
    UPDATE grants.contact c SET settled_at = clock_timestamp()
        WHERE settled_at IS NULL AND grants.contact_told(c.case_id, c.id);
    DELETE FROM grants.contact c
        WHERE settled_at IS NULL AND created_at < clock_timestamp() - unsettled_for
          AND NOT grants.contact_told(c.case_id, c.id);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;

-- Empties anew every row that the log says is erased: after a restore of an older copy of this table.
CREATE FUNCTION grants.erase_contacts_told() RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    erased bigint;
BEGIN
    UPDATE grants.contact c SET name = NULL, email = NULL, phone = NULL, erased_at = clock_timestamp()
        WHERE erased_at IS NULL AND grants.contact_told(c.case_id, c.id, ARRAY['application.contact-erased.v1']);
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END $$;

REVOKE ALL ON grants.contact FROM PUBLIC;
REVOKE ALL ON FUNCTION grants.refuse_other_contact, grants.keep_contact, grants.erase_contact, grants.contact_told,
    grants.tend_contacts, grants.erase_contacts_told FROM PUBLIC;
GRANT SELECT ON grants.contact TO grants_service;
GRANT EXECUTE ON FUNCTION grants.keep_contact, grants.erase_contact, grants.tend_contacts, grants.erase_contacts_told
    TO grants_service;
