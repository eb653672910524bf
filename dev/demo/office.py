"""The directorate's people at the grants service, the way letters leave, and numbers nobody has."""

from collections.abc import Mapping

from dev.demo.desk import ANNE, INGRID, KARI, MINISTRY, OLA, PER, READER, Desk
from dev.demo.invented import Numbers
from dev.demo.letters_out import LettersOut

__all__ = ["ANNE", "AUTHORITY", "INGRID", "KARI", "MINISTRY", "OLA", "PER", "READER", "Office"]

AUTHORITY = "Instruks 4.2, demonstrasjon"


class Office(Desk):
    """Their desks."""

    def __init__(self, base_url: str, tokens: Mapping[str, str], letters_out: LettersOut) -> None:
        super().__init__(base_url, tokens)
        self.letters_out, self.numbers = letters_out, Numbers()
