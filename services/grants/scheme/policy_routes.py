"""Whether the ministry is told of a scheme's letters, over HTTP: proposed by one, confirmed or not by another."""

from typing import Annotated

from starlette.responses import Response

from services.grants.scheme.command_handler import SchemeCommands
from services.grants.scheme.notice_policy import rules as notice_policy
from services.grants.scheme.notice_policy.requests import PolicyProposal, PolicyRejection
from services.grants.scheme.requests import (
    SchemeId,
)
from services.grants.scheme.responses import SchemeShown
from services.httpapi.callers.admission import allow
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.commands.etag import ExpectedVersion
from services.httpapi.commands.idempotency import Idempotency
from services.httpapi.route import Router

Writer = Annotated[Caller, allow(Role.caseworker, Role.controller)]
Confirmer = Annotated[Caller, allow(Role.approver, Role.controller)]


def add_notice_policy(router: Router, commands: SchemeCommands) -> None:
    """The acts stand under their scheme."""

    @router.put("/schemes/{scheme_id}/notice-policy", response_model=SchemeShown)
    async def propose_policy(
        scheme_id: SchemeId, asked: PolicyProposal, caller: Writer, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Proposes whether the ministry is told before the scheme's letters leave. It counts for nothing until somebody
        who wrote no part of it confirms it, and then for awards approved after that."""
        return await commands.act(
            scheme_id,
            notice_policy.fold,
            lambda it: notice_policy.propose(it, policy=asked.as_policy(), proposed_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/schemes/{scheme_id}/notice-policy/confirmation", response_model=SchemeShown)
    async def confirm_policy(
        scheme_id: SchemeId, caller: Confirmer, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Finds the policy that waits in this version to be what its source document says. It takes somebody who wrote
        no part of it."""
        return await commands.act(
            scheme_id,
            notice_policy.fold,
            lambda it: notice_policy.confirm(it, confirmed_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )

    @router.put("/schemes/{scheme_id}/notice-policy/rejection", response_model=SchemeShown)
    async def reject_policy(
        scheme_id: SchemeId, asked: PolicyRejection, caller: Confirmer, expected: ExpectedVersion, key: Idempotency
    ) -> Response:
        """Turns down the policy that waits. What was confirmed before goes on counting."""
        return await commands.act(
            scheme_id,
            notice_policy.fold,
            lambda it: notice_policy.reject(it, reason=asked.reason, rejected_by=caller.subject),
            caller=caller,
            key=key,
            expected=expected,
        )
