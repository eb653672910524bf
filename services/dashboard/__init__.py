"""A service of its own: read-only pages in three languages. It imports the other services' views and nothing else of
them."""
