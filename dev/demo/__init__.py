"""`make demo`: a year of grants played through the REST API, and every balance held against sums kept on the side."""
