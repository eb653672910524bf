"""The notice as the ministry reads it (bokmål): what will leave, to whom, how much, and the hash that binds each.

The same notice always gives the same bytes; their SHA-256 stands in the order to send it. Amounts are told in kroner.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.bokmal import amount_in_words, day_in_words
from services.notifications.facts.notice import CountingPolicy, NoticeKind, NoticeLine
from services.notifications.facts.notice_words import WORDS, NoticeWords


def title_of(lines: Sequence[NoticeLine], *, kind: NoticeKind) -> str:
    """What stands in the subject and at the top."""
    return WORDS[kind].title(lines)


def document(
    notice_id: UUID, lines: Sequence[NoticeLine], *, policy: CountingPolicy, planned_on: date | None, kind: NoticeKind
) -> bytes:
    """The whole notice as UTF-8 text."""
    told = [title_of(lines, kind=kind), "", f"Orientering nr. {notice_id}", ""]
    told += [_why(policy, WORDS[kind]), ""]
    if planned_on is not None:
        told += [f"Planlagt dato: {day_in_words(planned_on)}.", ""]
    for number, line in enumerate(lines, 1):
        told += _line(number, line)
    told += ["", *_total(lines), _how_to_answer(), ""]
    return "\n".join(told).encode()


def _why(policy: CountingPolicy, words: NoticeWords) -> str:
    return (
        f"Departementet orienteres {policy.days} dager før dette {words.leaves} ({policy.basis}). Dagene regnes fra "
        "departementet har mottatt orienteringen; mottaksdagen regnes ikke med."
    )


def must_read(number: int, line: NoticeLine) -> tuple[str, str]:
    """What the ministry cannot be told less of, as it reads it: whom and how much, and what binds the very letter.
    `make verify` looks for both in what was sent."""
    amount = f": {amount_in_words(line.amount_ore)}" if line.amount_ore is not None else ""
    whom = f" (org.nr. {line.recipient_number})" if line.recipient_number else ""
    return f"{number:>4}. {line.title}{whom}{amount}", f"      SHA-256 {line.manifest_sha256}"


def _line(number: int, line: NoticeLine) -> list[str]:
    first, bound = must_read(number, line)
    return [first, *(f"      {told}" for told in _what_for(line)), bound]


def _what_for(line: NoticeLine) -> list[str]:
    """Its case number, the scheme it is given on, by its name, the post that pays it, and its purpose; of each, what is
    known."""
    told = [] if line.case_number is None else [f"Sak {line.case_number}"]
    if scheme := line.scheme_name or line.scheme_id:
        told.append(f"Ordning: {scheme}")
    if line.fund_id is not None:
        year, chapter, post, *_ = *line.fund_id.split("/"), "", ""
        told.append(f"Kapittel {chapter}, post {post}, {year}")
    if line.purpose is not None:
        told.append(f"Formål: {' '.join(line.purpose.split())}")
    return told


def _total(lines: Sequence[NoticeLine]) -> list[str]:
    amounts = [line.amount_ore for line in lines if line.amount_ore is not None]
    return [f"Til sammen {amount_in_words(sum(amounts))}.", ""] if amounts else []


def _how_to_answer() -> str:
    return (
        "Har departementet innvendinger, stanses det innvendingen gjelder til den er trukket. Endres et vedtak etter "
        "denne orienteringen, orienteres departementet på nytt om det vedtaket, og dagene regnes på nytt for det."
    )
