-- Who may do what. Everything belongs to tilsagn_owner, who cannot log in; PUBLIC gets nothing. The service reads, appends
-- facts and adds files; there is no other way in.
REVOKE ALL ON ALL TABLES IN SCHEMA notifications FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA notifications FROM PUBLIC;
GRANT USAGE ON SCHEMA notifications TO notifications_service, notifications_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA notifications TO notifications_service, notifications_reader;
GRANT INSERT (content) ON notifications.letter_file TO notifications_service;
GRANT EXECUTE ON FUNCTION notifications.append, notifications.recall TO notifications_service;
GRANT EXECUTE ON FUNCTION notifications.log_clock, notifications.standing, notifications.opens_at, notifications.stale_at,
    notifications.easter, notifications.is_working_day TO notifications_service, notifications_reader;
