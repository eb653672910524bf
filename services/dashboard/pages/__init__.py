"""Each page: its route, what it asks the views for, its template, and its tables as data."""
