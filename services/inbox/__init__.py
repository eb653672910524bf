"""Following another service's feed: each message once, its place with position and hash."""
