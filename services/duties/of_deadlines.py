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
        name="record what has no day met",
        topic="deadline.undated-met.v1",
        by="recorded_by",
        why="As of a deadline with a day: it can be taken back, and decides nothing.",
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
    Act(
        name="open calendar",
        topic="calendar.opened.v1",
        by="opened_by",
        why="It shows a role what that role may read anyway, without names or texts of cases.",
    ),
    Act(
        name="withdraw calendar",
        topic="calendar.withdrawn.v1",
        by="withdrawn_by",
        why="It ends what the token opens. Whoever opened it can, and an administrator.",
    ),
)
