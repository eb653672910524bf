"""What can have left in a span that the log has lost: its channel is asked before it is sent, and where that cannot
tell, a person says."""

from services.calendar.days import day_of
from services.eventlog.epoch.events import RESTORED
from services.eventlog.log import History, Log
from services.notifications.channel.post import Sending
from services.notifications.facts.channel import LetterSendingBegun, LetterSendingPermitted
from services.notifications.facts.notice import NoticeSendingBegun

BEGUN = (LetterSendingBegun, LetterSendingPermitted, NoticeSendingBegun)


async def may_have_left(log: Log, history: History, sending: Sending) -> bool:
    """Whether it can have left in the lost span: it is dated on or before the day the log went on. Once it was begun
    after that, the log knows."""
    restored = await log.find_latest(RESTORED)
    if restored is None or sending.dated_on > day_of(restored.recorded_at):
        return False
    return not any(each.position > restored.position and isinstance(each.event, BEGUN) for each in history.recorded)
