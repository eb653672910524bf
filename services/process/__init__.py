"""What one process of a service is: what it does, what it stands on, how it begins and ends. Knows no service."""
