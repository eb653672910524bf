"""Which deadlines a case has, and what is new to whoever was told of them before.

Each day is the one that the stage's own rule holds people to; none is worked out here a second time. What waits for a
recipient's letter has no deadline before the letter is out: a late letter makes nothing overdue. A deadline that was
told and no longer follows has fallen away.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.calendar.days import last_day
from services.eventlog.events import Event
from services.grants.application import rules as application
from services.grants.award import rules as award
from services.grants.case.events.application import ApplicationReceived, SupplementRequested
from services.grants.complaint import rules as complaint
from services.grants.complaint.decision import Decision
from services.grants.deadline.events import Deadline, DeadlinesTold, State
from services.grants.deadline.money import of_money
from services.grants.recipient_report import reminder
from services.grants.recipient_report import rules as reporting
from services.grants.waiting.case_facts import SOMEBODY, CaseFacts
from services.grants.waiting.rules import acceptance_due_on

RULES = 9
"""Counts up whenever the same facts would give other deadlines: everything is then told anew by the new rules."""
DISPUTED = {
    "award": "tilskuddet",
    "rejection": "avslaget",
    "dismissal": "avvisningen",
    "withholding": "tilbakeholdet",
    "reclaim": "tilbakekravet",
    "reduction": "reduksjonen",
    "annulment": "omgjøringen",
}

OF_THE_AWARD = frozenset({"award", "reduction", "annulment"})
"""What the recipient learns of with the grant letter, where it was decided before that went out."""
OF_THE_APPLICATION = frozenset({"rejection", "dismissal"})
"""What an applicant is told by itself, whatever letter an award waits for."""


@dataclass(frozen=True)
class ToldDeadlines:
    """What was told last of each deadline of one case, year or scheme, by its key."""

    deadlines: Mapping[str, Deadline] = field(default_factory=dict)


def evolve(told: ToldDeadlines, event: Event) -> ToldDeadlines:
    """What is told after this fact."""
    match event:
        case DeadlinesTold(told=deadlines):
            return ToldDeadlines({**told.deadlines, **{each.key: each for each in deadlines}})
    return told


def tell(told: ToldDeadlines, standing: Sequence[Deadline]) -> tuple[Deadline, ...]:
    """What is new, moved, met or fallen away since it was told; nothing where all of it is known."""
    stands = {each.key: each for each in standing}
    assert len(stands) == len(standing), "a key names one deadline"
    changed = [each for key, each in stands.items() if told.deadlines.get(key) != each]
    gone = [
        replace(each, state="fallen")
        for key, each in told.deadlines.items()
        if key not in stands and each.state == "due"
    ]
    return (*changed, *gone)


def list_deadlines(events: Sequence[Event]) -> list[Deadline]:
    """Every deadline of one case, in the order of a case's life."""
    story = CaseFacts(events)
    found = [*of_application(story), *of_acceptance(story), *of_money(story), *of_reports(story), *of_complaints(story)]
    return [replace(each, fund_id=_fund_of(story), scheme_id=_scheme_of(story)) for each in found]


def of_application(story: CaseFacts) -> Iterator[Deadline]:
    """What the applicant was asked to send in, and when it was to come."""
    if not story.has(SupplementRequested):
        return
    case = story.room(application.evolve, application.Application)
    answered = {version.answers for version in case.versions}
    for asked in case.requests:
        state: State = "met" if asked.number in answered else "fallen"
        if asked == case.unanswered and case.ending is None and not case.granted:
            state = "due"
        yield Deadline(
            key=f"supplement-reply-{asked.number}", kind="supplement-reply", state=state, due_on=asked.reply_by,
            role="caseworker", what="Svar på spørsmål om søknaden", part=asked.number,
        )  # fmt: skip


