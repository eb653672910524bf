"""What is due and what was told, for the pages."""
