"""Norwegian days and the clock: one module counts days, in Europe/Oslo. Knows no service."""
