-- Who may do what. Everything belongs to tilsagn_owner, who cannot log in; PUBLIC gets nothing.
REVOKE ALL ON ALL TABLES IN SCHEMA grants FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA grants FROM PUBLIC;
GRANT USAGE ON SCHEMA grants TO grants_service, grants_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA grants TO grants_service, grants_reader;
GRANT EXECUTE ON FUNCTION grants.append, grants.recall TO grants_service;
GRANT EXECUTE ON FUNCTION grants.balance_at, grants.least_left_since, grants.position_at TO grants_service, grants_reader;
