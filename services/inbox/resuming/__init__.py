"""Going on with a feed whose log has gone on otherwise than we read it: two people say so, and what was heard of
what is gone is named for somebody to look into."""
