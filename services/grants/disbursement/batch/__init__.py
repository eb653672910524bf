"""Payments asked of accounting together: the file, its way there, what accounting answers."""
