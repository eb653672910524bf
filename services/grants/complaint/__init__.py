"""Time limits, suspensive effect, forwarding, the ministry's outcome."""
