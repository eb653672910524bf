"""The other aggregate, one stream for each budget year's allocation: its facts, what a letter says, what letters add
up to."""
