"""A large database to try on: a year of several agencies, recorded by the product itself and multiplied, which
verifies."""
