"""A post's year in words, made from the very figures that are drawn."""

from collections.abc import Iterator
from datetime import date

from services.dashboard.charts.course import Course
from services.dashboard.charts.letter_names import letter_name
from services.dashboard.words.spoken import N_, day_in_words, gettext, kroner, signed_kroner

MOST_TOLD = 6
"""So many changes are told one by one; of more, how many there are. The table beside has all."""


def told(course: Course) -> str:
    """What the drawing shows, for whoever hears it."""
    if not course.days:
        return gettext(N_("Budsjettåret har ikke begynt denne dagen."))
    return " ".join(_sentences(course))


def _sentences(course: Course) -> Iterator[str]:
    disposal, committed, paid = (course.at(each, course.until) for each in ("disposal", "committed", "paid"))
    yield gettext(
        N_(
            "Ved utgangen av %(day)s var %(disposal)s kroner stilt til disposisjon, %(committed)s kroner gitt som"
            " tilsagn og %(paid)s kroner utbetalt."
        ),
        day=day_in_words(course.until),
        disposal=kroner(disposal),
        committed=kroner(committed),
        paid=kroner(paid),
    )
    if committed > disposal:
        yield gettext(
            N_("Det er gitt %(amount)s kroner mer i tilsagn enn det som er stilt til disposisjon."),
            amount=kroner(committed - disposal),
        )
    yield from _changes(course)
    yield from _demands(course)


def _changes(course: Course) -> Iterator[str]:
    changes = _by_day(course)
    if not changes:
        yield gettext(N_("Det som er stilt til disposisjon, var det samme hele tiden."))
    elif len(changes) > MOST_TOLD:
        yield gettext(
            N_("Det som er stilt til disposisjon, ble endret på %(count)s dager, sist %(day)s med %(amount)s kroner."),
            count=len(changes),
            day=day_in_words(changes[-1][0]),
            amount=signed_kroner(changes[-1][1]),
        )
    else:
        yield gettext(
            N_("Det som er stilt til disposisjon, ble endret slik: %(changes)s."),
            changes="; ".join(_change(course, day, amount) for day, amount in changes),
        )


def _change(course: Course, day: date, amount: int) -> str:
    numbers = sorted({number for on, number in course.letters if on == day and number is not None})
    by = " + ".join(letter_name(each) for each in numbers)
    said = gettext(N_("%(day)s med %(amount)s kroner"), day=day_in_words(day), amount=signed_kroner(amount))
    return f"{by} {said}" if by else said


def _by_day(course: Course) -> list[tuple[date, int]]:
    """Each day on which what is at disposal became another, and by how much."""
    found, before = [], 0
    for day, amount in zip(course.days, course.figures["disposal"], strict=True):
        if amount != before:
            found.append((day, amount - before))
        before = amount
    return found


def _demands(course: Course) -> Iterator[str]:
    if not course.demands:
        yield gettext(N_("Ingen plan for utbetalingene er godkjent."))
        return
    last = max(day for day, _ in course.demands)
    yield gettext(
        N_("Brevene krever at %(amount)s kroner er utbetalt innen %(day)s; ingen annen plan er godkjent."),
        amount=kroner(course.demanded_by(last)),
        day=day_in_words(last),
    )
