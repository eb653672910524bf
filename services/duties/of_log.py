"""Acts on the log itself. They are the database owner's, and no service can do them: PostgreSQL holds the two apart, as
`make verify` does in what was recorded."""

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
)
