"""Duties on letters of allocation. What a letter says is the ministry's; registering it decides nothing."""

from services.duties.act import Act
from services.duties.why import EXPLAINS

ON_BUDGETS = (
    Act(
        name="register letter of allocation",
        topic="allocation.letter-registered.v1",
        by="registered_by",
        why="It transcribes what the ministry decided, held against the letter's own digest.",
    ),
    Act(
        name="correct letter of allocation",
        topic="allocation.letter-corrected.v1",
        by="corrected_by",
        why="It transcribes, with a reason, and what stood before stays to be read.",
    ),
    Act(
        name="withdraw letter of allocation",
        topic="allocation.letter-withdrawn.v1",
        by="withdrawn_by",
        why="It takes out what is no letter to this agency, with a reason and what it takes away confirmed.",
    ),
    Act(
        name="settle difference",
        topic="allocation.difference-settled.v1",
        by="settled_by",
        why=EXPLAINS,
    ),
    Act(
        name="settle deviation",
        topic="allocation.deviation-settled.v1",
        by="settled_by",
        why=EXPLAINS,
    ),
    Act(
        name="settle contradiction",
        topic="allocation.contradiction-settled.v1",
        by="settled_by",
        why=EXPLAINS,
    ),
    Act(
        name="follow post",
        topic="allocation.post-succeeded.v1",
        by="recorded_by",
        why="It follows a post to its new number, as a letter says.",
    ),
    Act(
        name="rank claims",
        topic="allocation.claims-ranked.v1",
        by="ranked_by",
        why="It moves nothing that is paid, and says why; each payment has its own two people.",
    ),
    Act(
        name="follow post among several",
        topic="allocation.post-succeeded.v2",
        by="recorded_by",
        why="It follows a post to the posts it was split into, or was joined to, as letters say.",
    ),
    Act(
        name="take back that a post is followed",
        topic="allocation.succession-withdrawn.v1",
        by="withdrawn_by",
        why="What was recorded stays to be read, with the reason that it holds no more.",
    ),
    Act(
        name="register commitment authority",
        topic="allocation.commitment-authority-registered.v1",
        by="registered_by",
        why="It reads a registered letter, by its section.",
    ),
    Act(
        name="use authority",
        topic="allocation.authority-used.v1",
        by="used_by",
        why="The limits are the letter's and are refused by the rules of each authority.",
    ),
    Act(
        name="apply for carry-over",
        topic="allocation.carry-over-applied.v1",
        by="applied_by",
        why="The ministry decides.",
    ),
)
