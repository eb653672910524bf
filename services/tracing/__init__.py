"""What one request led to, from the front-end's to each statement and across the feed, told to an OpenTelemetry
collector where one is configured. Knows no service, and nothing of what is told to it but names and counts."""
