"""Who asks: a token believed or not, a caller with roles, and whether an address serves it."""
