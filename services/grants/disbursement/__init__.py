"""What stands in a payment's way, attestation, batches to accounting and receipts."""
