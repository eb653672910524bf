"""What the tests of sweep build, for other tests to use as well."""

from services.notifications.facts.release import LetterReleaseOrdered
from tests.faults.gate_attacks import tell
from tests.notifications.leaving.parts import Parts
from tests.notifications.world import held, letter


def ordered(parts: Parts, name: str) -> None:
    """A letter under notice, received now, and ordered out."""
    it = held(name)
    parts.world.record(letter(name), it)
    tell(parts.world, name, name)
    parts.world.record(letter(name), LetterReleaseOrdered(manifest_sha256=it.manifest_sha256, ordered_by="ingrid"))
