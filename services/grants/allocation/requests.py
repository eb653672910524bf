"""What addresses of letters hold: the budget year, and the letter's number in it."""

from typing import Annotated

from services.httpapi.strict.fields import Digits

Year = Annotated[int, Digits(1900, 2199)]
Number = Annotated[int, Digits(0, 999)]
