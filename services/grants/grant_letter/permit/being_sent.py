"""What is answered while a letter is on its way out, whatever room was asked."""

from typing import Self

from services.httpapi.problem import HttpRefusal


class LetterBeingSent(HttpRefusal):
    """The letter may be leaving at this moment. Nothing that would make it wrong is recorded until that is known."""

    code = "letter-being-sent"
    title = "Tilskuddsbrevet er i ferd med å bli sendt"
    headers = (("Retry-After", "30"),)

    @classmethod
    def until(cls, runs: str) -> Self:
        """By a permit that runs until then (RFC 3339)."""
        return cls(
            f"The letter is on its way out, by a permit that runs until {runs}. Try again in a minute: once it is "
            "known whether it left, the case goes on.",
            until=runs,
        )
