"""A proposal, its approval by a second person, and awards that were decided before this system."""
