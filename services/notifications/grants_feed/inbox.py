"""What this service makes of what grants tells: which schemes owe notice, what each award promises, and its letter.

A letter is held once its award is approved and its file is frozen. Then it is bound: to what was decided, to the bytes,
and to the scheme's notice policy as it stood when grants recorded the approval (`scheme_policy/`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.log import History
from services.inbox.taking import MessageHandler, Reaction
from services.notifications.deadline import inbox as deadlines
from services.notifications.facts.channel import Channel
from services.notifications.facts.held_state import Held, fold
from services.notifications.facts.manifest import canonical
from services.notifications.facts.release import (
    AwardHeard,
    Exemption,
    LetterFileHeard,
    LetterHeld,
    Manifest,
    PlannedInstalment,
)
from services.notifications.facts.scheme_policy import ConfirmedPolicyHeard
from services.notifications.grants_feed.decisions import change_proposed, changed, decision_of, stream_of
from services.notifications.grants_feed.rules import exemption_of, policy_version
from services.notifications.release.rules import followed, superseded

PREFIX = "no.tilsagn."


def heard(channel: Channel) -> Mapping[str, MessageHandler]:
    """What is made of each message; letters will leave by that channel."""

    def approved(_: str, data: Mapping[str, Any]) -> Reaction:
        def decide(history: History, *schemes: History) -> Sequence[Event]:
            return hold(fold(history.facts), data, schemes, channel=channel)

        return Reaction(stream=stream_of(data), decide=decide, beside=_of_scheme(data["scheme_id"]))

    return {
        f"{PREFIX}scheme.notice-policy-confirmed.v1": _policy,
        f"{PREFIX}award.proposed.v1": _proposed,
        f"{PREFIX}award.letter-frozen.v1": partial(_frozen, channel),
        f"{PREFIX}award.approved.v1": approved,
        f"{PREFIX}award.changed.v1": changed,
        f"{PREFIX}award.change-proposed.v1": change_proposed,
        **deadlines.HEARS,
    }


def _policy(_: str, data: Mapping[str, Any]) -> Reaction:
    told = ConfirmedPolicyHeard(
        scheme_id=data["scheme_id"],
        version=data["version"],
        rule=data["notice"],
        source=data["notice_source"],
        valid_from=date.fromisoformat(data["notice_valid_from"]),
        document_sha256=data["document_sha256"],
        written_by=tuple(data["written_by"]),
        confirmed_by=data["confirmed_by"],
        confirmed_at=datetime.fromisoformat(data["recorded_at"]),
    )
    return Reaction(stream=f"scheme-{data['scheme_id']}", decide=lambda _: [told])


def _proposed(_: str, data: Mapping[str, Any]) -> Reaction:
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
        proposed_by=data.get("proposed_by"),
        purpose=data.get("purpose"),
    )
    return Reaction(stream=stream_of(data), decide=lambda _: [told])


def _frozen(channel: Channel, _: str, data: Mapping[str, Any]) -> Reaction:
    told = LetterFileHeard(
        decision_version=data["proposal_version"],
        sha256=data["letter_sha256"],
        size_bytes=data["size_bytes"],
        template=data["template"],
        dated_on=date.fromisoformat(data["dated_on"]),
        frozen_by=data.get("frozen_by"),
        case_number=data.get("case_number"),
        scheme_name=data.get("scheme_name"),
    )

    promise = data.get("promise")

    def decide(history: History, *schemes: History) -> Sequence[Event]:
        held = fold(history.facts)
        if promise and promise.get("approval") and held.held is None:
            return [told, *_bound_late(held, told, data, channel)]
        return [told, *_bound_anew(held, told, promise, schemes)]

    return Reaction(stream=stream_of(data), decide=decide, beside=_of_scheme(promise and promise.get("scheme_id")))


def _bound_anew(
    held: Held, file: LetterFileHeard, promise: Mapping[str, Any] | None, schemes: Sequence[History]
) -> list[Event]:
    """An award that was changed before its letter left has a new one: what it promises since, and the letter of it; and
    so has one of which more was promised after that. It owes notice, unless its scheme was exempt at the approval and
    at every change since."""
    if promise is None or held.award is None or held.letter is None or held.approved_on is None:
        return []
    ended = followed(held, promise.get("follows") or "") if held.is_out else superseded(held)
    if held.is_out and not ended:
        return []
    plan = tuple(_instalment(part) for part in promise["instalments"])
    award = replace(held.award, version=file.decision_version, amount_ore=promise["amount_ore"], plan=plan)
    was = held.letter
    bound = _bind(
        award,
        file,
        case_id=was.manifest.case_id,
        channel=was.manifest.channel,
        policy_version=was.manifest.policy_version,
    )
    exempt = exemption_of(_policies(schemes), held.decisions)
    anew = _letter(bound, award, file, approved_on=held.approved_on, exemption=exempt)
    return [*ended, award, anew]


def _bound_late(held: Held, file: LetterFileHeard, data: Mapping[str, Any], channel: Channel) -> list[Event]:
    """An award on no scheme that was approved without a letter has one now. It owes notice: no scheme exempts it."""
    if held.award is None:
        return []
    promise = data["promise"]
    plan = tuple(_instalment(part) for part in promise["instalments"])
    award = replace(held.award, version=file.decision_version, amount_ore=promise["amount_ore"], plan=plan)
    approval = {"case_id": data["case_id"], **promise["approval"]}
    return [award, *hold(replace(held, award=award, file=file), approval, (), channel=channel)]


def hold(held: Held, data: Mapping[str, Any], schemes: Sequence[History], *, channel: Channel) -> list[Event]:
    """The letter of an approved award, bound. An award without a frozen letter of its own (imported history) holds
    nothing here."""
    award, file = held.award, held.file
    if award is None or file is None or file.decision_version != award.version or held.released:
        return []
    decision = decision_of(data)
    policies = _policies(schemes)
    exempt = exemption_of(policies, [*held.decisions, decision])
    manifest = _bind(
        award,
        file,
        case_id=UUID(data["case_id"]),
        channel=channel,
        policy_version=policy_version(policies, decision),
    )
    on = date.fromisoformat(data["approved_on"])
    return [decision, _letter(manifest, award, file, approved_on=on, exemption=exempt)]


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
        manifest_json=canonical(manifest).decode(),
        size_bytes=file.size_bytes,
        approved_on=approved_on,
        round_id=award.round_id,
        exemption=exemption,
    )


def _policies(schemes: Sequence[History]) -> list[Event]:
    return [event for scheme in schemes for event in scheme.events]


def _of_scheme(scheme_id: str | None) -> tuple[str, ...]:
    return (f"scheme-{scheme_id}",) if scheme_id else ()


def _instalment(part: Mapping[str, Any]) -> PlannedInstalment:
    return PlannedInstalment(
        number=part["number"],
        amount_ore=part["amount_ore"],
        due_on=date.fromisoformat(part["due_on"]) if part["due_on"] else None,
        condition=part["condition"],
        needs_report=part["needs_report"],
    )
