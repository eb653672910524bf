"""What can have happened to a year's allocation, one file for each room that tells of it."""
