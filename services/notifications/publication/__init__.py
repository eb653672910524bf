"""Reports and evaluations that are made public, of which the ministry is told first."""
