"""The command handler of notices and of what is held, and how each is answered."""
