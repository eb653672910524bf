"""What `make verify` is made of: one file for each thing that is held against the log."""
