"""What other services are told of awards. Thin: ids, days and amounts (whole øre); of persons, by subject id, those who
proposed and decided: whoever hears of it keeps their duties apart from its own.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from services.calendar.clock import in_utc
from services.eventlog.events import Event
from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.grants.case.events.award import AwardApproved, AwardImported, AwardProposed, Instalment
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardChangeProposed,
    AwardDeclined,
    AwardReduced,
    SupplementaryAwardApproved,
)
from services.grants.case.events.grant_letter import LateTold, LetterFrozen, LetterReleaseImported
from services.grants.case.events.year_end import CommitmentLapsed
from services.grants.case.reductions import total_ore


def _proposed(fact: Recorded) -> Message:
    """What the award's letter will promise, should it be approved: whoever holds the letter back binds it to this."""
    proposed = fact.event
    assert isinstance(proposed, AwardProposed)
    data = {
        "case_id": fact.stream.removeprefix("case-"),
        "version": fact.version,
        "fund_id": proposed.fund_id,
        "scheme_id": proposed.scheme_id,
        "round_id": str(proposed.round_id) if proposed.round_id else None,
        "recipient_name": proposed.recipient.name,
        "recipient_organisation_number": proposed.recipient.organisation_number,
        "amount_ore": proposed.amount_ore,
        "form": proposed.form,
        "terms": list(proposed.terms),
        "instalments": _plan(proposed.instalments),
        "proposed_by": proposed.proposed_by,
        "purpose": proposed.purpose,
    }
    return Message(type="no.tilsagn.award.proposed.v1", subject=fact.stream, data=data)


def _plan(instalments: Iterable[Instalment]) -> list[dict[str, Any]]:
    return [
        {
            "number": part.number,
            "amount_ore": part.amount_ore,
            "due_on": part.due_on.isoformat() if part.due_on else None,
            "condition": part.condition,
            "needs_report": part.needs_report,
        }
        for part in instalments
    ]


def _approved(fact: Recorded) -> Message:
    assert isinstance(fact.event, AwardApproved)
    data = {
        "case_id": fact.stream.removeprefix("case-"),
        "version": fact.version,
        "fund_id": fact.event.fund_id,
        "amount_ore": fact.event.amount_ore,
        "approved_on": fact.event.approved_on.isoformat(),
        "scheme_id": fact.event.scheme_id,
        "recorded_at": in_utc(fact.recorded_at),
        "approved_by": fact.event.approved_by,
    }
    return Message(type="no.tilsagn.award.approved.v1", subject=fact.stream, data=data)


def _imported(fact: Recorded) -> Message:
    """Decided outside, before this system began: nobody holds a letter back for it."""
    assert isinstance(fact.event, AwardImported)
    data = {
        "case_id": fact.stream.removeprefix("case-"),
        "version": fact.version,
        "fund_id": fact.event.fund_id,
        "amount_ore": fact.event.amount_ore,
        "decided_on": fact.event.approved_on.isoformat(),
        "scheme_id": fact.event.scheme_id,
        "document_sha256": fact.event.document_sha256,
    }
    return Message(type="no.tilsagn.award.imported.v1", subject=fact.stream, data=data)


def _letter_imported(fact: Recorded) -> Message:
    assert isinstance(fact.event, LetterReleaseImported)
    data = {
        "case_id": fact.stream.removeprefix("case-"),
        "version": fact.version,
        "released_on": fact.event.released_on.isoformat(),
        "document": fact.event.document,
    }
    return Message(type="no.tilsagn.award.letter-release-imported.v1", subject=fact.stream, data=data)


def _letter_frozen(fact: Recorded) -> Message:
    assert isinstance(fact.event, LetterFrozen)
    data = {
        "case_id": fact.stream.removeprefix("case-"),
        "version": fact.version,
        "proposal_version": fact.event.proposal_version,
        "letter_sha256": fact.event.sha256,
        "size_bytes": fact.event.size_bytes,
        "template": fact.event.template,
        "form": fact.event.form,
        "dated_on": fact.event.dated_on.isoformat(),
        "promise": _promise(fact.event),
        "frozen_by": fact.event.frozen_by,
        "case_number": fact.event.case_number,
        "scheme_name": fact.event.scheme_name,
    }
    return Message(type="no.tilsagn.award.letter-frozen.v1", subject=fact.stream, data=data)


def _promise(frozen: LetterFrozen) -> dict[str, Any] | None:
    """What a changed award promises; None for a letter of the proposal as it was."""
    if frozen.amount_ore is None:
        return None
    instalments = _plan(frozen.instalments)
    return {
        "amount_ore": frozen.amount_ore,
        "instalments": instalments,
        "scheme_id": frozen.scheme_id,
        "follows": frozen.follows,
        "approval": _approval(frozen.approval),
    }


def _approval(told: LateTold | None) -> dict[str, Any] | None:
    """Only of an award that was approved without a letter."""
    if told is None:
        return None
    return {"version": told.version, "approved_on": told.approved_on.isoformat(), "approved_by": told.approved_by}


def _changed(fact: Recorded) -> Message:
    """More or less was promised: `amount_ore` is above zero for more, below for what falls away, none for an annulment
    of what is paid in full."""
    change, amount_ore, counts_from, by = _change_of(fact.event)
    data = {
        "case_id": fact.stream.removeprefix("case-"),
        "version": fact.version,
        "change": change,
        "amount_ore": amount_ore,
        "counts_from": counts_from.isoformat(),
        "recorded_at": in_utc(fact.recorded_at),
        "decided_by": by,
        "letter_owed": getattr(fact.event, "letter_owed", False),
    }
    return Message(type="no.tilsagn.award.changed.v1", subject=fact.stream, data=data)


def _change_of(event: Event) -> tuple[str, int, date, str]:
    match event:
        case SupplementaryAwardApproved():
            return "supplementary", event.amount_ore, event.approved_on, event.approved_by
        case AwardReduced():
            return "reduced", -total_ore(event.reductions), event.reduced_on, event.approved_by
        case AwardAnnulled():
            return "annulled", -total_ore(event.reductions), event.annulled_on, event.approved_by
        case AwardDeclined():
            return "declined", -total_ore(event.reductions), event.declined_on, event.recorded_by
        case CommitmentLapsed():
            return "lapsed", -total_ore(event.reductions), event.lapsed_on, event.recorded_by
    raise AssertionError(f"{event.TOPIC} changes no promise")


def _change_proposed(fact: Recorded) -> Message:
    """Somebody put a change forward; nothing is decided."""
    assert isinstance(fact.event, AwardChangeProposed)
    data = {
        "case_id": fact.stream.removeprefix("case-"),
        "version": fact.version,
        "change": fact.event.kind,
        "proposed_by": fact.event.proposed_by,
    }
    return Message(type="no.tilsagn.award.change-proposed.v1", subject=fact.stream, data=data)


CHANGES = (SupplementaryAwardApproved, AwardReduced, AwardAnnulled, AwardDeclined, CommitmentLapsed)
MESSAGES: Mapping[str, Mapper] = {
    **{change.TOPIC: _changed for change in CHANGES},
    AwardChangeProposed.TOPIC: _change_proposed,
    AwardProposed.TOPIC: _proposed,
    AwardApproved.TOPIC: _approved,
    AwardImported.TOPIC: _imported,
    LetterFrozen.TOPIC: _letter_frozen,
    LetterReleaseImported.TOPIC: _letter_imported,
}
