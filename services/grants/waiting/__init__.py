"""What waits for whom: the inbox of each role, which asks the stages' own rules."""
