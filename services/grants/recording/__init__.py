"""What PostgreSQL refuses by itself as facts are recorded, in the words of the stage that would have."""
