-- Who writes to the log takes turns on a table that only its owner may lock. An advisory lock is everybody's: whoever
-- could log in, to read, could hold it and keep all writers out.
CREATE TABLE grants.log_turn ();

-- Every writer before this one has committed, and the next waits until this transaction ends.
CREATE FUNCTION grants.take_turn() RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE ONLY grants.log_turn IN SHARE ROW EXCLUSIVE MODE;
END $$;

-- Every append that is under way now has ended when this returns. Nothing is held afterwards, however long the caller's
-- transaction goes on: a lock taken in a block goes when the block is undone. This is the weakest lock that writers
-- exclude, which a standby allows too.
CREATE FUNCTION grants.await_writers() RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE ONLY grants.log_turn IN ROW EXCLUSIVE MODE;
    RAISE EXCEPTION USING ERRCODE = 'TL009';
EXCEPTION WHEN SQLSTATE 'TL009' THEN
    NULL;
END $$;

REVOKE ALL ON FUNCTION grants.take_turn, grants.await_writers FROM PUBLIC;
