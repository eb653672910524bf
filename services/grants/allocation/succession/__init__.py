"""A line of money that goes on under another number: what carries on what, over the years."""
