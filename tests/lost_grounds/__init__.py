"""Facts whose ground another log has lost."""
