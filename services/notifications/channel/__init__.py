"""How letters and notices leave, and what came back."""
