"""What other services are told of awards. Thin: ids, days and amounts (whole øre); no persons."""

from collections.abc import Mapping

from services.eventlog.feed import Mapper, Message
from services.eventlog.mapper import Recorded
from services.grants.award.events import AwardApproved, LetterReleaseImported


def _approved(fact: Recorded) -> Message:
    assert isinstance(fact.event, AwardApproved)
    data = {
        "case_id": fact.stream.removeprefix("case-"),
        "version": fact.version,
        "fund_id": fact.event.fund_id,
        "amount_ore": fact.event.amount_ore,
        "approved_on": fact.event.approved_on.isoformat(),
    }
    return Message(type="no.tilsagn.award.approved.v1", subject=fact.stream, data=data)


def _letter_imported(fact: Recorded) -> Message:
    assert isinstance(fact.event, LetterReleaseImported)
    data = {
        "case_id": fact.stream.removeprefix("case-"),
        "version": fact.version,
        "released_on": fact.event.released_on.isoformat(),
        "document": fact.event.document,
    }
    return Message(type="no.tilsagn.award.letter-release-imported.v1", subject=fact.stream, data=data)


MESSAGES: Mapping[str, Mapper] = {AwardApproved.TOPIC: _approved, LetterReleaseImported.TOPIC: _letter_imported}
