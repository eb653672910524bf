"""Rules as sentences, the log against PostgreSQL, HTTP, pages, faults: mirrors `services/`."""
