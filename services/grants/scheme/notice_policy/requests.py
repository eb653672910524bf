"""What a front-end sends of a notice policy."""

from services.grants.scheme.events import NoticePolicy, Source
from services.grants.scheme.requests import NoticePolicyAsked
from services.httpapi.strict.fields import Body, Prose, Sha256


class PolicyProposal(NoticePolicyAsked):
    """Whether the ministry is told 14 days before a letter (Instruks 5.4), on which source, from which day, and the
    SHA-256 (hex) of the source document."""

    document_sha256: Sha256

    def as_policy(self) -> NoticePolicy:
        """The policy as the scheme keeps it."""
        source = Source(document=self.source.document, section=self.source.section)
        return NoticePolicy(
            rule=self.rule, source=source, valid_from=self.valid_from, document_sha256=self.document_sha256
        )


class PolicyRejection(Body):
    """Why the policy is turned down."""

    reason: Prose
