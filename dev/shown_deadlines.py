"""What is due in the coming days where nothing is yet: invented, and plainly so, in a database that is new.

They are publications of reports that nobody writes, with a day each, and the ministry's notice of one. The ministry's
own letters say nothing of this year, and a letter of our own for it would be a budget year without a budget: so the
invented stand beside the year 2020, and nothing of it moves.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from dev.people import People
from dev.play2020 import KARI
from services.bokmal import day_in_words
from services.calendar.days import add_days
from services.calendar.patience import at_most

INVENTED = "Oppdiktet eksempel"
REPORTS = (
    ("evaluering av språkkafeer", 2),
    ("rapport om norskopplæring på nett", 5),
    ("evaluering av mentorordninger", 9),
)
"""What is to be published, and in how many days the ministry must have its notice at the latest."""
NOTICE_DAYS = 15
HEARD_SECONDS = at_most(20)


def plan_examples(base_url: str, tokens: Mapping[str, str], *, today: date, say: Callable[[str], None]) -> int:
    """The invented reports are planned, and the notice of the first is prepared, where no publication is planned yet.
    How many deadlines are new. `base_url` is the notifications service's."""
    people = People(base_url, tokens)
    if people.reads("/v1/publications?limit=1")["items"]:
        return 0
    for place, (report, days) in enumerate(REPORTS):
        planned_on = str(add_days(today, days + NOTICE_DAYS))
        title = f"{INVENTED}: {report}"
        document = hashlib.sha256(title.encode()).hexdigest()
        plan = {"title": title, "document_sha256": document, "planned_on": planned_on}
        made = people.does(KARI, "POST", "/v1/publications", f"example:{today}:{place}", json=plan)
        if place == 0:
            about = {"kind": "publication", "id": made.headers["Location"].rpartition("/")[2]}
            notice = {"about": about, "planned_on": planned_on}
            people.does(KARI, "POST", "/v1/notices", f"example:{today}:notice", json=notice)
    say(f"  {len(REPORTS)} invented reports are to be published, and the ministry must be told of them in time:")
    for report, days in REPORTS:
        say(f"    {INVENTED}: {report}; its notice must go by {day_in_words(add_days(today, days))}")
    return len(REPORTS)


def tell_of_history(base_url: str, tokens: Mapping[str, str], *, year: int, say: Callable[[str], None]) -> None:
    """How many deadlines of a played year's letters stand as history, as soon as they are heard of."""
    people, until = People(base_url, tokens), time.monotonic() + HEARD_SECONDS
    while not (past := _of(people, "history", year)) and time.monotonic() < until:
        time.sleep(0.2)
    due = len(_of(people, "due", year))
    still = f", and {due} are still due" if due else ""
    say(f"  {len(past)} deadlines of the letters of {year} stand as history, and nobody is reminded of them{still}")


def _of(people: People, state: str, year: int) -> list[Any]:
    """The deadlines of a year's letters in a state."""
    shown = people.reads(f"/v1/deadlines?state={state}&limit=500")["items"]
    return [each for each in shown if each["year"] == year]
