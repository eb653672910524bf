"""Reading apart."""
