"""Acts on the log itself. They are the database owner's, and no service can do them: PostgreSQL holds the two apart."""

from services.duties.act import Act

ON_THE_LOG = (
    Act(
        name="ask for a clock's correction",
        topic="log.clock-corrected.v1",
        by="asked_by",
        why="One act of the owner's that names two people; PostgreSQL refuses one of them twice.",
    ),
    Act(
        name="confirm a clock's correction",
        topic="log.clock-corrected.v1",
        by="confirmed_by",
        why="One act of the owner's that names two people; PostgreSQL refuses one of them twice.",
    ),
)
