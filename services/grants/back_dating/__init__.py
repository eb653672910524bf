"""How far back a decision may be dated, and why; the bound that two people set."""
