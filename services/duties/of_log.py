"""Acts on the log itself. A clock's correction is the database owner's, and no service can do it: PostgreSQL holds the
two apart, as `make verify` does in what was recorded. Going on without lost facts is done where the checkpoints' key is
(`services/httpapi/restoration`)."""

from services.duties.act import Act

ON_THE_LOG = (
    Act(
        name="ask for a clock's correction",
        topic="log.clock-corrected.v1",
        by="asked_by",
        did="asked for this correction",
        why="One act of the owner's that names two people.",
    ),
    Act(
        name="confirm a clock's correction",
        topic="log.clock-corrected.v1",
        by="confirmed_by",
        does="confirm it",
        not_by=("ask for a clock's correction",),
        why="Time in the log goes back on it. PostgreSQL refuses one person twice, however the name is written.",
    ),
    Act(
        name="propose to go on without lost facts",
        topic="log.restored.v1",
        by="proposed_by",
        did="proposed to go on without what is lost",
        why="It waits beside the checkpoints: a log that lacks what was signed for takes nothing.",
    ),
    Act(
        name="confirm to go on without lost facts",
        topic="log.restored.v1",
        by="confirmed_by",
        does="confirm it",
        not_by=("propose to go on without lost facts",),
        why="What was promised, paid and told in the lost span is as if it had not been: nobody says that alone.",
    ),
    Act(
        name="move an outbox",
        topic="outbox.moved.v1",
        by="moved_by",
        did="said that things leave by another folder",
        why="What was handed over by the folder before cannot be seen in this one. Nothing is sent again that the log"
        " knows was sent, so one person says it, and is named.",
    ),
    Act(
        name="propose to go on with a feed",
        topic="inbox.feed-resumption-proposed.v1",
        by="proposed_by",
        did="proposed to go on with the feed",
        why="The other log went on otherwise than we read it, and nothing more is heard until two people say so.",
    ),
    Act(
        name="confirm to go on with a feed",
        topic="inbox.feed-resumed.v1",
        by="confirmed_by",
        does="confirm it",
        not_by=("propose to go on with a feed",),
        why="What was heard of what is lost stays, and somebody looks into it: nobody says that alone.",
    ),
    Act(
        name="look into what rests on lost ground",
        topic="inbox.lost-grounds-looked-into.v1",
        by="looked_into_by",
        did="looked into facts whose ground is lost",
        why="Nothing is let out, paid or undone by it, and who said what stands beside what two people agreed on.",
    ),
    Act(
        name="propose answers' term",
        topic="kept-answers.term-proposed.v1",
        by="proposed_by",
        did="proposed this term or one before it",
    ),
    Act(
        name="confirm answers' term",
        topic="kept-answers.term-confirmed.v1",
        by="confirmed_by",
        does="confirm it",
        not_by=("propose answers' term",),
        why="What was answered is cleared under it, in both logs' chains for good: nobody decides that alone.",
    ),
)
