-- Endpoints: where receivers outside are told, of what. Their rows follow from the facts, in the transaction that records
-- them: whoever begins a delivery reads the row there, so that a pause or deletion holds from the moment it is answered.

CREATE TABLE notifications.endpoint (
    id                 uuid    PRIMARY KEY,
    position           bigint  NOT NULL,  -- of its last fact
    url                text    NOT NULL,
    types              text[]  NOT NULL,  -- or '*'
    wanted             jsonb   NOT NULL,  -- scheme_ids, posts, case_ids: none of a kind lets all of it through
    ordered            boolean NOT NULL,
    rate_per_second    integer NOT NULL CHECK (rate_per_second > 0),
    contract           integer NOT NULL,
    pulled_by          text,
    secret_id          uuid    NOT NULL,
    previous_secret_id uuid,
    previous_until     timestamptz,
    consented          boolean NOT NULL,
    paused             boolean NOT NULL,
    disabled           boolean NOT NULL,
    deleted            boolean NOT NULL
);

-- What signs, sealed with a key that is not in the database. The fact names the row, and the hash of its bytes.
CREATE TABLE notifications.endpoint_secret (
    id          uuid        PRIMARY KEY,
    endpoint_id uuid        NOT NULL,
    sealed      bytea       NOT NULL CHECK (octet_length(sealed) BETWEEN 60 AND 200),
    stored_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER endpoint_secret_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON notifications.endpoint_secret
    FOR EACH STATEMENT EXECUTE FUNCTION notifications.refuse_change();
ALTER TABLE notifications.endpoint_secret ENABLE ALWAYS TRIGGER endpoint_secret_is_final;

CREATE FUNCTION notifications.keep_endpoint_secret(which uuid, of_endpoint uuid, content bytea) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO notifications.endpoint_secret (id, endpoint_id, sealed) VALUES (which, of_endpoint, content)
$$;

CREATE FUNCTION notifications.subscribe(which uuid, at bigint, s jsonb) RETURNS void LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
    UPDATE notifications.endpoint SET position = at, url = s ->> 'url',
        types = ARRAY(SELECT jsonb_array_elements_text(s -> 'types')), wanted = s -> 'wanted',
        ordered = (s ->> 'ordered')::boolean, rate_per_second = (s ->> 'rate_per_second')::integer,
        contract = (s ->> 'contract')::integer, pulled_by = s ->> 'pulled_by',
        consented = consented AND url = s ->> 'url'
    WHERE id = which
$$;

-- One fact of an endpoint. `d` is the fact, `now_at` when it is recorded.
CREATE FUNCTION notifications.tell_endpoint(topic text, stream text, at bigint, d jsonb, now_at timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    which uuid := substr(stream, length('endpoint-') + 1)::uuid;
BEGIN
    UPDATE notifications.endpoint SET position = at WHERE id = which;
    CASE topic
        WHEN 'endpoint.registered.v1' THEN
            INSERT INTO notifications.endpoint (id, position, url, types, wanted, ordered, rate_per_second, contract,
                secret_id, consented, paused, disabled, deleted)
            VALUES (which, at, '', '{}', '{}', false, 1, 1, (d #>> '{secret,id}')::uuid, false, false, false, false);
            PERFORM notifications.subscribe(which, at, d -> 'subscription');
        WHEN 'endpoint.changed.v1' THEN
            PERFORM notifications.subscribe(which, at, d -> 'subscription');
        WHEN 'endpoint.consented.v1' THEN
            UPDATE notifications.endpoint SET consented = (url = d ->> 'url') WHERE id = which;
        WHEN 'endpoint.paused.v1' THEN
            UPDATE notifications.endpoint SET paused = true WHERE id = which;
        WHEN 'endpoint.resumed.v1' THEN
            UPDATE notifications.endpoint SET paused = false, disabled = false WHERE id = which;
        WHEN 'endpoint.disabled.v1' THEN
            UPDATE notifications.endpoint SET disabled = true WHERE id = which;
        WHEN 'endpoint.secret-rotated.v1' THEN
            UPDATE notifications.endpoint SET previous_secret_id = secret_id, previous_until = now_at + interval '24 hours',
                secret_id = (d #>> '{secret,id}')::uuid WHERE id = which;
        WHEN 'endpoint.deleted.v1' THEN
            UPDATE notifications.endpoint SET deleted = true WHERE id = which;
        ELSE
            RAISE EXCEPTION 'endpoint-fact-unknown: %', topic;
    END CASE;
END $$;

REVOKE ALL ON notifications.endpoint, notifications.endpoint_secret FROM PUBLIC;
GRANT SELECT ON notifications.endpoint, notifications.endpoint_secret TO notifications_service, notifications_reader;
REVOKE ALL ON FUNCTION notifications.keep_endpoint_secret, notifications.subscribe, notifications.tell_endpoint FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notifications.keep_endpoint_secret TO notifications_service;
