"""An award as asked for, made whole by what its scheme says; and what others know that the rules must be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.eventlog.refusal import Refusal
from services.grants.allocation.later_years import LaterYears
from services.grants.award.payment_plan import owed_reports, planned_instalments
from services.grants.award.requests import Proposal
from services.grants.balance.view import AsOf, Balances
from services.grants.case.command_handler import CaseCommands
from services.grants.case.commitment import Commitment
from services.grants.case.events.award import Applied, AwardBasis, AwardProposed, Instalment
from services.grants.scheme.events import SchemeTerms
from services.grants.scheme.languages import terms_in
from services.grants.scheme.view import Schemes
from services.httpapi.commands.command_handler import StaleVersion


class FundUnknown(Refusal):
    """No letter has opened a fund of that id."""

    code = "fund-unknown"
    status = 422
    title = "Budsjettlinjen finnes ikke"


class SchemeUnknown(Refusal):
    """No scheme is registered, or no call of it published, under that id."""

    code = "scheme-or-call-unknown"
    status = 422
    title = "Ordningen eller utlysningen finnes ikke"


@dataclass(frozen=True, slots=True)
class Preparing:
    """What an award needs to know beside its own case."""

    cases: CaseCommands
    balances: Balances
    schemes: Schemes
    later_years: LaterYears

    async def whole(
        self, asked: Proposal, *, by: str, made_here: bool = True
    ) -> tuple[AwardProposed, SchemeTerms | None]:
        """The proposal with what the scheme's rules give it where the preparer states nothing, and the terms it stands
        under. Refuses `FundUnknown`, `SchemeUnknown`, and (where its letter is `made_here`) `SchemeTextsMissing`."""
        if not await self.balances.takes_awards(asked.fund_id):
            raise FundUnknown("No letter has opened a fund of that id. See the post's funds.")
        basis = asked.stands_on()
        scheme = await self.terms_of(asked.scheme_id, basis)
        texts = terms_in(scheme, asked.form) if scheme and made_here else scheme
        year = int(asked.fund_id[:4])
        reports = tuple(each.fact() for each in asked.reports or ())
        if asked.reports is None and scheme:
            reports = owed_reports(scheme, year=year)
        instalments = asked.plan()
        if asked.instalments is None and texts:
            instalments = planned_instalments(texts, amount_ore=asked.amount_ore, year=year, reports=reports)
        required = asked.acceptance_required
        return AwardProposed(
            fund_id=asked.fund_id,
            recipient=asked.recipient.fact(),
            amount_ore=asked.amount_ore,
            purpose=asked.purpose,
            terms=texts.standard_terms if asked.terms is None and texts else asked.terms or (),
            instalments=instalments,
            basis=basis,
            proposed_by=by,
            scheme_id=asked.scheme_id,
            form=asked.form,
            acceptance_required=bool(scheme and scheme.acceptance_required) if required is None else required,
            reports=reports,
            reasons=asked.reasons,
        ), scheme

    async def terms_of(self, scheme_id: str | None, basis: AwardBasis) -> SchemeTerms | None:
        """The terms an award stands under: its call's as published, with the call's fund alone, else its scheme's. None
        for an award on no scheme. Refuses `SchemeUnknown`."""
        if scheme_id is None:
            return None
        if isinstance(basis, Applied):
            found = await self.schemes.find_call(basis.call_id)
            if found is None or found.scheme_id != scheme_id:
                raise SchemeUnknown(f"The scheme {scheme_id} has no such call.", scheme_id=scheme_id)
            return found.standing_terms
        scheme = await self.schemes.find_scheme(scheme_id)
        if scheme is None:
            raise SchemeUnknown("No scheme is registered under that id.", scheme_id=scheme_id)
        return scheme.standing_terms

    async def authority(self, fund_id: str, instalments: Sequence[Instalment], *, on: date | None = None) -> bool:
        """Whether a commitment authority reaches as far as these instalments do. Not asked for while they keep to the
        fund's year. `on`: the day they count from; until somebody decides the year's last, for a letter may still give
        an authority."""
        year = int(fund_id[:4])
        days = [instalment.due_on for instalment in instalments if instalment.due_on]
        begins_on = on or date(year, 12, 31)
        amount_ore = sum(instalment.amount_ore for instalment in instalments)
        if all(day.year == year for day in [begins_on, *days]):
            return False
        return await self.later_years.has_commitment_authority(
            fund_id, on=begins_on, until=max([begins_on, *days]), amount_ore=amount_ore
        )

    async def events(self, case_id: UUID, expected: int) -> Sequence[Event]:
        """What had happened in the case at the version the caller builds on, which is what the rule will be asked on.
        NotFound, or StaleVersion for a version that is not there yet."""
        history = await self.cases.history(case_id)
        if history.version < expected:
            raise StaleVersion(f"It now stands at version {history.version}. Read it again before you decide.")
        return history.events if history.version == expected else history.events[:expected]

    async def commitment(self, case_id: UUID, expected: int) -> Commitment:
        """The case's money at that version."""
        return fold_once(Commitment.fold, await self.events(case_id, expected), Commitment)

    async def was_transferable(self, fund_id: str) -> bool:
        """Whether the fund's post was "kan overføres" on 31 December of its year, by what letters say of that day."""
        year, chapter, post = (int(part) for part in fund_id.split("/")[:3])
        found = await self.balances.find_post(year, chapter, post, AsOf(valid_at=date(year, 12, 31)))
        return bool(found and found["transferable"])
