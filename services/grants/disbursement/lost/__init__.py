"""Batches that a restored log has lost and accounting may have: nothing of their cases is asked for meanwhile."""
