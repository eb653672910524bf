"""Two people where two are needed: one table of all acts, which of them clash, and who wrote what is decided on."""

from services.duties.apart import SamePersonTwice, keep_apart

__all__ = ["SamePersonTwice", "keep_apart"]
