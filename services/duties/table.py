"""The table of duties: every act that leaves a person's name, and whose it may not be. The rules ask it, docs/duties.md
is made from it, and tests walk every pair of it over HTTP."""

from collections.abc import Mapping

from services.duties.act import Act
from services.duties.of_applications import ON_APPLICATIONS, ON_SCHEMES
from services.duties.of_awards import ON_AWARDS, ON_CHANGES, ON_PERMITS, ON_ROUNDS
from services.duties.of_budgets import ON_BUDGETS
from services.duties.of_complaints import ON_COMPLAINTS
from services.duties.of_dates import ON_BACK_DATING
from services.duties.of_deadlines import ON_DEADLINES
from services.duties.of_endpoints import ON_ENDPOINTS
from services.duties.of_log import ON_THE_LOG
from services.duties.of_notices import ON_LETTERS, ON_NOTICES, ON_PUBLICATIONS
from services.duties.of_payments import ON_ACCOUNTS, ON_LOST_PAYMENTS, ON_PAYMENTS, ON_RECLAIMS, ON_WITHHOLDINGS
from services.duties.of_reports import ON_CONTROLS, ON_REPORTS, ON_SETTLEMENTS
from services.duties.of_staff import ON_STAFF

THINGS: Mapping[str, tuple[Act, ...]] = {
    "A letter of allocation and its budget year": ON_BUDGETS,
    "A scheme and its calls": ON_SCHEMES,
    "An application": ON_APPLICATIONS,
    "An award": ON_AWARDS,
    "A round": ON_ROUNDS,
    "A change of an award": ON_CHANGES,
    "A permit to send": ON_PERMITS,
    "A payee's account": ON_ACCOUNTS,
    "An instalment and its payments": ON_PAYMENTS,
    "A withholding": ON_WITHHOLDINGS,
    "A payment of a batch that was lost": ON_LOST_PAYMENTS,
    "A reclaim": ON_RECLAIMS,
    "A complaint": ON_COMPLAINTS,
    "A recipient's report": ON_REPORTS,
    "A control": ON_CONTROLS,
    "A settlement": ON_SETTLEMENTS,
    "A notice to the ministry": ON_NOTICES,
    "A letter that is held": ON_LETTERS,
    "A publication": ON_PUBLICATIONS,
    "The register of staff": ON_STAFF,
    "An endpoint": ON_ENDPOINTS,
    "A deadline": ON_DEADLINES,
    "The log itself": ON_THE_LOG,
    "How far back decisions may be dated": ON_BACK_DATING,
}
ACTS: Mapping[str, Act] = {act.name: act for acts in THINGS.values() for act in acts}
ACTS_OF: Mapping[str, tuple[Act, ...]] = {
    topic: tuple(act for act in ACTS.values() if topic in (act.topic, act.before))
    for topic in {topic for act in ACTS.values() for topic in (act.topic, act.before) if topic}
}
