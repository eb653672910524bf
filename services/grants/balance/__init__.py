"""Funds, the ledger, balances in two times; what each fact does to money."""
