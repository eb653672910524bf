"""Duties on complaints, and on the decision that is disputed."""

from services.duties.act import Act
from services.duties.why import NO_JUDGE, ONLY_TELLS, REGISTRAR

ON_COMPLAINTS = (
    Act(name="register complaint", topic="complaint.received.v1", by="registered_by", did="registered this complaint"),
    Act(
        name="decide what is disputed",
        topic="complaint.received.v1",
        by="registered_by",
        did="made the disputed decision",
        why="Not an act on the complaint: whoever made the decision it is about.",
    ),
    Act(
        name="ask for completion",
        topic="complaint.completion-asked.v1",
        by="asked_by",
        why="It asks, and decides nothing.",
    ),
    Act(
        name="record completion",
        topic="complaint.completed.v1",
        by="recorded_by",
        why=ONLY_TELLS,
    ),
    Act(
        name="take up late",
        topic="complaint.late-accepted.v1",
        by="accepted_by",
        does="take it up late",
        not_by=("register complaint",),
        why=REGISTRAR,
    ),
    Act(
        name="dismiss complaint",
        topic="complaint.dismissed.v1",
        by="dismissed_by",
        does="turn it away",
        not_by=("register complaint", "decide what is disputed"),
        why=f"{REGISTRAR} {NO_JUDGE}",
    ),
    Act(
        name="suspend decision",
        topic="complaint.suspensive-effect-granted.v1",
        by="granted_by",
        does="grant suspensive effect",
        not_by=("register complaint",),
        why=REGISTRAR,
    ),
    Act(
        name="end suspension",
        topic="complaint.suspensive-effect-ended.v1",
        by="ended_by",
        does="end suspensive effect",
        not_by=("register complaint",),
        why=REGISTRAR,
    ),
    Act(
        name="reverse decision",
        topic="complaint.decision-reversed.v1",
        by="reversed_by",
        does="reverse the decision on it",
        not_by=("register complaint",),
        why=REGISTRAR,
    ),
    Act(
        name="forward complaint",
        topic="complaint.forwarded.v1",
        by="forwarded_by",
        did="forwarded this complaint",
        does="forward it",
        not_by=("decide what is disputed",),
        why=NO_JUDGE,
    ),
    Act(
        name="record outcome",
        topic="complaint.decided.v1",
        by="recorded_by",
        does="record its outcome",
        not_by=("forward complaint", "decide what is disputed"),
        why=f"The ministry's decision is not recorded by the directorate's own party to the case. {NO_JUDGE}",
    ),
    Act(
        name="withdraw complaint",
        topic="complaint.withdrawn.v1",
        by="recorded_by",
        why=ONLY_TELLS,
    ),
    Act(
        name="change party",
        topic="complaint.party-changed.v1",
        by="recorded_by",
        why=ONLY_TELLS,
    ),
)
