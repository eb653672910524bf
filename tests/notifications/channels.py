"""What the tests of channels build, for other tests to use as well."""

KNOWN = {
    "TILSAGN_ENVIRONMENT": "test",
    "DATABASE_URL": "postgresql://x",
    "TILSAGN_OUTBOX": "/tmp/x",
    "TILSAGN_DEV_ISSUER_KEY_FILE": "/tmp/key",
}
