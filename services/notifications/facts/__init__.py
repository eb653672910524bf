"""What can have happened to what is held, notices, sendings and publications; and the states folded from it."""
