-- What the dashboard may read of notices to the ministry: what they list, when they were sent and received, what is
-- stopped and let go; no word of a receipt or an objection, and not who did it.
CREATE FUNCTION notifications.coded(data text, kept text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(data,
        '("(?:' || kept || ')":"(?:[^"\\]|\\.)*"'
        || '|"items":\["[a-z0-9-]*"(?:,"[a-z0-9-]*")*\]'
        || '|"[a-z0-9_]+":(?!"))'
        || '|("(?!(?:' || kept || ')":)[a-z0-9_]+":")(?:[^"\\]|\\.)*(")'
        || '|(")(?:[^"\\]|\\.)*(")', '\1\2\3\4\5', 'g')
$$;
CREATE VIEW notifications.notice_fact WITH (security_barrier) AS
    SELECT position, stream, version, topic,
           convert_to(notifications.coded(convert_from(data, 'UTF8'),
               'case_number|channel|fund_id|id|item|kind|manifest_sha256|planned_on|received_at|recipient_number|renews'
               || '|said_at|scheme_id|scheme_name|starts|title|tz|version'), 'UTF8') AS data,
           '{"actor":"","command_id":"","correlation_id":""}'::bytea AS metadata, recorded_at
    FROM notifications.event WHERE stream > 'notice-' AND stream < 'notice.';
REVOKE ALL ON notifications.notice_fact FROM PUBLIC;
REVOKE ALL ON FUNCTION notifications.coded FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notifications.coded TO tilsagn_dashboard;
GRANT SELECT ON notifications.notice_fact TO tilsagn_dashboard;
GRANT SELECT ON notifications.notice_line TO tilsagn_dashboard;
