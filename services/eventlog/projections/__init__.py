"""Read models: followed fact by fact or by whole streams, parked where they cannot be, and how far they have come."""
