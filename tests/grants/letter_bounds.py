"""What the tests of letter bounds build, for other tests to use as well."""

from datetime import date
from typing import Any

from services.grants.award.approval import propose
from services.grants.award.award_import import Outside, propose_import
from services.grants.award.state import Award
from services.grants.case.events.award import AwardProposed

CLAIM = Outside(decided_on=date(2020, 2, 3), disposal_authority="x", document="y", document_sha256="ab" * 32)


def in_a_case(proposal: AwardProposed) -> Any:
    return propose(Award(), proposal=proposal)


def decided_outside(proposal: AwardProposed) -> Any:
    return propose_import(Award(), proposal=proposal, outside=CLAIM, system_began_on=date(2099, 1, 1))
