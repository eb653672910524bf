"""What can have happened in a case, and in a round of cases: one file for each stage."""
