"""The bytes of what is held: fetched from grants, kept by their SHA-256."""
