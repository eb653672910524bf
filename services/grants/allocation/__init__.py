"""The ministry's letters registered, corrected and carried out: what they do, where they differ, what is settled."""
