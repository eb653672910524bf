"""Prior warning, withholding, letting go, reclaim, repayment, netting."""
