"""Who is signed in to the pages, for how long, and who sees which of them."""
