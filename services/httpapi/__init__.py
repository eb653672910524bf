"""Callers and roles, strict reading, refusals, versions, idempotency, limits. Knows no grants."""
