"""The folders that things leave by, each known to the log by an identity of its own. Knows no service."""
