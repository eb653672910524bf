"""What was recorded twice in texts that read alike: listed, never merged."""
