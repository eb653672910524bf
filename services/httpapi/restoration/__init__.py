"""Going on without facts that are lost for good: two people say so, outside the database and in the log."""
