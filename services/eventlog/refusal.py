"""A refusal: the answer to a command that may not be done, in words its reader can act on."""

from typing import Any, ClassVar


class Refusal(Exception):
    """The command was understood and is refused. Subclasses name the situation (`SamePersonTwice`), carry a stable
    `code` that front-ends may rely on, an HTTP `status`, and a `title` in bokmål; the sentence given when it is raised
    says what to do about it. `details` are members added to the problem document (whole øre, ids, instants as text).
    """

    code: ClassVar[str]
    status: ClassVar[int] = 409
    title: ClassVar[str]

    def __init__(self, detail: str, **details: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.details = details
