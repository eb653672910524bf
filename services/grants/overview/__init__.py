"""What the pages of a budget year are made of: the API's own queries, and what the ministry is told of."""
