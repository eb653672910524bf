"""What a developer runs: the embedded PostgreSQL, the demonstration year, the checks. Never part of a deployment."""
