"""Acts on the register of staff: how letters name those who prepare and decide them."""

from services.duties.act import Act

ON_STAFF = (
    Act(
        name="name member of staff",
        topic="staff.named.v1",
        by="named_by",
        why="It says how letters name somebody. Rights come from the issuer, and who did what from the log.",
    ),
    Act(
        name="end row of staff",
        topic="staff.entry-ended.v1",
        by="ended_by",
        why="It says how letters name somebody. Rights come from the issuer, and who did what from the log.",
    ),
    Act(
        name="erase row of staff",
        topic="staff.entry-erased.v1",
        by="erased_by",
        why="An administrator's. The right to be erased waits for nothing; frozen letters stay.",
    ),
)
