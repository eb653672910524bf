"""Grant schemes and their calls, as data."""
