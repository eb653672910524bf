"""A file of per-capita awards into a round: all of it, or none and every bad line told of."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.awarding import Award
from services.grants.round.batch_file import Fault
from services.grants.round.events import ImportedFile
from services.grants.round.per_capita import Batch, PerCapitaLine
from services.grants.round.proposing import Asked, Setting, lines_of, propose_line
from services.grants.round.rules import Round, propose_lines
from services.grants.round.together import Cases, Decided, ask_each
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
    """A batch that somebody brings to a round."""

    batch: Batch
    file: ImportedFile
    setting: Setting
    proposed_by: str

    @property
    def asked(self) -> list[Asked]:
        """Each whole line as one asks for it."""
        return [asked_of(line, self.setting.terms) for line in self.batch.lines]

    @property
    def case_ids(self) -> list[UUID]:
        """Each line's own case, and those that would pay for some of the same months."""
        own = [line.case_id(self.setting.scheme_id) for line in self.batch.lines]
        rivals = [case_id for line in self.batch.lines for case_id, _ in line.list_rivals(self.setting.scheme_id)]
        return list(dict.fromkeys([*own, *rivals]))

    def _rivalled(self, line: PerCapitaLine, cases: Cases) -> Fault | None:
        """What an award that waits or stands elsewhere pays already, for longer or shorter than this line."""
        paid = [period for case_id, period in line.list_rivals(self.setting.scheme_id) if _stands(cases[case_id])]
        if not paid:
            return None
        told = f"An award for {', '.join(paid)} pays this municipality for some of the same months by the same rule."
        return Fault(line=line.line, column="period", code="months-awarded-already", what=told)

    def decide(self, round_: Round, cases: Cases) -> tuple[Sequence[Event], Decided]:
        """A proposal in the case of each line, and the lines in the round. The same file again is nothing new in any
        case that still waits as it is. Refuses `BatchHasFaults`, and what `propose_lines` refuses."""
        lines = {line.case_id(self.setting.scheme_id): line for line in self.batch.lines}
        asked = dict(zip(lines, self.asked, strict=True))
        alike = {"setting": self.setting, "proposed_by": self.proposed_by}
        decided, refused = ask_each(
            cases, propose_line, {case_id: alike | {"asked": line} for case_id, line in asked.items()}
        )
        faults = [*self.batch.faults, *(_fault(lines[case_id], why) for case_id, why in refused.items())]
        faults += [fault for line in self.batch.lines if (fault := self._rivalled(line, cases))]
        if faults:
            raise has_faults(faults)
        proposed = lines_of(cases, decided, list(asked.items()))
        return propose_lines(round_, lines=proposed, file=self.file, proposed_by=self.proposed_by), decided


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


def asked_of(line: PerCapitaLine, terms: SchemeTerms) -> Asked:
    """A per-capita line as one asks for it. The purpose tells the recipient the rule and the period."""
    return Asked(
        fund_id=line.fund_id,
        amount_ore=line.amount_ore,
        recipient=line.recipient,
        basis=line.basis,
        purpose=f"{terms.name}: {line.basis.rule}, {line.period}",
        instalments=line.instalments,
        period=line.period,
    )


def _stands(award: Award) -> bool:
    """Whether an award waits to be decided in the case, or still promises something."""
    commitment = award.commitment
    return commitment.proposed is not None and (commitment.approved is None or commitment.committed_ore > 0)


def _fault(line: PerCapitaLine, why: Refusal) -> Fault:
    """A line that its case refuses: it is awarded already, in this round or another, or it breaks a rule of awards."""
    return Fault(line=line.line, column=None, code=why.code, what=why.detail)
