"""What is asked of endpoints, as typed bodies."""

from typing import Annotated

from pydantic import Field, Strict

from services.httpapi.strict.fields import Body, Id, Many, Some, Text
from services.notifications.webhook.events import Subscription, Wanted

POST = r"^[1-9][0-9]{0,4}\.[0-9]{2}$"
SCHEME_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"

Url = Annotated[
    str,
    Text(1, 2_000),
    Field(description="https://name/path, in lower case and ASCII.", examples=["https://a.no/hook"]),
]
Type = Annotated[str, Text(1, 100), Field(examples=["notice.received"])]
Post = Annotated[
    str,
    Text(4, 8),
    Field(pattern=POST, description="Chapter and post, as messages say it: `671.60`.", examples=["671.60"]),
]
SchemeId = Annotated[str, Text(1, 80), Field(pattern=SCHEME_ID, examples=["jobbsjansen-2020"])]
Contract = Annotated[int, Strict(), Field(ge=1, le=1, description="The version of the message format.")]
Rate = Annotated[int, Strict(), Field(ge=1, le=1_000)]


class WantedMessages(Body):
    """Which messages are let through, by what they are about. None named of a kind lets all of that kind through."""

    scheme_ids: Many[SchemeId] = ()
    posts: Many[Post] = ()
    case_ids: Many[Id] = ()


class Rotation(Body):
    """How the secret is exchanged. `revoke`: the one before signs no more from now on, for it may have become known."""

    revoke: bool = False


class EndpointAsked(Body):
    """Where a receiver is told, of what and how. `types` are types of messages, or `*` for every one there is or will
    be. `ordered`: one after the other, each until it is taken. `pulled_by` is the subject of the machine that may read
    and reconcile its own messages here."""

    url: Url
    types: Some[Type]
    wanted: WantedMessages = WantedMessages()
    ordered: bool = False
    rate_per_second: Rate = 50
    contract: Contract = 1
    description: Annotated[str, Text(0, 200)] = ""
    pulled_by: Annotated[str, Text(1, 200)] | None = None

    def subscription(self) -> Subscription:
        """As the log keeps it."""
        wanted = Wanted(
            scheme_ids=tuple(sorted(set(self.wanted.scheme_ids))),
            posts=tuple(sorted(set(self.wanted.posts))),
            case_ids=tuple(sorted(set(self.wanted.case_ids))),
        )
        told = self.model_dump(exclude={"wanted", "types"})
        return Subscription(**told, wanted=wanted, types=tuple(sorted(set(self.types))))
