"""Whose account a recipient is paid to: registered by one person, verified by another."""
