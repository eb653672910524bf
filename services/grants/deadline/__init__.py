"""Everything in grants that must be done, or is over, by a day: what it is, of what, and what became of it. It is told
to whoever reminds people (the notifications service), and kept nowhere else."""
