"""Duties on recipients' reports, controls and settlements."""

from services.duties.act import Act
from services.duties.why import FOUR_EYES, ONLY_TELLS, PREPARER, SAME_CHECK, SENDS_BACK

ON_REPORTS = (
    Act(
        name="register report",
        topic="report.received.v1",
        by="registered_by",
        why=ONLY_TELLS,
    ),
    Act(
        name="move report deadline", topic="report.deadline-moved.v1", by="moved_by", why="To the recipient's benefit."
    ),
    Act(name="remind", topic="report.reminded.v1", by="reminded_by", why="It reminds, and decides nothing."),
    Act(
        name="check content",
        topic="report.checked.v1",
        by="checked_by",
        did="checked the content of this report",
        does="check its content",
        not_by=("check money",),
        why=FOUR_EYES,
    ),
    Act(
        name="check money",
        topic="report.checked.v1",
        by="checked_by",
        did="checked the money of this report",
        does="check its money",
        not_by=("check content",),
        why=FOUR_EYES,
    ),
    Act(
        name="return report for content",
        topic="report.returned.v1",
        by="returned_by",
        does="check its content",
        not_by=("check money",),
        why=SAME_CHECK,
    ),
    Act(
        name="return report for money",
        topic="report.returned.v1",
        by="returned_by",
        does="check its money",
        not_by=("check content",),
        why=SAME_CHECK,
    ),
)

ON_CONTROLS = (
    Act(name="draw cases", topic="control.drawn.v1", by="drawn_by", why="The lot decides, and anybody can draw again."),
    Act(
        name="select for control",
        topic="report.control-selected.v1",
        by="selected_by",
        why="It chooses, and finds nothing yet.",
    ),
    Act(
        name="conclude control",
        topic="report.control-concluded.v1",
        by="concluded_by",
        does="conclude the control",
        not_by=("approve award", "confirm award import", "check content", "check money"),
        why="It is their work that is controlled.",
    ),
)

ON_SETTLEMENTS = (
    Act(
        name="propose settlement",
        topic="report.settlement-proposed.v1",
        by="proposed_by",
        did="proposed this settlement",
        beside=("reductions", "proposed_on"),
    ),
    Act(
        name="return settlement",
        topic="report.settlement-returned.v1",
        by="returned_by",
        why=SENDS_BACK,
    ),
    Act(
        name="settle award",
        topic="report.award-settled.v1",
        by="approved_by",
        does="approve it",
        not_by=("propose settlement",),
        why=PREPARER,
    ),
    Act(name="close case", topic="report.case-closed.v1", by="closed_by", why="Nothing is left to do in it."),
)
