"""The log: append, load, chain, checkpoints, feed, projections. Knows no grants and no HTTP."""
