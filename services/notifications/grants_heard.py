"""What this service makes of what grants tells: which schemes owe notice, what each award promises, and its letter.

A letter is held once its award is approved and its file is frozen. Then it is bound: to what was decided, to the bytes,
and to the scheme's notice policy as it stood when the award was approved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.log import History
from services.inbox.taking import Hear, Take
from services.notifications.channel.events import Channel
from services.notifications.held import Held, fold
from services.notifications.manifest import sha256_of
from services.notifications.release.events import (
    AwardEnded,
    AwardHeard,
    Exemption,
    LetterFileHeard,
    LetterHeld,
    Manifest,
    PlannedInstalment,
    SchemePolicyHeard,
)

PREFIX = "no.tilsagn."


def heard(channel: Channel) -> Mapping[str, Hear]:
    """What is made of each message; letters will leave by that channel."""

    def approved(_: str, data: Mapping[str, Any]) -> Take:
        def decide(history: History, *schemes: History) -> Sequence[Event]:
            return hold(fold(history.recorded), data, schemes, channel=channel)

        return Take(
            stream=_stream(data), decide=decide, beside=(f"scheme-{data['scheme_id']}",) if data["scheme_id"] else ()
        )

    return {
        f"{PREFIX}scheme.registered.v1": _policy,
        f"{PREFIX}scheme.revised.v1": _policy,
        f"{PREFIX}award.proposed.v1": _proposed,
        f"{PREFIX}award.letter-frozen.v1": _frozen,
        f"{PREFIX}award.approved.v1": approved,
        f"{PREFIX}award.changed.v1": _changed,
    }


def _policy(_: str, data: Mapping[str, Any]) -> Take:
    told = SchemePolicyHeard(
        scheme_id=data["scheme_id"],
        version=data["version"],
        rule=data["notice"],
        source=data["notice_source"],
        valid_from=date.fromisoformat(data["notice_valid_from"]),
    )
    return Take(stream=f"scheme-{data['scheme_id']}", decide=lambda _: [told])


def _proposed(_: str, data: Mapping[str, Any]) -> Take:
    told = AwardHeard(
        version=data["version"],
        fund_id=data["fund_id"],
        recipient_name=data["recipient_name"],
        recipient_number=data["recipient_organisation_number"],
        amount_ore=data["amount_ore"],
        plan=tuple(_instalment(part) for part in data["instalments"]),
        terms=tuple(data["terms"]),
        scheme_id=data["scheme_id"],
        round_id=UUID(data["round_id"]) if data["round_id"] else None,
        form=data["form"],
    )
    return Take(stream=_stream(data), decide=lambda _: [told])


def _frozen(_: str, data: Mapping[str, Any]) -> Take:
    told = LetterFileHeard(
        decision_version=data["proposal_version"],
        sha256=data["letter_sha256"],
        size_bytes=data["size_bytes"],
        template=data["template"],
        dated_on=date.fromisoformat(data["dated_on"]),
    )

    def decide(history: History) -> Sequence[Event]:
        return [told, *_bound_anew(fold(history.recorded), told, data.get("promise"))]

    return Take(stream=_stream(data), decide=decide)


def _bound_anew(held: Held, file: LetterFileHeard, promise: Mapping[str, Any] | None) -> list[Event]:
    """An award that was changed before its letter left has a new one: what it promises since, and the letter of it,
    held under the policy it was approved under. The ministry must be told of it anew."""
    if promise is None or held.award is None or held.letter is None or held.approved_on is None or held.released:
        return []
    award = replace(
        held.award,
        version=file.decision_version,
        amount_ore=promise["amount_ore"],
        plan=tuple(_instalment(part) for part in promise["instalments"]),
    )
    was = held.letter
    bound = _bind(
        award,
        file,
        case_id=was.manifest.case_id,
        channel=was.manifest.channel,
        policy_version=was.manifest.policy_version,
    )
    return [award, _letter(bound, award, file, approved_on=held.approved_on, exemption=was.exemption)]


def _changed(_: str, data: Mapping[str, Any]) -> Take:
    told = AwardEnded(change=data["change"], version=data["version"])

    def decide(history: History) -> Sequence[Event]:
        held = fold(history.recorded)
        return [told] if held.held and not held.released else []

    return Take(stream=_stream(data), decide=decide)


def hold(held: Held, data: Mapping[str, Any], schemes: Sequence[History], *, channel: Channel) -> list[Event]:
    """The letter of an approved award, bound. An award without a frozen letter of its own (imported history) holds
    nothing here."""
    award, file = held.award, held.file
    if award is None or file is None or file.decision_version != award.version or held.released:
        return []
    approved_on = date.fromisoformat(data["approved_on"])
    policy = policy_in_force([event for scheme in schemes for event in scheme.events], on=approved_on)
    manifest = _bind(
        award,
        file,
        case_id=UUID(data["case_id"]),
        channel=channel,
        policy_version=f"{policy.scheme_id}/{policy.version}" if policy else "none",
    )
    return [_letter(manifest, award, file, approved_on=approved_on, exemption=_exemption(policy))]


def _bind(
    award: AwardHeard, file: LetterFileHeard, *, case_id: UUID, channel: Channel, policy_version: str
) -> Manifest:
    """All that binds the letter of this award."""
    return Manifest(
        case_id=case_id,
        decision_version=award.version,
        recipient_name=award.recipient_name,
        recipient_number=award.recipient_number,
        amount_ore=award.amount_ore,
        plan=award.plan,
        terms=award.terms,
        scheme_id=award.scheme_id,
        fund_id=award.fund_id,
        form=award.form,
        template=file.template,
        dated_on=file.dated_on,
        files=(file.sha256,),
        channel=channel,
        policy_version=policy_version,
    )


def _letter(
    manifest: Manifest, award: AwardHeard, file: LetterFileHeard, *, approved_on: date, exemption: Exemption | None
) -> LetterHeld:
    return LetterHeld(
        manifest=manifest,
        manifest_sha256=sha256_of(manifest),
        letter_sha256=file.sha256,
        size_bytes=file.size_bytes,
        approved_on=approved_on,
        round_id=award.round_id,
        exemption=exemption,
    )


def policy_in_force(events: Sequence[Event], *, on: date) -> SchemePolicyHeard | None:
    """The scheme's policy on that day: of those that had begun, the one that began last; of several that began on one
    day, the one told last."""
    begun = [event for event in events if isinstance(event, SchemePolicyHeard) and event.valid_from <= on]
    return max(begun, key=lambda policy: (policy.valid_from, policy.version), default=None)


def _exemption(policy: SchemePolicyHeard | None) -> Exemption | None:
    if policy is None or policy.rule != "exempt":
        return None
    return Exemption(
        scheme_id=policy.scheme_id,
        scheme_version=policy.version,
        source=policy.source,
        valid_from=policy.valid_from,
    )


def _instalment(part: Mapping[str, Any]) -> PlannedInstalment:
    return PlannedInstalment(
        number=part["number"],
        amount_ore=part["amount_ore"],
        due_on=date.fromisoformat(part["due_on"]) if part["due_on"] else None,
        condition=part["condition"],
        needs_report=part["needs_report"],
    )


def _stream(data: Mapping[str, Any]) -> str:
    return f"letter-{data['case_id']}"
