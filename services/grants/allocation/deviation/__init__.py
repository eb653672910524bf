"""What a letter does that cannot be as meant, though it adds up; and all that is amiss in a year."""
