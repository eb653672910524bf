"""Facts that must not be lost with the database, kept beside the checkpoints."""
