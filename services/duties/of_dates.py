"""Duties on how far back decisions may be dated."""

from services.duties.act import Act

ON_BACK_DATING = (
    Act(
        name="propose back-dating bound",
        topic="back-dating.bound-proposed.v1",
        by="proposed_by",
        did="proposed this bound or one before it",
    ),
    Act(
        name="confirm back-dating bound",
        topic="back-dating.bound-confirmed.v1",
        by="confirmed_by",
        does="confirm it",
        not_by=("propose back-dating bound",),
        why="It lets every decision of the house be dated so far back: nobody opens that alone.",
    ),
    Act(
        name="date back",
        topic="decision.back-dated.v1",
        by="dated_by",
        why="It stands beside a decision and says why that is dated back; whose the decision is, the table says of it.",
    ),
)
