"""What a notice is to tell of: everything of a round, a scheme, or one case, that waits and owes notice, as it now
is."""

from services.notifications.facts.held_state import Held
from services.notifications.facts.notice import About, NoticeLine
from services.notifications.gate.reading import GateReading


async def gather(reading: GateReading, about: About) -> list[NoticeLine]:
    """The lines of a notice about this, oldest first; none when nothing waits."""
    if about.kind == "letter" or about.kind == "publication":
        item = f"{about.kind}-{about.id}"
        held = (await reading.standing(item)).held
        return [line_of(item, held)] if held.held and not held.released and not held.ended else []
    waiting = await reading.list_waiting(about.kind, about.id)
    return [line_of(item, held) for item, held in waiting.items()]


def line_of(item: str, held: Held) -> NoticeLine:
    """How the notice tells of it."""
    if held.publication:
        planned = held.publication
        return NoticeLine(item=item, manifest_sha256=planned.manifest_sha256, title=planned.title)
    assert held.letter is not None
    manifest = held.letter.manifest
    return NoticeLine(
        item=item,
        manifest_sha256=held.letter.manifest_sha256,
        title=manifest.recipient_name,
        recipient_number=manifest.recipient_number,
        amount_ore=manifest.amount_ore,
        scheme_id=manifest.scheme_id,
        fund_id=manifest.fund_id,
        purpose=held.award.purpose if held.award else None,
        case_number=held.case_number,
        scheme_name=held.file.scheme_name if held.file else None,
    )
