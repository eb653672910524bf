"""What the tests of routes build, for other tests to use as well."""

INTERIM = {"number": 1, "kind": "interim", "due_on": "2020-09-01"}
ARRIVED = {"summary": "I rute.", "results": "Tolv kurs.", "used_ore": 300, "accounts_attested": False}
RIGHT = {"note": "Stemmer.", "checked_on": "2021-03-10"}
