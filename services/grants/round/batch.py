"""A file of per-capita awards into a round: all of it, or none and every bad line told of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.balance.sums import LARGEST_ROUND_ORE, SumOutOfRange, find_passing
from services.grants.case.events.round import ImportedFile
from services.grants.case.periods import name_month
from services.grants.round.batch_file.batch_cells import months
from services.grants.round.batch_file.table import Fault
from services.grants.round.bounds import sum_without
from services.grants.round.each_case import Cases, Decided, ask_each
from services.grants.round.per_capita import Batch, PerCapitaLine
from services.grants.round.proposing import LineToPropose, Setting, lines_of, propose_line
from services.grants.round.remarks import BatchUnconfirmed, Remark, confirmation, told
from services.grants.round.rules import Round, propose_lines
from services.grants.scheme.events import SchemeTerms

MOST_FAULTS = 1_000


class BatchHasFaults(Refusal):
    """Some lines of the file are bad, so none of it is taken. `faults` names each place (line, column, code and what to
    do), in the order of the file and at most the first 1,000; `faults_total` counts them all."""

    code = "batch-has-faults"
    status = 422
    title = "Filen har linjer med feil"


@dataclass(frozen=True, kw_only=True)
class Importing:
    """A batch that somebody brings to a round. `taken` tells which case pays for a month already, by what it is paid
    for as it reads (`Months`)."""

    batch: Batch
    taken: Mapping[tuple[str, int], UUID]
    file: ImportedFile
    setting: Setting
    proposed_by: str
    remarks: tuple[Remark, ...] = ()
    confirm: str | None = None

    @cached_property
    def lines(self) -> dict[UUID, PerCapitaLine]:
        """The whole lines by their own cases."""
        return {line.case_id(self.setting.scheme_id): line for line in self.batch.lines}

    def _rivalled(self, own: UUID, line: PerCapitaLine) -> Fault | None:
        """What an award that waits or stands elsewhere pays already, for longer or shorter than this line, or by a rule
        that reads as this one."""
        if not self.taken:
            return None
        paid_for = line.paid_for(self.setting.scheme_id)
        paid = [month for month in months(line.period) if self.taken.get((paid_for, month), own) != own]
        if not paid:
            return None
        what = f"Another award pays this municipality for {', '.join(map(name_month, paid))} by the same rule."
        return Fault(line=line.line, column="period", code="months-awarded-already", what=what)

    def _beyond(self, round_: Round) -> Fault | None:
        """The line that brings the round beyond what sums may come to."""
        from_ore = sum_without(round_.list_in("proposed", "approved"), self.lines)
        passing = find_passing((line.amount_ore for line in self.batch.lines), from_ore=from_ore)
        if passing is None:
            return None
        what = f"With this line the round comes to more than {LARGEST_ROUND_ORE} øre. Look the amounts over."
        return Fault(line=self.batch.lines[passing].line, column="amount", code=SumOutOfRange.code, what=what)

    def tell_again(self, unmoved: Sequence[UUID]) -> dict[str, Any]:
        """The lines that wait already just as they are here, and are nothing new: at most the first 1,000, and how many
        there are."""
        again = sorted(self.lines[case_id].line for case_id in unmoved)
        return {"lines_again": again[:MOST_FAULTS], "lines_again_total": len(again)}

    def decide(self, round_: Round, cases: Cases) -> tuple[Sequence[Event], Decided]:
        """A proposal in the case of each line, and the lines in the round. The same file again gives nothing new in any
        case that still waits as it is. Refuses `BatchHasFaults`, `BatchUnconfirmed`, what `propose_lines` refuses."""
        lines = self.lines
        asked = {case_id: asked_of(line, self.setting.terms) for case_id, line in lines.items()}
        decided, refused = ask_each(
            cases,
            asked,
            lambda case_id, award: propose_line(
                award, asked=asked[case_id], setting=self.setting, proposed_by=self.proposed_by
            ),
        )
        faults = [*self.batch.faults, *(_fault(lines[case_id], why) for case_id, why in refused.items())]
        faults += [fault for own, line in lines.items() if (fault := self._rivalled(own, line))]
        faults += [fault] if (fault := self._beyond(round_)) else []
        if faults:
            raise has_faults(faults)
        proposed = lines_of(cases, decided, list(asked.items()))
        events = propose_lines(round_, lines=proposed, file=self._confirmed(), proposed_by=self.proposed_by)
        if events and self.remarks and self.confirm != confirmation(self.remarks, self.file.sha256):
            raise BatchUnconfirmed(
                f"{len(self.remarks)} names or numbers in the file stand out. See remarks; where they are right, send"
                " the same file again with confirm.",
                **told(self.remarks, self.file.sha256),
            )
        return events, decided

    def _confirmed(self) -> ImportedFile:
        if not self.remarks:
            return self.file
        return replace(self.file, remarks=len(self.remarks), confirmed=self.confirm)


def has_faults(faults: Collection[Fault]) -> BatchHasFaults:
    """The refusal that tells of them, in the order of the file."""
    in_order = sorted(faults, key=lambda fault: fault.line)
    bad_lines = len({fault.line for fault in faults})
    return BatchHasFaults(
        f"{bad_lines} lines of the file are bad, so nothing of it is taken. See faults.",
        faults=[asdict(fault) for fault in in_order[:MOST_FAULTS]],
        faults_total=len(in_order),
        bad_lines=bad_lines,
    )


def asked_of(line: PerCapitaLine, terms: SchemeTerms) -> LineToPropose:
    """A per-capita line as one asks for it. The purpose tells the recipient the rule and the period."""
    return LineToPropose(
        fund_id=line.fund_id,
        amount_ore=line.amount_ore,
        recipient=line.recipient,
        basis=line.basis,
        purpose=f"{terms.name}: {line.basis.rule}, {line.period}",
        instalments=line.instalments,
        period=line.period,
        reasons=line.reasons,
    )


def _fault(line: PerCapitaLine, why: Refusal) -> Fault:
    """A line that its case refuses: it is awarded already, in this round or another, or it breaks a rule of awards."""
    return Fault(line=line.line, column=None, code=why.code, what=why.detail)
