"""Messages to receivers outside, put in the outbox by whatever room has any; which addresses they may have."""
