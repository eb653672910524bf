"""What was asked, read strictly: bodies and fields."""
