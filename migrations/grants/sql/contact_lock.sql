-- Tending the contact persons takes turns on a lock of its own. The number it had is that of the notifications log: when
-- both schemas stand in one database, an append of the one waited for the other's tending.
CREATE OR REPLACE FUNCTION grants.tend_contacts(unsettled_for interval) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    removed bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7402022);  -- one process tends at a time
    UPDATE grants.contact c SET settled_at = clock_timestamp()
        WHERE settled_at IS NULL AND grants.contact_told(c.case_id, c.id);
    DELETE FROM grants.contact c
        WHERE settled_at IS NULL AND created_at < clock_timestamp() - unsettled_for
          AND NOT grants.contact_told(c.case_id, c.id);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;
