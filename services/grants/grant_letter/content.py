"""What a grant letter says: the proposal, the scheme's terms and the sender, put together and held against the eight
things no grant letter may lack (domain rule 6; Bestemmelser om økonomistyring i staten 6.3.3).

Pure: what the letter looks like is `letters/*.typ`, and who sets it is `typesetting.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args
from uuid import UUID

from services.eventlog.refusal import Refusal
from services.grants.case.events.award import AwardBasis, AwardProposed, Instalment, PerCapita, Recipient, ReportOwed
from services.grants.case.events.grant_letter import LetterPart
from services.grants.scheme.events import Form, SchemeTerms
from services.text.folding import is_blank

PARTS: tuple[LetterPart, ...] = get_args(LetterPart)


class LetterIncomplete(Refusal):
    """The letter lacks something it must hold; `missing` names all of it."""

    code = "letter-incomplete"
    status = 422
    title = "Tilskuddsbrevet mangler noe det skal inneholde"


class NoLetterMadeHere(Refusal):
    """The award belongs to no scheme, or to one whose awards are told of otherwise (per-capita grants)."""

    code = "no-letter-made-here"
    title = "Det lages ikke tilskuddsbrev her for denne tildelingen"


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Who sends the letters, and who decides a complaint of them, in each form of the language."""

    organisation_number: str
    address: tuple[str, ...]
    email: str
    telephone: str
    names: Mapping[Form, str]
    appeal_bodies: Mapping[Form, str]


@dataclass(frozen=True, kw_only=True)
class Person:
    """A member of staff as the letter names them."""

    name: str
    title: str


@dataclass(frozen=True, kw_only=True)
class LetterContent:
    """Everything the letter says that is not the form's own words. Amounts are whole øre, days are in Europe/Oslo."""

    template: str
    form: Form
    case_id: UUID
    case_number: str | None
    dated_on: date
    letterhead: Letterhead
    recipient: Recipient
    basis: AwardBasis
    applied_on: date | None
    scheme: str
    year: int
    chapter: int
    post: int
    acceptance_required: bool
    purpose: str
    amount_ore: int
    terms: tuple[str, ...]
    instalments: tuple[Instalment, ...]
    reports: tuple[ReportOwed, ...]
    control: str
    reactions: str
    appeal_body: str
    caseworker: Person | None = None
    approver: Person | None = None
    address: tuple[str, ...] = ()
    reasons: str | None = None
    change: str | None = None
    accept_by: date | None = None


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What the letter says beside its proposal and its scheme: the day the application arrived and the address it
    gives, why the award was changed, the last day to accept the terms, and who prepared it and who decides it, where
    they can be named."""

    case_number: str | None = None
    applied_on: date | None = None
    address: tuple[str, ...] = ()
    change: str | None = None
    accept_by: date | None = None
    caseworker: Person | None = None
    approver: Person | None = None


def assemble(
    proposal: AwardProposed,
    terms: SchemeTerms | None,
    letterhead: Letterhead,
    *,
    case_id: UUID,
    dated_on: date,
    beside: Particulars = Particulars(),
) -> LetterContent:
    """What the letter of this proposal says on that day, whole or not. `terms` are the call's where the award was
    applied for, else the scheme's. Refuses `NoLetterMadeHere`."""
    if terms is None or terms.letter_template is None or isinstance(proposal.basis, PerCapita):
        raise NoLetterMadeHere("No letter template belongs to this award. Its letter is sent, if at all, elsewhere.")
    year, chapter, post = proposal.fund_id.split("/")[:3]
    return LetterContent(
        template=terms.letter_template,
        form=proposal.form,
        case_id=case_id,
        dated_on=dated_on,
        letterhead=letterhead,
        recipient=proposal.recipient,
        basis=proposal.basis,
        scheme=terms.name,
        year=int(year),
        chapter=int(chapter),
        post=int(post),
        acceptance_required=proposal.acceptance_required,
        purpose=proposal.purpose,
        amount_ore=proposal.amount_ore,
        terms=proposal.terms,
        instalments=proposal.instalments,
        reports=proposal.reports,
        control=terms.control,
        reactions=terms.reactions,
        appeal_body=letterhead.appeal_bodies.get(proposal.form, ""),
        reasons=proposal.reasons,
        **vars(beside) | {"address": proposal.recipient.address or beside.address},
    )


def list_missing(content: LetterContent) -> list[LetterPart]:
    """The parts the letter lacks, in the order a letter has them."""
    there: dict[LetterPart, bool] = {
        "purpose": not is_blank(content.purpose),
        "amount": content.amount_ore > 0,
        "terms": bool(content.terms) and all(not is_blank(term) for term in content.terms),
        "payment-plan": bool(content.instalments),
        "reporting": bool(content.reports),
        "control": not is_blank(content.control),
        "reactions": not is_blank(content.reactions),
        "complaint-right": not is_blank(content.appeal_body),
    }
    return [part for part in PARTS if not there[part]]


def list_left_out(content: LetterContent) -> list[str]:
    """What practice expects of a letter and this one goes without. It is told to whoever writes it, and not refused: a
    whole grant of what was sought needs no reasons (forvaltningsloven § 24), and not every register has an address."""
    there = {
        "address": bool(content.address),
        "reasons": not is_blank(content.reasons or content.change or ""),
        "acceptance-day": content.accept_by is not None or not content.acceptance_required,
    }
    return [part for part in there if not there[part]]


def check_letter(content: LetterContent) -> None:
    """Refuse (`LetterIncomplete`) a letter that lacks any of the eight parts, naming each of them."""
    if missing := list_missing(content):
        raise LetterIncomplete(
            f"The letter lacks: {', '.join(missing)}. Propose anew with it, or revise the scheme's terms.",
            missing=missing,
        )


def told(content: LetterContent, *, draft: bool) -> dict[str, Any]:
    """The content as the templates read it. A draft differs by its mark across the page and by nothing else."""
    sender = content.letterhead
    otherwise = ("template", "letterhead", "case_id", "case_number")
    return {
        **{name: value for name, value in vars(content).items() if name not in otherwise},
        "sender": {
            "name": sender.names[content.form],
            "address": sender.address,
            "organisation_number": sender.organisation_number,
            "email": sender.email,
            "telephone": sender.telephone,
        },
        "reference": content.case_number or str(content.case_id),
        "case_id": str(content.case_id),
        "draft": draft,
    }
