"""The ministry's letters: what they add up to, where they differ, authorities, assignments and deadlines."""
