"""Duties on notices to the ministry, and on what waits for them."""

from services.duties.act import Act
from services.duties.why import ONLY_TELLS, OUT_BY_ONE_SIDE, PREPARER, TWO_SIDES

FOR_THE_DIRECTORATE = (
    "prepare notice",
    "order notice",
    "send notice again",
    "propose receipt",
    "reject receipt",
    "confirm receipt",
    "revoke receipt",
    "withdraw notice",
)

FOR_THE_MINISTRY = ("acknowledge notice", "object to notice", "lift objection")

LETS_OUT = ("order release", "release letter", "confirm waiver", "send letter again", "publish")
"""Acts of the directorate by which what a notice lists leaves, or leaves once more. What keeps it back is nobody's to
be kept from, and the ministry's waiver is recorded by either side."""

IN_WHAT_IT_TELLS_OF = (
    "propose award",
    "approve award",
    "freeze letter",
    "propose change",
    "approve supplement",
    "approve reduction",
    "approve annulment",
    "plan publication",
    *LETS_OUT,
)
"""Acts on what a notice lists. Grants tells who did those that are done there."""

ON_NOTICES = (
    Act(
        name="prepare notice",
        topic="notice.prepared.v1",
        by="prepared_by",
        did="prepared this notice",
        does="prepare it",
        not_by=FOR_THE_MINISTRY,
        why=TWO_SIDES,
    ),
    Act(
        name="order notice",
        topic="notice.ordered.v1",
        by="ordered_by",
        did="ordered this notice",
        does="order it",
        not_by=FOR_THE_MINISTRY,
        why=TWO_SIDES,
    ),
    Act(
        name="send notice again",
        topic="notice.sent-again.v1",
        by="asked_by",
        did="had this notice sent again",
        does="have it sent again",
        not_by=FOR_THE_MINISTRY,
        why=TWO_SIDES,
    ),
    Act(
        name="propose receipt",
        topic="notice.receipt-proposed.v1",
        by="proposed_by",
        did="recorded this receipt",
        does="record a receipt of it",
        not_by=FOR_THE_MINISTRY,
        why=TWO_SIDES,
    ),
    Act(
        name="reject receipt",
        topic="notice.receipt-rejected.v1",
        by="rejected_by",
        did="rejected a receipt of this notice",
        does="reject a receipt of it",
        not_by=FOR_THE_MINISTRY,
        why=TWO_SIDES,
    ),
    Act(
        name="confirm receipt",
        topic="notice.received.v1",
        by="told_by",
        did="confirmed a receipt of this notice",
        does="confirm it",
        not_by=("propose receipt", *FOR_THE_MINISTRY),
        why=TWO_SIDES,
    ),
    Act(
        name="revoke receipt",
        topic="notice.receipt-revoked.v1",
        by="revoked_by",
        did="revoked a receipt of this notice",
        does="revoke a receipt of it",
        not_by=FOR_THE_MINISTRY,
        why=TWO_SIDES,
    ),
    Act(
        name="withdraw notice",
        topic="notice.withdrawn.v1",
        by="withdrawn_by",
        did="withdrew this notice",
        does="withdraw it",
        not_by=FOR_THE_MINISTRY,
        why=TWO_SIDES,
    ),
    Act(
        name="acknowledge notice",
        topic="notice.received.v1",
        by="told_by",
        did="acknowledged this notice for the ministry",
        does="acknowledge it for the ministry",
        not_by=(*FOR_THE_DIRECTORATE, *IN_WHAT_IT_TELLS_OF),
        why=TWO_SIDES,
    ),
    Act(
        name="object to notice",
        topic="notice.objected.v1",
        by="objected_by",
        did="objected to this notice for the ministry",
        does="object to it for the ministry",
        not_by=(*FOR_THE_DIRECTORATE, *IN_WHAT_IT_TELLS_OF),
        why=TWO_SIDES,
    ),
    Act(
        name="lift objection",
        topic="notice.objection-lifted.v1",
        by="lifted_by",
        did="lifted an objection to this notice for the ministry",
        does="lift an objection to it for the ministry",
        not_by=(*FOR_THE_DIRECTORATE, *IN_WHAT_IT_TELLS_OF),
        why=TWO_SIDES,
    ),
    Act(
        name="have proposed the receipt",
        topic="notice.received.v1",
        by="proposed_by",
        why="Not an act: whose record was confirmed.",
    ),
)

ON_LETTERS = (
    Act(
        name="order release",
        topic="letter.release-ordered.v1",
        by="ordered_by",
        did="ordered this letter out",
        does="order it out",
        not_by=FOR_THE_MINISTRY,
        why=OUT_BY_ONE_SIDE,
    ),
    Act(name="stop release", topic="letter.release-stopped.v1", by="stopped_by", why="It keeps a letter back."),
    Act(
        name="release letter",
        topic="letter.released.v1",
        by="released_by",
        did="let this letter out",
        does="let it out",
        not_by=FOR_THE_MINISTRY,
        why=OUT_BY_ONE_SIDE,
    ),
    Act(
        name="propose waiver",
        topic="letter.waiver-proposed.v1",
        by="proposed_by",
        did="recorded this waiver",
        beside=("manifest_sha256",),
    ),
    Act(name="reject waiver", topic="letter.waiver-rejected.v1", by="rejected_by", why="It keeps a letter back."),
    Act(
        name="confirm waiver",
        topic="letter.waiver-confirmed.v1",
        by="confirmed_by",
        did="confirmed a waiver of this letter",
        does="confirm it",
        not_by=("propose waiver", *FOR_THE_MINISTRY),
        why=f"It stands in for the ministry's days (Instruks 2). {TWO_SIDES}",
    ),
    Act(
        name="record delivery",
        topic="letter.delivered.v1",
        by="told_by",
        why=ONLY_TELLS,
    ),
    Act(
        name="send letter again",
        topic="letter.sent-again.v1",
        by="asked_by",
        did="had this letter sent again",
        does="have it sent again",
        not_by=FOR_THE_MINISTRY,
        why=f"The same bytes, once more. {TWO_SIDES}",
    ),
)

ON_PUBLICATIONS = (
    Act(
        name="plan publication",
        topic="publication.planned.v2",
        before="publication.planned.v1",
        by="planned_by",
        did="planned this publication",
        beside=("policy_version", "manifest_sha256"),
    ),
    Act(name="cancel publication", topic="publication.cancelled.v1", by="cancelled_by", why="Nothing is published."),
    Act(
        name="publish",
        topic="publication.released.v1",
        by="released_by",
        did="published this",
        does="publish it",
        not_by=("plan publication", *FOR_THE_MINISTRY),
        why=f"{PREPARER} {TWO_SIDES}",
    ),
)
