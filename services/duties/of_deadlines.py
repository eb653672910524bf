"""Acts on deadlines and on the days people are reminded of them."""

from services.duties.act import Act

ON_DEADLINES = (
    Act(
        name="record deadline met",
        topic="deadline.met.v1",
        by="recorded_by",
        why="It ends reminders of what the ministry's letter asks for, and can be taken back. It decides nothing.",
    ),
    Act(
        name="reopen deadline",
        topic="deadline.reopened.v1",
        by="recorded_by",
        why="It begins the reminders again.",
    ),
    Act(
        name="set reminder days",
        topic="deadline.thresholds-set.v1",
        by="set_by",
        why="It says when people are reminded. No deadline moves by it.",
    ),
)
