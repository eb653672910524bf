"""How long answers to commands are kept, and what is left when they are not."""
