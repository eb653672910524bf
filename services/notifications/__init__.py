"""The notifications service: the only one that can send, and not before the gate opens."""
