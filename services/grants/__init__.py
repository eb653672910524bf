"""The grants service: from the ministry's letters of allocation to a grant that is settled."""
