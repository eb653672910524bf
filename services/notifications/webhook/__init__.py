"""Receivers outside: endpoints, deliveries, what proves that none is missing."""
