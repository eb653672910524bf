-- What became of a command whose answer was lost. Waits for the log's lock, so that no transaction which may still
-- record it is under way when the answer is given; and, by what it writes, for the standby: a commit that broke off its
-- wait can be read here, and would be lost with this server.
CREATE OR REPLACE FUNCTION grants.recall(asked uuid[]) RETURNS SETOF grants.command
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7402020);
    PERFORM pg_logical_emit_message(true, 'tilsagn', '');
    RETURN QUERY SELECT k.* FROM grants.command k WHERE k.id = ANY (asked);
END $$;
