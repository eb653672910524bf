"""A command over HTTP: versions, keys, what is asked before, and what is answered and kept."""
