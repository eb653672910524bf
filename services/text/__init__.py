"""How words and the names of people are compared. Knows no service."""
