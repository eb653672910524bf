"""What others read of the log: its messages in order, where it ends, and all of it for whoever verifies."""
