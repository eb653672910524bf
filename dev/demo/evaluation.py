"""A report that is to be published: the ministry is told too late, and it waits until the notice is nearly too old.

The report is invented. It is there so that every alert of a notice is seen to fall.
"""

import hashlib

from dev.demo import told
from dev.demo.days import Days
from dev.demo.desk import INGRID, KARI, MINISTRY, Desk
from dev.demo.letters_out import CHANNEL

TITLE = "Evaluering av språkkafeer (oppdiktet)"
PLANNED_ON = "2020-05-11"


def play(desk: Desk) -> Days[None]:
    """From the plan to the publication, on the notifications service's `desk`."""
    yield "2020-04-01"
    document = hashlib.sha256(TITLE.encode()).hexdigest()
    plan = {"title": TITLE, "document_sha256": document, "planned_on": PLANNED_ON}
    report = desk.opens(KARI, "/v1/publications", plan)
    about = {"kind": "publication", "id": report.rpartition("/")[2]}
    notice = desk.opens(KARI, "/v1/notices", {"about": about, "planned_on": PLANNED_ON})
    told.line(f"Kari planlegger å publisere «{TITLE}» {PLANNED_ON}, og gjør orienteringen klar")
    yield "2020-04-29"
    desk.forgets()
    desk.acts(INGRID, "PUT", notice, "order", {"channel": CHANNEL})
    desk.waits_for(lambda: _is_sent(desk, notice), "the notice of the report")
    desk.acts(MINISTRY, "PUT", notice, "acknowledgement")
    told.line("Ingrid sender orienteringen for sent; departementet kvitterer, og fristen løper")
    yield "2020-07-27"
    desk.forgets()
    desk.acts(INGRID, "PUT", report, "release")
    told.line("Ingrid lar evalueringen publiseres, dagen før orienteringen blir for gammel")


def _is_sent(desk: Desk, notice: str) -> bool | None:
    desk.forgets()
    return desk.reads(notice)["state"] == "dispatched" or None
