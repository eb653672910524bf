"""A line of the round made into a proposed award: what the line says, and what its scheme says for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.approval import propose
from services.grants.award.payment_plan import owed_reports, planned_instalments
from services.grants.award.state import Award
from services.grants.case.events.award import (
    Applied,
    AwardBasis,
    AwardProposed,
    Instalment,
    PerCapita,
    Recipient,
    ReportOwed,
)
from services.grants.case.events.round import RoundLine
from services.grants.round.each_case import Cases, Decided
from services.grants.scheme.events import Form, SchemeTerms
from services.grants.scheme.languages import terms_in
from services.grants.scheme.plan import check_askable
from services.grants.scheme.view import CallNow, SchemeNow
from services.text.folding import is_blank


class CallMissing(Refusal):
    """The scheme is applied for in calls, and a round is of one of them: its terms are those it was published with."""

    code = "round-call-missing"
    status = 422
    title = "Utlysningen er ikke oppgitt"


class LineFundUnknown(Refusal):
    """No letter has opened a fund of that id."""

    code = "round-line-fund-unknown"
    status = 422
    title = "Budsjettlinjen finnes ikke"


class LineCaseUnknown(Refusal):
    """The line names a case, and there is none of that id."""

    code = "round-line-case-unknown"
    status = 404
    title = "Saken finnes ikke"


class LineWithoutBasis(Refusal):
    """Nothing tells whom the award is for and what it stands on: neither an application in the case, nor the line."""

    code = "round-line-without-basis"
    status = 422
    title = "Linjen mangler mottaker eller grunnlag"


@dataclass(frozen=True, kw_only=True)
class LineToPropose:
    """A line as asked for, in a case that has `begun` or one that begins with it. Recipient and basis are left out
    where the case's own application gives them; purpose, terms and instalments where the scheme does. Whole øre."""

    fund_id: str
    amount_ore: int
    recipient: Recipient | None = None
    basis: AwardBasis | None = None
    purpose: str | None = None
    terms: tuple[str, ...] | None = None
    instalments: tuple[Instalment, ...] | None = None
    form: Form | None = None
    reasons: str | None = None
    period: str | None = None
    begun: bool = False

    @property
    def last_due_on(self) -> date | None:
        """The last day the line itself promises money on. A scheme's own plan keeps to the budget year."""
        return _last_due_on(self.instalments or ())


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What every line of a round shares: its scheme, the terms its awards stand under, the funds that are open, and the
    posts whose commitment authority reaches as far as the lines promise."""

    round_id: UUID
    scheme_id: str
    year: int
    terms: SchemeTerms
    open_funds: frozenset[str] = frozenset()
    reaching: frozenset[str] = frozenset()

    def pays_from(self, fund_id: str) -> bool:
        """Whether the fund is one of the scheme's, or below one."""
        return any(fund_id == fund or fund_id.startswith(f"{fund}/") for fund in self.terms.fund_ids)

    @cached_property
    def reports(self) -> tuple[ReportOwed, ...]:
        """What every recipient of the round will owe."""
        return owed_reports(self.terms, year=self.year)

    def proposal(self, asked: LineToPropose, award: Award, *, proposed_by: str) -> AwardProposed:
        """The award that the line proposes in its case. Refuses `LineWithoutBasis`, `SchemeTextsMissing`."""
        recipient, basis, form = _stands_on(asked, award)
        texts = terms_in(self.terms, form)
        instalments = asked.instalments
        if instalments is None:
            instalments = planned_instalments(texts, amount_ore=asked.amount_ore, year=self.year, reports=self.reports)
        return AwardProposed(
            fund_id=asked.fund_id,
            recipient=recipient,
            amount_ore=asked.amount_ore,
            purpose=asked.purpose or texts.aim,
            terms=standard_terms(texts) if asked.terms is None else asked.terms,
            instalments=instalments,
            basis=basis,
            proposed_by=proposed_by,
            scheme_id=self.scheme_id,
            round_id=self.round_id,
            form=form,
            acceptance_required=self.terms.acceptance_required,
            reports=self.reports,
            reasons=asked.reasons,
        )


def standard_terms(texts: SchemeTerms) -> tuple[str, ...]:
    """The scheme's standard terms; of a scheme that has none, how its grants are followed up, controlled and reacted
    to, which every recipient stands under."""
    told = (texts.follow_up, texts.control, texts.reactions)
    return texts.standard_terms or tuple(text for text in told if not is_blank(text))


def _stands_on(asked: LineToPropose, award: Award) -> tuple[Recipient, AwardBasis, Form]:
    received = award.applied_for.received
    if received is not None and asked.recipient is None and asked.basis is None:
        applicant = received.applicant
        recipient = Recipient(
            name=applicant.name,
            organisation_number=applicant.organisation_number,
            municipality_number=applicant.municipality_number,
        )
        return recipient, Applied(call_id=received.call_id, version=received.version), asked.form or received.form
    if asked.recipient is None or asked.basis is None:
        raise LineWithoutBasis("Name the recipient, and the letter or the agreement the award stands on.")
    return asked.recipient, asked.basis, asked.form or "nb"


def propose_line(award: Award, *, asked: LineToPropose, setting: Setting, proposed_by: str) -> list[Event]:
    """Prepare one line's award in its case, as one made alone is prepared.

    Refuses `LineCaseUnknown`, `LineFundUnknown`, `LineWithoutBasis`, `ConditionNeverMet`, and all that
    `awarding.propose` refuses.
    """
    if asked.begun and not award.version:
        raise LineCaseUnknown("There is no case of that id. Leave it out to begin one.")
    if isinstance(asked.basis, PerCapita):
        check_askable(setting.terms)
    if asked.fund_id not in setting.open_funds:
        raise LineFundUnknown("No letter has opened a fund of that id. See the post's funds.")
    return propose(
        award,
        proposal=setting.proposal(asked, award, proposed_by=proposed_by),
        scheme=setting.terms,
        commitment_authority=post_of(asked.fund_id) in setting.reaching,
    )


def lines_of(cases: Cases, decided: Decided, asked: Sequence[tuple[UUID, LineToPropose]]) -> tuple[RoundLine, ...]:
    """The lines these proposals are in their round: what was decided now, or what already stands in the case."""
    lines = []
    for case_id, line in asked:
        proposal = decided[case_id][0] if decided[case_id] else cases[case_id].commitment.proposed
        assert isinstance(proposal, AwardProposed)
        lines.append(
            RoundLine(
                case_id=case_id,
                fund_id=proposal.fund_id,
                amount_ore=proposal.amount_ore,
                recipient=proposal.recipient,
                last_due_on=_last_due_on(proposal.instalments),
                period=line.period,
            )
        )
    return tuple(lines)


def post_of(fund_id: str) -> str:
    """The post a fund is on: the first three steps of its path."""
    return "/".join(fund_id.split("/")[:3])


def open_on(scheme: SchemeNow, call: CallNow | None) -> None:
    """Refuse (`CallMissing`) a round of an application scheme that names no call."""
    if call is None and scheme.terms.basis == "application":
        raise CallMissing(f"Name the call of {scheme.scheme_id} that the round is of.")


def terms_of(scheme: SchemeNow, call: CallNow | None) -> SchemeTerms:
    """The terms of the round's awards: the call's as published, with the call's fund alone, else the scheme's."""
    return (call or scheme).standing_terms


def _last_due_on(instalments: tuple[Instalment, ...]) -> date | None:
    return max((each.due_on for each in instalments if each.due_on), default=None)
