"""Messages on their way to receivers: claimed, composed, signed, sent, and tried again."""
