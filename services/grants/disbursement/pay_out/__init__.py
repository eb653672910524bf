"""Money that a letter wants paid out by a day, held against the ledger."""
