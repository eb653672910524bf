"""The number people call a case by: the year and a running number."""
