"""Facts of ours that rest on what another service's log no longer says: listed, and looked into. Knows no service."""
