-- That a contact person is erased is a fact, and the row is emptied in the transaction that records it, as an account's
-- and a member of staff's is: nobody sees the one without the other.
CREATE FUNCTION grants.erase_contact_told() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE grants.contact SET name = NULL, email = NULL, phone = NULL, erased_at = NEW.recorded_at
    WHERE id = (convert_from(NEW.data, 'UTF8')::jsonb ->> 'contact_id')::uuid AND 'case-' || case_id = NEW.stream
      AND erased_at IS NULL;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION grants.erase_contact_told FROM PUBLIC;
CREATE TRIGGER event_erases_contact AFTER INSERT ON grants.event FOR EACH ROW
    WHEN (NEW.topic = 'application.contact-erased.v1') EXECUTE FUNCTION grants.erase_contact_told();
ALTER TABLE grants.event ENABLE ALWAYS TRIGGER event_erases_contact;

-- Without a fact, only a row that none names is emptied: what was to name it was refused or broken off. Again is the same.
CREATE OR REPLACE FUNCTION grants.erase_contact(asked uuid) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE grants.contact SET name = NULL, email = NULL, phone = NULL, erased_at = clock_timestamp()
    WHERE id = asked AND erased_at IS NULL AND NOT grants.contact_told(case_id, id)
$$;

-- What the log said was erased, and was about to be emptied, is.
SELECT grants.erase_contacts_told();
