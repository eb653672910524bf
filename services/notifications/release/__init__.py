"""A held letter let out: ordered, waived, stopped, the sweep, and how it is sent."""
