"""What the tests of plan conditions build, for other tests to use as well."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.grants.round.proposing import Setting
from tests.grants.fodt_fri import proposed
from tests.grants.scheme.schemes import TERMS

REGISTRATION: dict[str, Any] = {
    "scheme_id": "jobbsjansen-2020", "year": 2020, "registered_on": date(2020, 1, 2), "registered_by": "kari",
}  # fmt: skip
REVISION: dict[str, Any] = {"reason": "Klarere.", "revised_on": date(2020, 1, 9), "revised_by": "kari"}
SETTING = Setting(
    round_id=UUID(int=1), scheme_id="s", year=2020, terms=replace(TERMS, basis="named", fund_ids=(proposed.fund_id,),
    eligibility=(), criteria=()), open_funds=frozenset({proposed.fund_id}),
)  # fmt: skip
