"""The one append path: who writes, with whom together, on which connection, and by what clock."""
