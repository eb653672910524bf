"""How long the answers to commands are kept, and so a repeat is honoured: as two people set. Knows no service."""
