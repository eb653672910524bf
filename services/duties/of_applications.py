"""Duties on schemes, calls and applications."""

from services.duties.act import Act
from services.duties.why import ONLY_TELLS, PREPARER, SENDS_BACK

ON_SCHEMES = (
    Act(
        name="register scheme",
        topic="scheme.registered.v1",
        by="registered_by",
        did="wrote these terms",
        beside=("scheme_id", "year", "registered_on"),
    ),
    Act(
        name="revise scheme",
        topic="scheme.revised.v1",
        by="revised_by",
        did="wrote these terms",
        beside=("reason", "revised_on"),
    ),
    Act(
        name="publish call",
        topic="scheme.call-published.v1",
        by="published_by",
        does="publish a call on them",
        not_by=("register scheme", "revise scheme"),
        why="Whoever wrote any part of the terms that stand does not put them out (domain rule 3).",
    ),
    Act(
        name="propose notice policy",
        topic="scheme.notice-policy-proposed.v1",
        by="proposed_by",
        did="wrote a part of this notice policy",
    ),
    Act(
        name="confirm notice policy",
        topic="scheme.notice-policy-confirmed.v1",
        by="confirmed_by",
        does="confirm it",
        not_by=("propose notice policy", "register scheme", "revise scheme"),
        why="It frees a whole scheme's letters of the ministry's days, as a waiver frees one (Instruks 5.4 and 2).",
    ),
    Act(
        name="reject notice policy",
        topic="scheme.notice-policy-rejected.v1",
        by="rejected_by",
        why="What was confirmed before goes on counting.",
    ),
    Act(
        name="move call deadline",
        topic="scheme.call-deadline-moved.v1",
        by="moved_by",
        why="Only ever to the applicants' benefit.",
    ),
    Act(
        name="cancel call",
        topic="scheme.call-cancelled.v1",
        by="cancelled_by",
        why="Nobody has been promised anything.",
    ),
)

ON_APPLICATIONS = (
    Act(
        name="register application",
        topic="application.received.v1",
        by="registered_by",
        did="registered this application",
        why=ONLY_TELLS,
    ),
    Act(
        name="name contact",
        topic="application.contact-named.v1",
        by="recorded_by",
        why=ONLY_TELLS,
    ),
    Act(
        name="erase contact",
        topic="application.contact-erased.v1",
        by="erased_by",
        why="Whoever is in the register may ask for it.",
    ),
    Act(
        name="withdraw application",
        topic="application.withdrawn.v1",
        by="recorded_by",
        why=ONLY_TELLS,
    ),
    Act(
        name="request supplement",
        topic="application.supplement-requested.v1",
        by="requested_by",
        why="It asks, and decides nothing.",
    ),
    Act(
        name="accept late application",
        topic="application.late-accepted.v1",
        by="accepted_by",
        does="take it in late",
        not_by=("register application",),
        why=f"An exception to what all others kept. {PREPARER}",
    ),
    Act(
        name="state impartiality",
        topic="application.impartiality-stated.v1",
        by="person",
        why="Everybody's own to say (forvaltningsloven § 6).",
    ),
    Act(name="assess application", topic="application.assessed.v1", by="assessed_by", did="assessed the application"),
    Act(
        name="propose dismissal",
        topic="application.dismissal-proposed.v1",
        by="proposed_by",
        did="prepared this answer",
        beside=("proposed_on",),
    ),
    Act(
        name="return dismissal",
        topic="application.dismissal-returned.v1",
        by="returned_by",
        why=SENDS_BACK,
    ),
    Act(
        name="dismiss application",
        topic="application.dismissed.v1",
        by="dismissed_by",
        does="decide it",
        not_by=("propose dismissal", "propose rejection", "assess application"),
        why=PREPARER,
    ),
    Act(
        name="propose rejection",
        topic="application.rejection-proposed.v1",
        by="proposed_by",
        did="prepared this answer",
        beside=("proposed_on",),
    ),
    Act(
        name="return rejection",
        topic="application.rejection-returned.v1",
        by="returned_by",
        why=SENDS_BACK,
    ),
    Act(
        name="reject application",
        topic="application.rejected.v1",
        by="rejected_by",
        does="decide it",
        not_by=("propose dismissal", "propose rejection", "assess application"),
        why=PREPARER,
    ),
    Act(
        name="record tie",
        topic="organisation.tie-recorded.v1",
        by="recorded_by",
        why="Anybody may, their own or a colleague's.",
    ),
    Act(name="be tied", topic="organisation.tie-recorded.v1", by="person", did="is the one who is tied"),
    Act(
        name="end tie",
        topic="organisation.tie-ended.v1",
        by="ended_by",
        does="end the tie",
        not_by=("be tied",),
        why="Nobody frees themselves (forvaltningsloven § 6; domain rule 3).",
    ),
    Act(
        name="be freed of a tie",
        topic="organisation.tie-ended.v1",
        by="person",
        why="Not an act: whom the fact is about.",
    ),
)
