"""A proposal, its approval, its letter, changes of the promise, the turn of the year."""
