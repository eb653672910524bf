"""Everything that is due, from both services: when, of what, what became of it, and whom it is told."""
