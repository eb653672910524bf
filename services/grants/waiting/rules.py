"""What waits in a case, and for whom: every next step that somebody can take, and who may not be the one to take it.

It asks the rules themselves and restates none of them: each task is an act that its own rule would allow if somebody
asked for it now, and whom that rule refuses may not do it. So the inbox offers nothing that is then refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from services.eventlog.events import Event
from services.grants.application import assessment, outcome, receiving
from services.grants.application import rules as application
from services.grants.award import approval as awarding
from services.grants.award import award_import
from services.grants.award import rules as award
from services.grants.award import state as proposal_state
from services.grants.award_change import recipient as from_recipient
from services.grants.award_change import rules as change
from services.grants.case.commitment import Commitment
from services.grants.case.events.application import (
    ApplicationReceived,
    DismissalProposed,
    ImpartialityStated,
    RejectionProposed,
)
from services.grants.case.events.award import Applied, AwardProposed, Instalment, Recipient
from services.grants.case.events.award_change import AwardChangeProposed, ChangeRequested, TermsAccepted
from services.grants.case.events.grant_letter import LetterReleaseImportProposed
from services.grants.case.informed import Informed
from services.grants.grant_letter import imported_release as letter_release
from services.grants.scheme.events import NoticePolicy, SchemeTerms, Source
from services.grants.waiting.case_facts import CaseFacts
from services.grants.waiting.letters import letter_of, to_freeze, to_renew
from services.grants.waiting.money import money
from services.grants.waiting.reports import reports
from services.grants.waiting.task import Task, next_day, offered, once


def list_tasks(events: Sequence[Event], terms: SchemeTerms | None = None) -> list[Task]:
    """Everything that waits in the case, in the order of a case's life, each task once for what it is about. `terms`
    are the scheme's, or the call's, as they stood at the case's last fact: whether a letter is made stands in them.
    Where they are not known, both ways are told."""
    story = CaseFacts(events, terms)
    return once([*of_application(story), *of_award(story), *money(story), *reports(story)])


def of_application(story: CaseFacts) -> Iterator[Task]:
    """The application: to be taken in, completed, assessed, or answered."""
    if not story.has(ApplicationReceived):
        return
    case = story.room(application.evolve, application.Application)
    if asked := case.unanswered:
        yield from offered(
            story, "follow-up-supplement", "caseworker", lambda _, __: _open(case, asked),
            part=asked.number, due_on=asked.reply_by,
        )  # fmt: skip
    latest = case.versions[-1]
    if case.counting is None:
        yield from offered(story, "accept-late-application", "approver", lambda person, on: receiving.take_in_late(
            case, version=latest.version, ground="special-reasons", reason="-", accepted_on=on, accepted_by=person,
        ), part=latest.version)  # fmt: skip
    match case.proposal:
        case RejectionProposed():
            yield from offered(story, "decide-rejection", "approver", lambda person, on: outcome.reject(
                case, rejected_on=on, rejected_by=person))  # fmt: skip
        case DismissalProposed():
            yield from offered(story, "decide-dismissal", "approver", lambda person, on: outcome.dismiss(
                case, dismissed_on=on, dismissed_by=person))  # fmt: skip
    if case.counting and not case.proposal:
        yield from _to_weigh(story, case, case.counting)


def _to_weigh(story: CaseFacts, case: application.Application, counting: ApplicationReceived) -> Iterator[Task]:
    """The version that counts: to be assessed, and then to be granted or refused."""
    if not case.assessments_of(counting.version):
        yield from offered(story, "assess-application", "caseworker", lambda person, on: assessment.assess(
            _impartial(case, person, on), version=counting.version, scores=(), summary="-", recommended_ore=None,
            criteria=(), assessed_on=on, assessed_by=person,
        ))  # fmt: skip
    elif not case.granted:
        yield from _to_propose(story, _granted(counting))


def _granted(counting: ApplicationReceived) -> AwardProposed:
    """The least that could be granted of it."""
    applicant = counting.applicant
    return AwardProposed(
        fund_id=f"{counting.year}/0/0",
        recipient=Recipient(
            name=applicant.name, organisation_number=applicant.organisation_number,
            municipality_number=applicant.municipality_number,
        ),
        amount_ore=1,
        purpose="-",
        terms=("-",),
        instalments=(Instalment(number=1, amount_ore=1),),
        basis=Applied(call_id=counting.call_id, version=counting.version), proposed_by="", scheme_id=counting.scheme_id,
    )  # fmt: skip


def _open(case: application.Application, asked: Event) -> Sequence[Event]:
    application.need_undecided(case)
    return [asked]


def _impartial(case: application.Application, person: str, on: date) -> application.Application:
    """As it is once the person has said that nothing ties them to it, which is the first they do; whoever has said that
    something does is not asked again."""
    if person in case.statements:
        return case
    stated = ImpartialityStated(person=person, impartial=True, stated_on=on)
    return application.evolve(case, stated)


def _to_propose(story: CaseFacts, whole: AwardProposed) -> list[Task]:
    case = story.room(proposal_state.evolve, proposal_state.Award)
    scheme = _fitting(whole) if whole.scheme_id else None
    return offered(story, "propose-award", "caseworker", lambda person, _: awarding.propose(
        case, proposal=replace(whole, proposed_by=person), scheme=scheme, commitment_authority=True,
    ))  # fmt: skip


def _fitting(proposal: AwardProposed) -> SchemeTerms:
    """Terms that the proposal is within: which they are is not what is asked here."""
    source = Source(document="-", section="-")
    return SchemeTerms(
        name="-",
        fund_ids=(proposal.fund_id,),
        basis="application" if isinstance(proposal.basis, Applied) else proposal.basis.kind,
        notice=NoticePolicy(rule="notice", source=source, valid_from=date(1900, 1, 1)),
        source=source,
    )


def of_award(story: CaseFacts) -> Iterator[Task]:
    """The proposal and what is asked to be changed of an award: to be prepared, put in a letter, and decided."""
    yield from to_freeze(story)
    if story.commitment.approved:
        yield from of_granted(story)
        return
    case = story.room(proposal_state.evolve, proposal_state.Award)
    proposed = case.commitment.proposed
    if proposed is None:
        if story.state == "returned" and not isinstance(case.proposals[-1].basis, Applied):
            yield from _to_propose(story, case.proposals[-1])
        return
    terms = (story.terms or _without_letter(proposed)) if proposed.scheme_id else None
    letter = letter_of(case)
    yield from to_renew(story, case, proposed.round_id)
    yield from offered(story, "approve-award", "approver", lambda person, on: awarding.approve(
        case, approved_by=person, approved_on=on, disposal_authority="-", scheme=terms, commitment_authority=True,
        round_id=proposed.round_id,
    ), only_by=letter.approver if letter else None, ends=[letter.dated_on] if letter else ())  # fmt: skip
    if case.importing:
        yield from offered(story, "confirm-award-import", "approver", lambda person, _: award_import.confirm_import(
            case, confirmed_by=person, scheme=terms, commitment_authority=True))  # fmt: skip


def of_granted(story: CaseFacts) -> Iterator[Task]:
    """What is asked of an award that stands: its change, its letter of before this system, its acceptance."""
    proposed = story.commitment.proposed
    accepts = proposed is not None and proposed.acceptance_required and not story.has(TermsAccepted)
    if not accepts and not story.has(AwardChangeProposed, ChangeRequested, LetterReleaseImportProposed):
        return
    granted = story.room(award.evolve, award.Granted)
    if waiting := granted.waiting:
        reply_by = waiting.hearing.reply_by if waiting.hearing else None
        yield from offered(story, "approve-change", "approver", lambda person, on: change.approve_change(
            granted, approved_on=on, approved_by=person, disposal_authority="-", commitment_authority=True,
        ), days=[next_day(reply_by) if reply_by else None])  # fmt: skip
    for request in granted.requests:
        yield from _to_answer(story, granted, request.number)
    if granted.claimed and granted.out_on is None:
        yield from offered(story, "confirm-letter-release", "approver", lambda person, _: (
            letter_release.confirm_release(granted, confirmed_by=person)))  # fmt: skip
    if accepts:
        last, asked_by = last_day_of_acceptance(story.informed, granted.commitment), story.informed.accept_by

        def accept(person: str, on: date) -> Sequence[Event]:
            return from_recipient.accept_terms(granted, accepted_on=on, document="-", recorded_by=person)

        due_on = acceptance_due_on(story.informed, granted.commitment)
        yield from offered(story, "record-acceptance", "caseworker", accept, due_on=due_on, ends=[last])
        if asked_by:  # it has not come: whoever follows it up reminds, or proposes to take the promise back
            late = next_day(asked_by)
            yield from offered(story, "follow-up-acceptance", "caseworker", accept, from_on=late, ends=[last])


def last_day_of_acceptance(informed: Informed, commitment: Commitment) -> date | None:
    """The last day the promise can be accepted, where its cover ends; later where its letter came late."""
    ends_on = commitment.approved.cover_valid_until if commitment.approved else None
    return informed.not_overdue_before(ends_on) if ends_on else None


def acceptance_due_on(informed: Informed, commitment: Commitment) -> date | None:
    """The day the terms should be accepted by: as the letter asks, and no later than they can be."""
    days = (last_day_of_acceptance(informed, commitment), informed.accept_by)
    return min((day for day in days if day), default=None)


def _to_answer(story: CaseFacts, granted: award.Granted, number: int) -> list[Task]:
    return offered(story, "answer-change-request", "approver", lambda person, on: from_recipient.answer_change(
        granted, number=number, granted_it=True, reason="-", answered_on=on, answered_by=person,
    ), part=number)  # fmt: skip


def _without_letter(proposal: AwardProposed) -> SchemeTerms:
    """Terms under which no letter is waited for: of a scheme that is not known it is not known."""
    return replace(_fitting(proposal), letter_template=None)
