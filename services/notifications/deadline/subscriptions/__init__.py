"""Deadlines in the calendars people subscribe to."""