def of_acceptance(story: CaseFacts) -> Iterator[Deadline]:
    """The terms, to be accepted by the day the letter says."""
    proposed = story.commitment.proposed
    if not story.commitment.approved or proposed is None or not proposed.acceptance_required:
        return
    granted = story.room(award.evolve, award.Granted)
    due_on = acceptance_due_on(story.informed, story.commitment)
    if due_on is None or story.informed.waits:
        return
    state: State = "met" if granted.accepted else "due"
    if state == "due" and (granted.gone or granted.ended or not granted.commitment.committed_ore):
        state = "fallen"
    yield Deadline(
        key="terms-acceptance", kind="terms-acceptance", state=state, due_on=due_on, role="caseworker",
        what="Mottakeren skal godta vilkårene", amount_ore=proposed.amount_ore,
    )  # fmt: skip


def of_reports(story: CaseFacts) -> Iterator[Deadline]:
    """Each report the recipient owes, once it knows of it; for as long as it would be reminded of it."""
    if not story.commitment.approved or not (story.commitment.proposed and story.commitment.proposed.reports):
        return
    case = story.room(reporting.evolve, reporting.Reporting)
    for report in case.reports:
        if report.state == "untold":
            continue
        number, state = report.owed.number, _state_of_report(story, case, report)
        yield Deadline(
            key=f"recipient-report-{number}", kind="recipient-report", state=state, due_on=report.due_on,
            role="caseworker", what=f"Rapport {number} fra mottakeren", part=number,
        )  # fmt: skip


def _state_of_report(story: CaseFacts, case: reporting.Reporting, report: reporting.Report) -> State:
    first = reminder.next_reminder_on(report)
    if first is None:
        return "met"
    reminded = story.allows(
        lambda person, on: reminder.remind(case, number=report.owed.number, reminded_on=on, reminded_by=person),
        SOMEBODY,
        max(first, story.today),
    )
    return "due" if reminded else "fallen"


def of_complaints(story: CaseFacts) -> Iterator[Deadline]:
    """How long each decision can be complained of, and what parties were asked to put right in their complaints."""
    case = story.room(complaint.evolve, complaint.ComplaintCase)
    for place, decision in enumerate(case.decisions, 1):
        if period := _period_of(story, case, place, decision):
            yield period
    for each in case.complaints:
        number = each.received.number
        if each.asked and not (story.informed.waits and number in story.informed.its_complaints):
            state: State = "due" if each.state == "incomplete" else "fallen"
            yield Deadline(
                key=f"complaint-completion-{number}", kind="complaint-completion",
                state=state if each.defects else "met", due_on=each.asked.reply_by, role="caseworker",
                what=f"Retting av mangler i klage {number}", part=number,
            )  # fmt: skip


def _period_of(story: CaseFacts, case: complaint.ComplaintCase, place: int, decision: Decision) -> Deadline | None:
    """Three weeks from the day the decision arrived (forvaltningsloven § 29). Until a complaint says when it did, it
    is counted from the day it was made; but of the award, and of what changed it, from the day its letter arrived, or
    went out where that is not told, if that was later: nobody complains of what they have not been told of. An award
    that is annulled since is not complained of any more, whatever becomes of the case after."""
    complaints = case.list_about(decision)
    counts_from = decision.decided_on
    if decision.disputed not in OF_THE_APPLICATION and story.informed.waits:
        return None
    if decision.disputed in OF_THE_AWARD:
        if story.informed.since is None:
            return None
        counts_from = max(counts_from, story.informed.notified_on or story.informed.since)
    later = case.find_decision(decision.disputed, decision.number)
    state: State = "met" if complaints else "due"
    annulled = decision.disputed == "award" and any(each.disputed == "annulment" for each in case.decisions[place:])
    if state == "due" and (later is not decision or annulled):
        state = "fallen"
    return Deadline(
        key=f"complaint-period-{place}", kind="complaint-period", state=state,
        due_on=complaints[0].received.last_day_on if complaints else last_day(counts_from), role="caseworker",
        what=f"Siste dag for å klage på {DISPUTED[decision.disputed]}", part=decision.number,
    )  # fmt: skip


def _fund_of(story: CaseFacts) -> str | None:
    return story.commitment.proposed.fund_id if story.commitment.proposed else None


def _scheme_of(story: CaseFacts) -> str | None:
    if story.commitment.proposed:
        return story.commitment.proposed.scheme_id
    applied = story.list_all(ApplicationReceived)
    return applied[-1].scheme_id if applied else None
