"""How letters name the people who work here; it gives nobody a right."""
