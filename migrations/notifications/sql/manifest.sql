-- What binds something held is its manifest's own bytes. They stand as text in the fact that holds it; PostgreSQL hashes
-- them itself, and reads amount, files and recipient from them alone. A hash told beside a manifest proves nothing.

-- The one spelling (RFC 8785) of what a manifest can hold: text, whole numbers, truth, nothing, lists, and objects whose
-- names are ASCII. Everything else is refused, so that bytes and what is read of them never part.
CREATE FUNCTION notifications.canonical(value jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    written text;
BEGIN
    CASE jsonb_typeof(value)
    WHEN 'object' THEN
        SELECT '{' || coalesce(string_agg(
            to_json(m.key)::text || ':' || notifications.canonical(m.value), ',' ORDER BY m.key COLLATE "C"), '') || '}'
            INTO written FROM jsonb_each(value) AS m;
        PERFORM notifications.refuse_unless(
            NOT EXISTS (SELECT FROM jsonb_object_keys(value) AS k WHERE k !~ '^[ -~]*$'), 'manifest-not-canonical', 'a name');
    WHEN 'array' THEN
        SELECT '[' || coalesce(string_agg(notifications.canonical(e.value), ',' ORDER BY e.nth), '') || ']'
            INTO written FROM jsonb_array_elements(value) WITH ORDINALITY AS e (value, nth);
    WHEN 'number' THEN
        written := value::text;
        PERFORM notifications.refuse_unless(
            written ~ '^-?[0-9]{1,16}$' AND abs(written::numeric) < 9007199254740992, 'manifest-not-canonical', 'a number');
    WHEN 'string' THEN
        written := to_json(value #>> '{}')::text;
    ELSE
        written := value::text;
    END CASE;
    RETURN written;
END $$;

-- A fact that holds something, with everything that binds it put in from its manifest's bytes: what was told beside them
-- under the same names is passed over.
CREATE FUNCTION notifications.bound(topic text, which text, d jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bytes text := d ->> 'manifest_json';
    told  jsonb := bytes::jsonb;
    whose text := CASE topic WHEN 'letter.held.v2' THEN 'letter-' || (told ->> 'case_id')
                             ELSE 'publication-' || (told ->> 'publication_id') END;
    bound jsonb := jsonb_build_object('manifest', told, 'manifest_sha256', encode(sha256(convert_to(bytes, 'UTF8')), 'hex'));
BEGIN
    PERFORM notifications.refuse_unless(notifications.canonical(told) = bytes, 'manifest-not-canonical', which);
    PERFORM notifications.refuse_unless(whose = which, 'manifest-differs', which);
    IF topic = 'letter.held.v2' THEN
        PERFORM notifications.refuse_unless(
            told #>> '{files,0}' ~ '^[0-9a-f]{64}$' AND jsonb_typeof(told -> 'amount_ore') = 'number'
            AND told ? 'recipient_number' AND told ? 'scheme_id', 'manifest-differs', which);
        bound := bound || jsonb_build_object('letter_sha256', told #> '{files,0}');
    END IF;
    RETURN (d - 'letter_sha256') || bound;
END $$;

-- The manifest's bytes of what is held at a position. What was held before the bytes were kept is written anew from the
-- manifest it told, which has one spelling: a letter that waits need not be held, or told of, again.
CREATE FUNCTION notifications.manifest_at(at bigint) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fact notifications.event;
    d    jsonb;
BEGIN
    SELECT * INTO fact FROM notifications.event e WHERE e.position = at;
    d := convert_from(fact.data, 'UTF8')::jsonb;
    RETURN CASE fact.topic
        WHEN 'letter.held.v1' THEN notifications.canonical(d -> 'manifest')
        WHEN 'publication.planned.v1' THEN notifications.canonical(jsonb_build_object(
            'publication_id', substring(fact.stream FROM 13), 'title', d -> 'title',
            'document_sha256', d -> 'document_sha256', 'planned_on', d -> 'planned_on'))
        ELSE d ->> 'manifest_json' END;
END $$;

-- A release is of the bytes: hashed once more as it is recorded, and of the file they name first.
CREATE FUNCTION notifications.bind_release() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bytes text;
BEGIN
    SELECT notifications.manifest_at(i.position) INTO bytes FROM notifications.item i WHERE i.item = NEW.item;
    IF sha256(convert_to(bytes, 'UTF8')) IS DISTINCT FROM NEW.manifest_sha256
       OR bytes::jsonb #>> '{files,0}' IS DISTINCT FROM encode(NEW.letter_sha256, 'hex') THEN
        RAISE EXCEPTION 'manifest-differs: what is held of % is not what its hash says', NEW.item;
    END IF;
    RETURN NEW;
END $$;
-- Its name comes after release_is_decided: whether it may leave at all is told first.
CREATE TRIGGER release_is_of_its_bytes BEFORE INSERT ON notifications.release
    FOR EACH ROW EXECUTE FUNCTION notifications.bind_release();
ALTER TABLE notifications.release ENABLE ALWAYS TRIGGER release_is_of_its_bytes;

-- What grants is told of a release, and where it leaves by, is what the bytes say.
CREATE FUNCTION notifications.tell_holding(topic text, which text, at bigint, d jsonb) RETURNS text[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told jsonb;
BEGIN
    CASE topic
    WHEN 'letter.held.v2', 'publication.planned.v2' THEN
        PERFORM notifications.hold(which, at, notifications.bound(topic, which, d));
        RETURN ARRAY[which];
    WHEN 'letter.held.v1', 'publication.planned.v1' THEN
        PERFORM notifications.refuse_unless(false, 'manifest-bytes-missing', which);
    WHEN 'letter.released.v1' THEN
        SELECT notifications.manifest_at(i.position)::jsonb INTO told FROM notifications.item i WHERE i.item = which;
        PERFORM notifications.refuse_unless(
            told ->> 'recipient_number' IS NOT DISTINCT FROM d ->> 'recipient_number'
            AND told ->> 'channel' IS NOT DISTINCT FROM d ->> 'channel', 'manifest-differs', which);
    ELSE
        NULL;
    END CASE;
    RETURN '{}';
END $$;

CREATE OR REPLACE FUNCTION notifications.apply_effects(befores bigint[], effects jsonb[], now_at timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fact record;
    data jsonb;
BEGIN
    FOR fact IN SELECT e.position, e.stream, e.topic, e.data FROM notifications.event e
                WHERE e.position > befores[1] ORDER BY e.position LOOP
        CONTINUE WHEN fact.topic IN ('inbox.feed-read.v1', 'inbox.feed-read.v2');
        data := convert_from(fact.data, 'UTF8')::jsonb;
        PERFORM notifications.tell_policies(fact.topic, fact.stream, data);
        PERFORM notifications.tell_tries(fact.topic, fact.stream, fact.position, data, now_at);
        PERFORM notifications.keep_due(notifications.tell_gate(fact.topic, fact.stream, fact.position, data, now_at));
        PERFORM notifications.keep_due(notifications.tell_holding(fact.topic, fact.stream, fact.position, data));
        PERFORM notifications.tell_senders(fact.topic, fact.stream, data, now_at);
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION notifications.canonical, notifications.bound, notifications.manifest_at, notifications.bind_release,
    notifications.tell_holding FROM PUBLIC;
