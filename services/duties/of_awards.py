"""Duties on awards: proposed and approved, alone or in a round, told by letter, changed."""

from services.duties.act import Act
from services.duties.why import ONLY_TELLS, PREPARER, SENDS_BACK

ON_AWARDS = (
    Act(
        name="propose award",
        topic="award.proposed.v1",
        by="proposed_by",
        did="prepared this award",
        beside=("scheme_id", "round_id"),
    ),
    Act(name="return award", topic="award.returned.v1", by="returned_by", why=SENDS_BACK),
    Act(
        name="approve award",
        topic="award.approved.v1",
        by="approved_by",
        does="approve it",
        did="approved this award",
        not_by=("propose award", "assess application", "freeze letter"),
        why=f"{PREPARER} Budget disposal is a second person's (Instruks 4.2).",
    ),
    Act(
        name="claim award import",
        topic="award.import-proposed.v1",
        by="proposed_by",
        did="claimed that this award was decided outside",
    ),
    Act(
        name="confirm award import",
        topic="award.imported.v1",
        by="approved_by",
        did="confirmed this award",
        does="confirm it",
        not_by=("propose award", "claim award import", "assess application"),
        why=f"It binds money like an approval. {PREPARER}",
    ),
    Act(
        name="freeze letter",
        topic="award.letter-frozen.v1",
        by="frozen_by",
        did="froze the letter of this award",
        does="freeze its letter",
        not_by=("approve award", "approve supplement", "approve reduction"),
        why="Who makes a letter and who decides what it tells are two, whichever comes first. Whoever proposed it may"
        " make the letter: only its day is chosen.",
    ),
    Act(
        name="claim letter release",
        topic="award.letter-release-import-proposed.v1",
        by="proposed_by",
        did="claimed this release",
    ),
    Act(
        name="confirm letter release",
        topic="award.letter-release-imported.v1",
        by="confirmed_by",
        does="confirm it",
        not_by=("claim letter release",),
        why="It stands in for the notice to the ministry (Instruks 5.4).",
    ),
    Act(
        name="record acceptance",
        topic="award.terms-accepted.v1",
        by="recorded_by",
        why=ONLY_TELLS,
    ),
    Act(
        name="record refusal",
        topic="award.declined.v1",
        by="recorded_by",
        why=ONLY_TELLS,
    ),
    Act(
        name="hold over",
        topic="award.commitment-held-over.v2",
        before="award.commitment-held-over.v1",
        by="recorded_by",
        why="It follows from the post's keyword and the authority, for all cases at once.",
    ),
    Act(
        name="let lapse",
        topic="award.commitment-lapsed.v1",
        by="recorded_by",
        why="It follows from the post's keyword, for all cases at once.",
    ),
)

ON_ROUNDS = (
    Act(name="open round", topic="round.opened.v1", by="opened_by", why="Nothing is proposed in it yet."),
    Act(
        name="propose lines",
        topic="round.lines-proposed.v1",
        by="proposed_by",
        why="Each line is a proposed award, whose duties hold case by case.",
    ),
    Act(
        name="return lines",
        topic="round.lines-returned.v1",
        by="returned_by",
        why=SENDS_BACK,
    ),
    Act(
        name="approve lines",
        topic="round.lines-approved.v1",
        by="approved_by",
        why="Each line is an approved award, whose duties hold case by case: one that is refused refuses all.",
    ),
    Act(name="close round", topic="round.closed.v1", by="closed_by", why="Nothing waits in it."),
)

ON_CHANGES = (
    Act(name="propose change", topic="award.change-proposed.v1", by="proposed_by", did="prepared this change"),
    Act(
        name="return change",
        topic="award.change-returned.v1",
        by="returned_by",
        why=SENDS_BACK,
    ),
    Act(
        name="approve supplement",
        topic="award.supplement-approved.v1",
        by="approved_by",
        does="approve it",
        did="approved this instalment as a supplement",
        not_by=("propose change",),
        why=PREPARER,
    ),
    Act(
        name="approve reduction",
        topic="award.reduced.v1",
        by="approved_by",
        did="approved this reduction",
        does="approve it",
        not_by=("propose change",),
        why=PREPARER,
    ),
    Act(
        name="approve annulment",
        topic="award.annulled.v1",
        by="approved_by",
        did="approved this annulment",
        does="approve it",
        not_by=("propose change",),
        why=PREPARER,
    ),
    Act(
        name="register change request",
        topic="award.change-requested.v1",
        by="registered_by",
        did="registered this request",
    ),
    Act(
        name="answer change request",
        topic="award.change-answered.v1",
        by="answered_by",
        does="answer it",
        not_by=("register change request",),
        why=PREPARER,
    ),
)

ON_PERMITS = (
    Act(
        name="propose write-off",
        topic="permit.write-off-proposed.v1",
        by="proposed_by",
        did="wrote part of this write-off",
    ),
    Act(
        name="write off permit",
        topic="permit.written-off.v1",
        by="confirmed_by",
        does="confirm it",
        not_by=("propose write-off",),
        why=f"The letter then counts as left, though nobody knows. {PREPARER}",
    ),
)
