"""The authorities of a letter's chapter 6, and leave to promise money beyond the budget year: given, used, left."""
