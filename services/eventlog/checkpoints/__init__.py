"""The chain, and what is signed of it: checkpoints made, followed, and missed where the log lacks them."""
