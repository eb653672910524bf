"""What becomes of a promise: changed by two people, answered by its recipient, held over or lapsed at the turn of the
year."""
