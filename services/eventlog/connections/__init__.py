"""Connections to the log's database: what a session of ours depends on, which are kept, and which are hung up on."""
