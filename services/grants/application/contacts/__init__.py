"""Contact persons of applicants, who can be erased."""
