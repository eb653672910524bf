"""Ties between staff and organisations, which hold for every case of the organisation."""
