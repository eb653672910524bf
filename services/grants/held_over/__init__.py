"""What one budget year leaves to the next: claims, their order, what is amiss."""
