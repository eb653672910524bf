-- What the files handed to accounting are, for whoever verifies: digests alone. The files hold account numbers, so no
-- reader sees them; PostgreSQL answers what their bytes are and not what is in them.
CREATE FUNCTION grants.payment_file_digests() RETURNS TABLE (named bytea, digest bytea, batch_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT decode(f.sha256, 'hex'), sha256(f.content), f.batch_id FROM grants.payment_file f
$$;
REVOKE ALL ON FUNCTION grants.payment_file_digests FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.payment_file_digests TO grants_reader;
