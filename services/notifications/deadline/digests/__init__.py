"""The daily e-mail of deadlines to each role."""
