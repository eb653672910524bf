"""What endpoints are told, read by its numbers: listed, pulled, streamed and sent again."""
